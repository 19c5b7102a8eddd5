/** Access that a plan gives to the public or to other accounts. Pure. */
import { groupBy } from '../../cli/group-by';
import { isInternet } from './cidr';
import { EXPOSURES } from './exposures';
import { GRANTS } from './grants';
import type { Circumstances, HarmfulChange } from './harm';
import { describeIngress, hiddenLists, ingressOf, INGRESS_TYPES, isWithin, type IngressPath } from './ingress';
import type { Attributes, Plan, ResourceChange } from './plan';
import { policyChanges } from './policies';
import { isForeign } from './principals';
import { removedBlock } from './public-access-blocks';
import { foreignGroups, isPublicEndpoint } from './public-endpoints';
import { newInternetRoute } from './routes';
import { opensPrefixList, prefixLists, splitIngress } from './rule-sets';
import { APPLIED, earlierPolicy } from './successors';
import { stringsOf, valueAt } from './values';

/** A VPC endpoint is reachable only from its own network; its policy limits requests, and `*` is AWS's default. */
const NOT_PUBLIC: readonly string[] = ['aws_vpc_endpoint', 'aws_vpc_endpoint_policy'];

/** Every opening of the plan, except public endpoints. */
export function openings(plan: Plan, circumstances: Circumstances): readonly HarmfulChange[] {
  return plan.changes.flatMap((change) => [
    ...removedBlock(plan, change),
    ...removedRefusal(change),
    ...(APPLIED.includes(change.action)
      ? [
          ...newIngress(plan, change),
          ...newExposures(change),
          ...newPrincipals(plan, change, circumstances),
          ...newGrants(change, circumstances),
          ...newRoutes(plan, change),
          ...newProviders(change),
        ]
      : []),
  ]);
}

/** Public endpoints that the plan opens, and values that are unknown before the apply. */
export function openingNotices(plan: Plan): readonly string[] {
  const applied = plan.changes.filter(({ action }) => APPLIED.includes(action));
  return [
    ...applied.flatMap((change) =>
      addedIngress(plan, change)
        .filter((path) => isPublicEndpoint(plan, change, path))
        .map((path) => `${change.address} opens a public endpoint: ${describeIngress(path)}`),
    ),
    ...applied
      .filter(({ type, before, after }) => type === 'aws_lb' && before === undefined && after?.internal === false)
      .map(({ address }) => `${address} is a new internet-facing load balancer`),
    ...applied.flatMap((change) =>
      unknownAccess(plan, change).map((name) => `${change.address}: ${name} is known only after the apply, and was not judged`),
    ),
  ];
}

const attributesOf = (
  rows: readonly { readonly type: string; readonly attribute: string }[],
): ReadonlyMap<string, readonly string[]> =>
  new Map(
    [...groupBy(rows, ({ type }) => type)].map(([type, those]) => [
      type,
      those.flatMap(({ attribute }) => attribute.split(', ').map((name) => name.split('.')[0] ?? name)),
    ]),
  );

const EXPOSING = attributesOf(EXPOSURES);
const GRANTING = attributesOf(GRANTS);

/** Unknown attributes that decide who has access. Those that the configuration leaves out are only read back from AWS. */
function unknownAccess({ configured }: Plan, { address, type, unknown }: ResourceChange): readonly string[] {
  if (NOT_PUBLIC.includes(type)) return [];
  const references = configured.find((resource) => resource.address === address)?.references;
  const exposing = [...(EXPOSING.get(type) ?? []), ...(EXPOSING.get('*') ?? [])];
  // What belongs to this stack is no stranger.
  const isOwn = (name: string): boolean => references?.[name]?.every((reference) => reference.startsWith('aws_')) === true;
  return [...unknown].filter(
    (name) =>
      (references === undefined || name in references) &&
      (/(^|_)polic(y|ies)$/.test(name) ||
        exposing.includes(name) ||
        (GRANTING.get(type)?.includes(name) === true && !isOwn(name)) ||
        (INGRESS_TYPES.includes(type) && isRange(name))),
  );
}

function isRange(name: string): boolean {
  return /^(cidr_ipv[46]|(ipv6_)?cidr_blocks?|prefix_list_ids?|ingress)$/.test(name);
}

function addedIngress(plan: Plan, { type, before, after }: ResourceChange): readonly IngressPath[] {
  const lists = prefixLists(plan);
  const internet = (attributes: Attributes | undefined): readonly IngressPath[] =>
    ingressOf(type, attributes, lists).filter(({ cidr }) => isInternet(cidr));
  const earlier = internet(before);
  return internet(after).filter((path) => !earlier.some((known) => isWithin(path, known)));
}

function newIngress(plan: Plan, change: ResourceChange): readonly HarmfulChange[] {
  if (!INGRESS_TYPES.includes(change.type))
    return opensPrefixList(plan, change) ? [opened(change, 'a prefix list would hold the whole internet')] : [];
  const lists = prefixLists(plan);
  const hidden = hiddenLists(change.type, change.after, lists).filter(
    (id) => !hiddenLists(change.type, change.before, lists).includes(id),
  );
  return [
    ...addedIngress(plan, change)
      .filter((path) => !isPublicEndpoint(plan, change, path))
      .map((path) =>
        opened(change, `allows ${describeIngress(path)}`, 'name the security group or the network that needs access'),
      ),
    ...splitIngress(plan, change, lists).map((ports) =>
      opened(
        change,
        `with the other rules of its set allows ${ports} from networks that are together the internet`,
        'name the networks that need access',
      ),
    ),
    ...hidden.map(() =>
      opened(
        change,
        'allows a prefix list whose networks the plan does not show',
        'look the list up by a data source, or name its networks',
      ),
    ),
  ];
}

/** A refusal of a network list that is deleted, or allows now what it refused. */
function removedRefusal(change: ResourceChange): readonly HarmfulChange[] {
  const refuses = (attributes: Attributes | undefined): boolean =>
    attributes?.rule_action === 'deny' && attributes.egress !== true;
  if (change.type !== 'aws_network_acl_rule' || !refuses(change.before)) return [];
  const isGone =
    change.action === 'delete' || change.action === 'forget' || (change.after !== undefined && !refuses(change.after));
  return isGone ? [opened(change, 'no longer refuses what it refused', 'keep the refusal')] : [];
}

function newExposures({ type, address, before, after }: ResourceChange): readonly HarmfulChange[] {
  if (after === undefined) return [];
  return EXPOSURES.filter((exposure) => exposure.type === '*' || exposure.type === type).flatMap(
    ({ what, exposed, isOrdinaryWhenNew }) => {
      if (isOrdinaryWhenNew === true && before === undefined) return [];
      const earlier = before === undefined ? [] : exposed(before);
      const added = exposed(after).filter((name) => !earlier.includes(name));
      if (added.length === 0) return [];
      const names = added.filter((name) => name !== what);
      return [{ address, harm: 'open', why: `would be ${what}${names.length === 0 ? '' : `: ${names.join(', ')}`}` }];
    },
  );
}

function newPrincipals(plan: Plan, change: ResourceChange, { accounts }: Circumstances): readonly HarmfulChange[] {
  if (NOT_PUBLIC.includes(change.type)) return [];
  return policyChanges(earlierPolicy(plan, change), change.after, accounts).flatMap(
    ({ attribute, open, foreign, anySubject }) => {
      const names = (list: readonly string[]): string =>
        change.sensitive.has(attribute) ? 'hidden, because sensitive' : list.join(', ');
      return [
        ...open.map(({ name, actions }) =>
          opened(
            change,
            `${attribute} would allow everyone ${names(actions)} (${names([name])})`,
            'name the account, role or service, or add a condition on the caller',
          ),
        ),
        ...anySubject.map((name) =>
          opened(
            change,
            `${attribute} would trust every subject of an identity provider (${names([name])})`,
            'compare the subject with one repository, service account or application',
          ),
        ),
        ...(foreign.length === 0
          ? []
          : [opened(change, `${attribute} would admit ${names(foreign)}, ${outside(accounts)}`, LIST_IT)]),
      ];
    },
  );
}

const LIST_IT = 'name a principal of this account, or list the account under `accounts` in guard-allow.yaml';

const outside = (accounts: readonly string[]): string =>
  accounts.length === 0
    ? 'and the plan does not show whether that is its own account (pass --account)'
    : 'outside of this account';

function newGrants(change: ResourceChange, { accounts }: Circumstances): readonly HarmfulChange[] {
  return GRANTS.filter(({ type }) => type === change.type).flatMap(({ attribute, what }) => {
    const earlier = stringsOf(valueAt(change.before, attribute));
    const added = stringsOf(valueAt(change.after, attribute)).filter(
      (name) => !earlier.includes(name) && isForeign(name, accounts),
    );
    return added.map((name) =>
      opened(
        change,
        `${change.sensitive.has(attribute.split('.')[0] ?? '') ? 'another account' : name}, ${outside(accounts)}, ${what}`,
        LIST_IT,
      ),
    );
  });
}

function newRoutes(plan: Plan, change: ResourceChange): readonly HarmfulChange[] {
  const groups = foreignGroups(plan, change);
  return [
    ...(newInternetRoute(plan, change)
      ? [opened(change, 'subnets that exist would get a route from the internet', 'keep isolated subnets isolated')]
      : []),
    ...(groups.length === 0
      ? []
      : [
          opened(
            change,
            'a new internet-facing load balancer would have a security group that something else has too',
            'give it a group of its own',
          ),
        ]),
  ];
}

/** Issuers whose tokens Terrace's own roles trust: each role compares the subject, which is judged where it is written. */
const ORDINARY_ISSUER = /^(https:\/\/)?(token\.actions\.githubusercontent\.com|oidc\.eks\.[\w-]+\.amazonaws\.com\/)/;

function newProviders(change: ResourceChange): readonly HarmfulChange[] {
  const { type, before, after } = change;
  if (before !== undefined) return [];
  if (type === 'aws_iam_saml_provider')
    return [opened(change, 'another directory could log people in', 'have its trust reviewed')];
  if (type !== 'aws_iam_openid_connect_provider' || typeof after?.url !== 'string' || ORDINARY_ISSUER.test(after.url)) return [];
  return [opened(change, 'tokens of another issuer would be trusted', 'have the issuer reviewed')];
}

function opened({ address }: ResourceChange, why: string, instead?: string): HarmfulChange {
  return { address, harm: 'open', why, instead };
}

/** Rules about sending e-mail: where the domain is, where SES sends, and who may send as whom. */
import { isInZone, recordZone, zoneOf } from '../calculations/record-zone';
import { suggest } from '../problems/nearest';
import { EMAIL_REGIONS } from '../tables/email-regions';
import { finding, findingIf } from './finding';
import { CONTAINER_SECTIONS, containersOf, located, permissionsOf } from './located';
import { defineRule, type Rule } from './rule';

const domainInZone = defineRule({
  id: 'email-domain',
  severity: 'refusal',
  summary: 'The domain of e-mail is in the zone of the environment, where its records are written.',
  reads: ['domain', 'email'],
  check: ({ domain, email }) => {
    if (email === undefined) return [];
    const fix = 'or create the identity and its records in a root module of your own';
    if (domain === undefined)
      return [finding('email.domain', email.domain, 'a domain in the zone of `domain`', `add \`domain\`, ${fix}`)];
    const { name } = recordZone(zoneOf(domain));
    return findingIf(
      !isInZone(email.domain, name),
      'email.domain',
      email.domain,
      `"${name}", or a name below it`,
      `choose such a name, ${fix}`,
    );
  },
});

const bounceNameFree = defineRule({
  id: 'email-mail-from',
  severity: 'refusal',
  summary: 'The name that bounces return to serves nothing else.',
  reads: ['domain', 'email'],
  check: ({ domain, email }) => {
    if (email === undefined) return [];
    const name = `${email.mailFrom}.${email.domain}`;
    return findingIf(
      domain?.names.includes(name) === true,
      'email.mailFrom',
      email.mailFrom,
      `a label whose name is not served: ${name} is in \`domain.names\``,
      'choose another, such as "bounce"',
    );
  },
});

const sesInRegion = defineRule({
  id: 'email-region',
  severity: 'refusal',
  summary: 'SES sends mail in the region of the environment.',
  reads: ['region', 'email'],
  check: ({ region, email }) =>
    findingIf(
      email !== undefined && !EMAIL_REGIONS.includes(region),
      'email',
      region,
      `one of the regions in which SES sends: ${EMAIL_REGIONS.join(', ')}`,
      'create the identity in another region by a root module of your own, and permit `ses:SendEmail` on its ARN by `actions`',
    ),
});

const sendersKnown = defineRule({
  id: 'email-sender',
  severity: 'refusal',
  summary: 'Containers send from addresses of the domain of `email` only.',
  reads: ['email'],
  also: [...CONTAINER_SECTIONS, 'builders'],
  check: ({ email, builders, ...workloads }) =>
    [...containersOf(workloads), ...located('builders', builders)].flatMap(permissionsOf).flatMap(({ path, value }) => {
      if (!('emailFrom' in value)) return [];
      return value.emailFrom.flatMap((address, index) => {
        const at = `${path}.emailFrom[${index}]`;
        if (email === undefined)
          return [finding(at, address, 'no `email` is declared', "add `email: { domain: 'shop.example', ... }`")];
        const [user = '', domain = ''] = address.split('@');
        return findingIf(
          domain.toLowerCase() !== email.domain,
          at,
          address,
          `an address of ${email.domain}`,
          suggest(address, [`${user}@${email.domain}`], `write ${user}@${email.domain}, or change email.domain`),
        );
      });
    }),
});

export const EMAIL_RULES: readonly Rule[] = [domainInZone, bounceNameFree, sesInRegion, sendersKnown];

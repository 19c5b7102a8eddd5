/** Rules about `egress`: where containers may connect to besides HTTPS and the data of the environment. */
import { contains, isPrivate, parseCidr } from '../calculations/cidr';
import { PORTS } from '../tables/ports';
import { finding, findingIf, repeated, valueFinding } from './finding';
import { CONTAINER_SECTIONS, containersOf, hasTier } from './located';
import { defineRule, type Rule } from './rule';
import type { ParsedEnvironment } from '../schema/environment';

type Destination = ParsedEnvironment['network']['egress'][number];
type Described = Pick<ParsedEnvironment, 'network' | (typeof CONTAINER_SECTIONS)[number]>;

/** The lists of destinations, of all containers and of single ones. */
function listsOf({
  network,
  ...workloads
}: Described): readonly { readonly path: string; readonly list: readonly Destination[] }[] {
  return [
    { path: 'network.egress', list: network.egress },
    ...containersOf(workloads).flatMap(({ path, value }) =>
      value.egress === undefined ? [] : [{ path: `${path}.egress`, list: value.egress }],
    ),
  ];
}

function destinationsOf(described: Described): readonly { readonly path: string; readonly destination: Destination }[] {
  return listsOf(described).flatMap(({ path, list }) =>
    list.map((destination, index) => ({ path: `${path}[${index}]`, destination })),
  );
}

/** Destinations by address, each with its path. */
function networksOf(described: Described) {
  return destinationsOf(described).flatMap(({ path, destination }) => {
    const network = 'cidr' in destination ? parseCidr(destination.cidr) : undefined;
    return 'cidr' in destination && network !== undefined ? [{ path, ...destination, network }] : [];
  });
}

const httpsIsOpen = defineRule({
  id: 'egress-https',
  severity: 'refusal',
  summary: 'No destination names port 443, which is open to every address.',
  reads: ['network'],
  also: CONTAINER_SECTIONS,
  check: (described) =>
    networksOf(described).flatMap(({ path, port }) =>
      findingIf(
        port === PORTS.https,
        `${path}.port`,
        port,
        'any port but 443: every container may connect to it at every address, to reach AWS and image registries',
        'remove the entry; it does not narrow what is open',
      ),
    ),
});

const listedOnce = defineRule({
  id: 'egress-once',
  severity: 'refusal',
  summary: 'Each destination is listed once.',
  reads: ['network'],
  also: CONTAINER_SECTIONS,
  check: (described) =>
    listsOf(described).flatMap(({ path, list }) =>
      repeated(
        list.map((destination, index) => ({ path: `${path}[${index}]`, destination })),
        ({ destination }) => JSON.stringify(Object.entries(destination).sort()),
      ).map(({ entry, first }) =>
        finding(entry.path, entry.destination, `a destination that ${first.path} does not have`, 'remove one of the two'),
      ),
    ),
});

const endpointDeclared = defineRule({
  id: 'egress-endpoint',
  severity: 'refusal',
  summary: 'An interface endpoint that containers connect to exists.',
  reads: ['network'],
  also: CONTAINER_SECTIONS,
  check: ({ network, ...workloads }) =>
    destinationsOf({ network, ...workloads }).flatMap(({ path, destination }) =>
      'endpoint' in destination
        ? findingIf(
            !network.interfaceEndpoints.includes(destination.endpoint),
            `${path}.endpoint`,
            destination.endpoint,
            'an endpoint in network.interfaceEndpoints',
            `add "${destination.endpoint}" there, or reach SES through the NAT: { cidr: '0.0.0.0/0', port: ${destination.port} }`,
          )
        : [],
    ),
});

/** Instance metadata and the agents of hosts and pods: what an intruder wants, and no container needs by `egress`. */
const LINK_LOCAL = parseCidr('169.254.0.0/16');

const noMetadata = defineRule({
  id: 'egress-metadata',
  severity: 'refusal',
  summary: 'No destination is a link-local address, where hosts offer their credentials.',
  reads: ['network'],
  also: CONTAINER_SECTIONS,
  check: (described) =>
    networksOf(described).flatMap(({ path, cidr, network }) =>
      findingIf(
        LINK_LOCAL !== undefined && contains(LINK_LOCAL, network),
        `${path}.cidr`,
        cidr,
        'addresses outside of 169.254.0.0/16',
        'remove it: a container has its AWS credentials without it',
      ),
    ),
});

/** The longest prefix of a network that counts as wide. */
const WIDE_PREFIX = 15;

const narrow = defineRule({
  id: 'egress-wide',
  severity: 'risk',
  summary: 'Containers connect to private addresses, or to few public ones.',
  reads: ['network'],
  also: CONTAINER_SECTIONS,
  check: (described) =>
    networksOf(described).flatMap(({ path, cidr, port, network }) =>
      network.prefix > WIDE_PREFIX || isPrivate(network)
        ? []
        : [
            valueFinding(
              path,
              `port ${port} of ${cidr}`,
              'a network of at most /16: an intruder in the container sends data to any of these servers',
              "write the destination's own addresses, or acknowledge it where it has no fixed ones, as SES has none",
            ),
          ],
    ),
});

const routeExists = defineRule({
  id: 'egress-route',
  severity: 'refusal',
  summary: 'Containers in private subnets without NAT connect to addresses of the VPC only.',
  reads: ['network', 'tier', 'nextTier'],
  also: CONTAINER_SECTIONS,
  check: ({ network, tier, nextTier, ...workloads }) => {
    const vpc = parseCidr(network.cidr);
    if (network.nat !== 'none' || vpc === undefined || !hasTier({ tier, nextTier }, 'fargate', 'kubernetes')) return [];
    return networksOf({ network, ...workloads }).flatMap(({ path, cidr, network: destination }) =>
      findingIf(
        !contains(vpc, destination),
        `${path}.cidr`,
        cidr,
        `addresses inside of ${network.cidr} while nat is "none": private subnets have no other route`,
        'choose nat "instance", "single" or "per-az", or an interface endpoint',
      ),
    );
  },
});

const endpointUsed = defineRule({
  id: 'smtp-endpoint-unused',
  severity: 'warning',
  summary: 'Some container connects to the endpoint for SMTP, which admits no others.',
  reads: ['network', ...CONTAINER_SECTIONS],
  check: ({ network, ...workloads }) => {
    const used = destinationsOf({ network, ...workloads }).some(({ destination }) => 'endpoint' in destination);
    return findingIf(
      network.interfaceEndpoints.includes('email-smtp') && !used,
      'network.interfaceEndpoints',
      network.interfaceEndpoints,
      'a container with `egress` to "email-smtp": the name of SES leads to the endpoint, which admits no other container',
      "add `egress: [{ endpoint: 'email-smtp', port: 587 }]` to the containers that send mail, or remove the endpoint",
    );
  },
});

export const DESTINATION_RULES: readonly Rule[] = [
  httpsIsOpen,
  listedOnce,
  endpointDeclared,
  noMetadata,
  narrow,
  routeExists,
  endpointUsed,
];

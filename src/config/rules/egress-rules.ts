/** Rules about egress from private subnets: NAT and interface endpoints. */
import {
  CONTAINER_SECTIONS,
  containersOf,
  hasTier,
  programsOf,
  runningOf,
  variablesOf,
  zoneCountOf,
  type Located,
} from './located';
import { eachOnce, findingIf } from './finding';
import { defineRule, type Rule } from './rule';
import type { ParsedEnvironment } from '../schema/environment';

type Endpoint = ParsedEnvironment['network']['interfaceEndpoints'][number];
type Workloads = Pick<ParsedEnvironment, (typeof CONTAINER_SECTIONS)[number]>;

/** The endpoints through which tasks without internet access reach AWS. Source: ECS developer guide, "interface VPC endpoints". */
function endpointsNeeded(workloads: Workloads): readonly { readonly endpoint: Endpoint; readonly why: string }[] {
  const containers = containersOf(workloads);
  if (containers.length === 0) return [];
  const injected = variablesOf(containers).find(({ value }) => typeof value === 'object' && !('from' in value));
  const shell = runningOf(workloads).find(({ value }) => value.exec);
  const queueUser = containers.find(({ value }) => value.permissions.some((permission) => 'queue' in permission));
  return [
    { endpoint: 'ecr.api', why: 'tasks log in to ECR for their image' },
    { endpoint: 'ecr.dkr', why: 'tasks pull their image' },
    { endpoint: 'logs', why: 'tasks write their logs' },
    ...because(injected, 'secretsmanager', 'is injected from Secrets Manager'),
    ...because(shell, 'ssmmessages', 'allows a shell (exec)'),
    ...because(queueUser, 'sqs', 'uses a queue'),
  ];
}

function because(user: Located<unknown> | undefined, endpoint: Endpoint, does: string) {
  return user === undefined ? [] : [{ endpoint, why: `${user.path} ${does}` }];
}

const endpointsPresent = defineRule({
  id: 'private-endpoints',
  severity: 'refusal',
  summary: 'Private Fargate tasks without NAT have the interface endpoints that they need.',
  reads: ['network', 'tier', 'nextTier'],
  also: CONTAINER_SECTIONS,
  check: ({ network, tier, nextTier, ...workloads }) => {
    if (network.nat !== 'none' || !hasTier({ tier, nextTier }, 'fargate')) return [];
    return endpointsNeeded(workloads).flatMap(({ endpoint, why }) =>
      findingIf(
        !network.interfaceEndpoints.includes(endpoint),
        'network.interfaceEndpoints',
        network.interfaceEndpoints,
        `a list with "${endpoint}" while nat is "none": ${why}`,
        `add "${endpoint}", or choose nat "instance", "single" or "per-az"`,
      ),
    );
  },
});

/** Images in private ECR repositories are pulled through the endpoints, all others from the internet. */
const PRIVATE_REGISTRY = /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com\//;

const pinnedImagesReachable = defineRule({
  id: 'private-images',
  severity: 'refusal',
  summary: 'Private Fargate tasks without NAT pull no image from public registries.',
  reads: ['network', 'tier', 'nextTier'],
  also: CONTAINER_SECTIONS,
  check: ({ network, tier, nextTier, ...workloads }) => {
    if (network.nat !== 'none' || !hasTier({ tier, nextTier }, 'fargate')) return [];
    return [
      ...programsOf(containersOf(workloads)).flatMap(({ path, value: { image } }) =>
        findingIf(
          typeof image === 'object' && !PRIVATE_REGISTRY.test(image.pinned),
          `${path}.image`,
          image,
          'an image in a private ECR repository while nat is "none"',
          'declare it under `images` and push a copy, or give the network a NAT',
        ),
      ),
    ];
  },
});

const rotationReachable = defineRule({
  id: 'rotation-network',
  severity: 'refusal',
  summary: 'The function that rotates database passwords can reach Secrets Manager.',
  reads: ['network', 'database'],
  check: ({ network, database }) => {
    if (database?.placement !== 'managed') return [];
    const rotating = Object.entries(database.roles).find(([, { rotateAfterDays }]) => rotateAfterDays !== undefined);
    const byUs = database.credentials.kind === 'rotated-secret' || rotating !== undefined;
    const stuck = byUs && network.nat === 'none' && !network.interfaceEndpoints.includes('secretsmanager');
    const path = rotating === undefined ? 'database.credentials.kind' : `database.roles.${rotating[0]}.rotateAfterDays`;
    return findingIf(
      stuck,
      path,
      rotating?.[1].rotateAfterDays ?? database.credentials.kind,
      'rotation only with a route to Secrets Manager',
      'add "secretsmanager" to network.interfaceEndpoints, or choose a nat other than "none"',
    );
  },
});

const endpointsOnce = defineRule({
  id: 'endpoints-once',
  severity: 'refusal',
  summary: 'Each interface endpoint is listed once.',
  reads: ['network'],
  check: ({ network }) => eachOnce('network.interfaceEndpoints', network.interfaceEndpoints, 'endpoint'),
});

const natSurvives = defineRule({
  id: 'single-nat',
  severity: 'warning',
  summary: 'A protected environment in several zones keeps its egress when one zone is lost.',
  reads: ['protect', 'network'],
  check: ({ protect, network }) => {
    const single = network.nat === 'single' || network.nat === 'instance';
    return findingIf(
      protect && single && zoneCountOf(network) > 1,
      'network.nat',
      network.nat,
      'one NAT serves every zone: when its zone is lost, no zone reaches the internet',
      'choose "per-az" where that is worth about $35 a month and zone',
    );
  },
});

export const EGRESS_RULES: readonly Rule[] = [
  endpointsPresent,
  pinnedImagesReachable,
  rotationReachable,
  endpointsOnce,
  natSurvives,
];

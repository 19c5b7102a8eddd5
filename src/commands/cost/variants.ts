/**
 * Changes to an environment file that may save money. A variant that the rules refuse, or that changes nothing, drops out: the saving
 * is the difference between two syntheses.
 */
import type { EnvironmentInput } from '../../config';

export interface Variant {
  /** The field that it changes: of several variants of a field, only the one that saves most is named. */
  readonly field: string;
  /** The fields to change, and to what. */
  readonly change: string;
  /** What it risks or demands. */
  readonly risk: string;
  /** The environment with the change; undefined where it does not apply. */
  readonly apply: (input: EnvironmentInput) => EnvironmentInput | undefined;
}

type Containers = 'services' | 'workers' | 'jobs';

const EVERY_CONTAINER: readonly Containers[] = ['services', 'workers', 'jobs'];

/** A copy with every service, worker and job changed. */
function withContainers(input: EnvironmentInput, change: object, sections: readonly Containers[]): EnvironmentInput {
  const changed = sections.map((section) => {
    const entries = Object.entries(input[section] ?? {}).map(([name, one]) => [name, { ...one, ...change }] as const);
    return [section, Object.fromEntries(entries)] as const;
  });
  return { ...input, ...(Object.fromEntries(changed) as Pick<EnvironmentInput, Containers>) };
}

/** The Graviton type of the same size: `t4g.small` for `t3.small`. */
function graviton(type: string): string | undefined {
  return /(^|\.)t3a?\./.test(type) ? type.replace(/(^|\.)t3a?\./, '$1t4g.') : undefined;
}

const ARM = 'every image has to be built for linux/arm64 first';

export const VARIANTS: readonly Variant[] = [
  {
    field: 'architecture',
    change: "architecture: 'arm64' of every service, worker and job",
    risk: ARM,
    apply: (input) => (input.tier === 'fargate' ? withContainers(input, { architecture: 'arm64' }, EVERY_CONTAINER) : undefined),
  },
  {
    field: 'spotPercent',
    change: 'spotPercent: 50 of every service and worker',
    risk: 'AWS stops Spot tasks with two minutes of notice when it needs the capacity',
    apply: (input) =>
      input.tier === 'fargate' ? withContainers(input, { spotPercent: 50 }, ['services', 'workers']) : undefined,
  },
  {
    field: 'network.nat',
    change: "network.nat: 'single'",
    risk: 'when its zone fails, nothing private reaches the internet',
    apply: (input) => (input.network.nat === 'per-az' ? { ...input, network: { ...input.network, nat: 'single' } } : undefined),
  },
  {
    field: 'network.nat',
    change: "network.nat: 'instance'",
    risk: 'one small instance carries all egress, with some minutes of interruption when it is replaced',
    apply: (input) =>
      input.network.nat === 'single' || input.network.nat === 'per-az'
        ? { ...input, network: { ...input.network, nat: 'instance' } }
        : undefined,
  },
  {
    field: 'network.interfaceEndpoints',
    change: 'network.interfaceEndpoints: []',
    risk: 'calls to AWS pass NAT, which charges for each gigabyte',
    apply: (input) =>
      (input.network.interfaceEndpoints ?? []).length > 0 && input.network.nat !== 'none'
        ? { ...input, network: { ...input.network, interfaceEndpoints: [] } }
        : undefined,
  },
  {
    field: 'database.multiAz',
    change: 'database.multiAz: false',
    risk: 'a failure of its zone stops the database until it is restored',
    apply: (input) =>
      input.database?.placement === 'managed' && input.database.multiAz === true && !input.protect
        ? { ...input, database: { ...input.database, multiAz: false } }
        : undefined,
  },
  {
    field: 'database.instanceClass',
    change: 'database.instanceClass: the db.t4g class of the same size',
    risk: 'the database restarts once; PostgreSQL itself is the same',
    apply: ({ database, ...input }) => {
      if (database?.placement !== 'managed') return undefined;
      const instanceClass = graviton(database.instanceClass);
      return instanceClass === undefined ? undefined : { ...input, database: { ...database, instanceClass } };
    },
  },
  {
    field: 'cache.nodeType',
    change: 'cache.nodeType: the cache.t4g type of the same size',
    risk: 'the nodes are replaced once, with an interruption of some seconds',
    apply: ({ cache, ...input }) => {
      if (cache?.placement !== 'managed') return undefined;
      const nodeType = graviton(cache.nodeType);
      return nodeType === undefined ? undefined : { ...input, cache: { ...cache, nodeType } };
    },
  },
  {
    field: 'box.instanceType',
    change: 'box.instanceType: the t4g type of the same size',
    risk: `${ARM}; the host is replaced`,
    apply: ({ box, ...input }) => {
      const instanceType = box === undefined ? undefined : graviton(box.instanceType);
      if (box === undefined || instanceType === undefined) return undefined;
      return withContainers({ ...input, box: { ...box, instanceType } }, { architecture: 'arm64' }, EVERY_CONTAINER);
    },
  },
  {
    field: 'kubernetes.nodes.instanceTypes',
    change: 'kubernetes.nodes.instanceTypes: the t4g type of the same size',
    risk: `${ARM}; the nodes are replaced, a third at a time`,
    apply: ({ kubernetes, ...input }) => {
      const [type, ...others] = kubernetes?.nodes?.instanceTypes ?? [];
      const instanceType = type === undefined || others.length > 0 ? undefined : graviton(type);
      if (input.tier !== 'kubernetes' || kubernetes === undefined || instanceType === undefined) return undefined;
      const nodes = { ...kubernetes.nodes, instanceTypes: [instanceType] };
      return withContainers({ ...input, kubernetes: { ...kubernetes, nodes } }, { architecture: 'arm64' }, EVERY_CONTAINER);
    },
  },
  {
    field: 'fargate.containerInsights',
    change: "fargate.containerInsights: 'disabled'",
    risk: 'the alarm on running tasks and the widgets of tasks have no metric',
    apply: (input) =>
      input.tier === 'fargate' ? { ...input, fargate: { ...input.fargate, containerInsights: 'disabled' } } : undefined,
  },
  {
    field: 'logs.retentionDays',
    change: 'logs.retentionDays: 14',
    risk: 'logs older than two weeks are gone',
    apply: (input) => ({ ...input, logs: { ...input.logs, retentionDays: 14 } }),
  },
  {
    field: 'observability.dashboard',
    change: 'observability.dashboard: false',
    risk: 'no dashboard; alarms stay',
    apply: (input) => ({ ...input, observability: { ...input.observability, dashboard: false } }),
  },
];

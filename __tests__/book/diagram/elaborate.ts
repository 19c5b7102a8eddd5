/** Drawings of environments with an entry in every section, which no shipped environment has. */
import { parseEnvironment, type ResolvedEnvironment } from '../../../src/config';
import { drawArchitecture, type Diagram } from '../../../src/book/diagram';
import { boxed, boxSection, moved } from '../../support/boxed';
import { calling } from '../../support/calls';
import { example } from '../../support/example';
import { rich, type Json } from '../../support/rich';
import { synthEnvironment, type RootModule } from '../../support/synth';

/** Two services that call each other, one that calls itself, and callers of every kind. */
export const CALLS = { web: ['api'], api: ['web', 'mailer', 'nightly'], reports: ['api', 'reports'] };

export interface Elaborate {
  readonly name: string;
  readonly stacks: ReadonlyMap<string, RootModule>;
  readonly diagram: Diagram;
}

/** Many of everything, so that the layout has something to do. */
function crowded(environment: Json): Json {
  for (const number of [1, 2, 3, 4]) {
    environment.services[`service-with-a-long-name-${number}`] = {
      ...structuredClone(environment.services.api),
      routes: undefined,
    };
    environment.buckets[`bucket-with-a-long-name-${number}`] = {};
    environment.queues[`queue-${number}`] = {};
    environment.workers[`worker-${number}`] = {
      ...structuredClone(environment.workers.runner),
      scaling: { queue: `queue-${number}` },
      permissions: [{ bucket: `bucket-with-a-long-name-${number}`, access: 'read' }],
    };
  }
  return environment;
}

/** Pods mount no file systems. */
function withoutMounts(environment: Json): Json {
  environment.services.api.mounts = undefined;
  return environment;
}

const INPUTS: Readonly<Record<string, () => unknown>> = {
  fargate: () => rich(),
  crowded: () => crowded(rich()),
  kubernetes: () => withoutMounts(rich(example({ tier: 'kubernetes' }))),
  box: () => boxed(),
  moving: () =>
    moved({
      nextTier: 'fargate',
      network: {
        cidr: '10.0.0.0/16',
        zones: 2,
        nat: 'none',
        interfaceEndpoints: ['ecr.api', 'ecr.dkr', 'logs', 'secretsmanager'],
      },
    }),
  calls: () => calling(CALLS),
  'calls of pods': () => calling(CALLS, { tier: 'kubernetes' }),
  hosts: () => moved({ box: boxSection({ instances: { min: 2, max: 5 } }) }),
};

let drawn: Promise<readonly Elaborate[]> | undefined;

export function elaborate(): Promise<readonly Elaborate[]> {
  return (drawn ??= Promise.all(Object.entries(INPUTS).map(async ([name, input]) => draw(name, parseEnvironment(input())))));
}

async function draw(name: string, environment: ResolvedEnvironment): Promise<Elaborate> {
  const stacks = new Map(Object.entries(synthEnvironment(environment)));
  return { name, stacks, diagram: await drawArchitecture({ name: environment.identity.environment, stacks }) };
}

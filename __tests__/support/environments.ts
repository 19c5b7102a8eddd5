/** Real environments as tests look at them: resolved, and as the JSON of each stack. */
import { parseEnvironment, zonesInUse, type ResolvedEnvironment } from '../../src/config';
import { addZone } from '../../src/stacks/shared-zone';
import { resourcesOf, synthApp, synthEnvironment, type RootModule } from './synth';

/** One environment and its stacks. */
export interface Synthesised {
  readonly environment: ResolvedEnvironment;
  readonly stacks: Readonly<Record<string, RootModule>>;
  readonly network: RootModule;
  readonly domain: RootModule;
  readonly data: RootModule;
  readonly compute: RootModule;
  readonly edge: RootModule;
  readonly observability: RootModule;
}

const known = new Map<unknown, Synthesised>();

/** Parses and synthesises what an environment file exports, once for each input. */
export function synthesised(input: unknown): Synthesised {
  const found = known.get(input) ?? synthesise(input);
  known.set(input, found);
  return found;
}

function synthesise(input: unknown): Synthesised {
  const environment = parseEnvironment(input);
  const stacks = synthEnvironment(environment);
  const stack = (kind: string): RootModule => {
    const found = stacks[`${environment.identity.environment}-${kind}`];
    if (found === undefined) throw new Error(`no stack ${kind} among ${Object.keys(stacks).join(', ')}`);
    return found;
  };
  return {
    environment,
    stacks,
    get network() {
      return stack('network');
    },
    get domain() {
      return stack('domain');
    },
    get data() {
      return stack('data');
    },
    get compute() {
      return stack(`compute-${environment.tier.kind}`);
    },
    get edge() {
      return stack('edge');
    },
    get observability() {
      return stack('observability');
    },
  };
}

/** The stacks of the one zone that environments share. */
export function sharedZone(...inputs: readonly unknown[]): { readonly zone: RootModule; readonly names: RootModule } {
  const [zone, ...others] = zonesInUse(inputs.map((input) => synthesised(input).environment));
  if (zone === undefined || others.length > 0) throw new Error('the environments do not share one zone');
  const [first, second] = Object.values(synthApp((app) => addZone(app, zone)));
  return { zone: first as RootModule, names: second as RootModule };
}

/** The resource of a type in which a field has a value; fails unless there is exactly one. */
export function having(module: RootModule, type: string, field: string, value: unknown): any {
  const found = resourcesOf(module, type).filter((resource) => resource[field] === value);
  if (found.length !== 1) {
    const known = resourcesOf(module, type).map((resource) => String(resource[field]));
    throw new Error(`${found.length} ${type} have ${field} ${String(value)}; there are ${known.join(', ')}`);
  }
  return found[0];
}

/** The task definition of a family. */
export function task({ compute }: Synthesised, family: string): any {
  return having(compute, 'aws_ecs_task_definition', 'family', family);
}

/** A container of a task definition. */
export function container(of: Synthesised, family: string, name: string): any {
  const definitions: any[] = JSON.parse(task(of, family).container_definitions);
  const found = definitions.find((definition) => definition.name === name);
  if (found === undefined) throw new Error(`${family} has no container ${name}`);
  return found;
}

/** The variables of a container, by name: values as they are, secrets by their reference. */
export function variables(of: Synthesised, family: string, name: string): Readonly<Record<string, string>> {
  const { environment = [], secrets = [] } = container(of, family, name);
  return Object.fromEntries([
    ...environment.map((variable: any) => [variable.name, variable.value]),
    ...secrets.map((variable: any) => [variable.name, variable.valueFrom]),
  ]);
}

/** What may happen to objects of a bucket, by the lifecycle rule's id. */
export function lifecycle({ data }: Synthesised, bucket: string): Readonly<Record<string, any>> {
  const { rule } = data.resource?.aws_s3_bucket_lifecycle_configuration?.[`bucket_${bucket}_lifecycle`] ?? {};
  if (rule === undefined) throw new Error(`the bucket ${bucket} has no lifecycle`);
  return Object.fromEntries(rule.map((entry: any) => [entry.id, entry]));
}

/** The most and fewest tasks of a service or worker, and what its scaling tracks. */
export function scaling({ compute }: Synthesised, id: string) {
  const target = compute.resource?.aws_appautoscaling_target?.[`${id}_scaling_target`];
  const policies = Object.entries(compute.resource?.aws_appautoscaling_policy ?? {}).filter(([key]) =>
    key.startsWith(`${id}_scaling_`),
  );
  const tracked = policies.flatMap(([, { target_tracking_scaling_policy_configuration: tracking }]) =>
    tracking === undefined ? [] : [[tracking.predefined_metric_specification.predefined_metric_type, tracking]],
  );
  return {
    min: target?.min_capacity,
    max: target?.max_capacity,
    tracked: Object.fromEntries(tracked) as Readonly<Record<string, any>>,
  };
}

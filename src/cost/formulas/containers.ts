/** ECS on Fargate: services, tasks of jobs, the metrics of the cluster. */
import { blockOf, isTrue, numberOf, textOf, type StackResource } from '../stacks';
import { nestedBlocks, type Block } from '../../terraform/root-module';
import { HOURS, monthly, scaled, used, type Charge, type Formula, type FormulaContext } from '../charge';
import type { Range } from '../range';

/** Storage that a task has without charge. Source: Fargate price page. */
const FREE_STORAGE_GB = 20;

/** Where between minimum and maximum a service runs on average, unless `usage.averageTasks` says it. */
const USUAL_LOAD = 0.25;

/** Share of requests that X-Ray samples. Source: X-Ray developer guide, default sampling rule. */
const TRACED = 0.05;

interface TaskSize {
  readonly vcpu: number;
  readonly memoryGb: number;
  readonly architecture: 'x86' | 'arm64';
  readonly extraStorageGb: number;
}

function taskSize(definition: Block): TaskSize {
  const { cpu_architecture: architecture } = blockOf(definition.runtime_platform);
  const storage = numberOf(blockOf(definition.ephemeral_storage).size_in_gib) ?? FREE_STORAGE_GB;
  return {
    vcpu: (numberOf(definition.cpu) ?? 0) / 1024,
    memoryGb: (numberOf(definition.memory) ?? 0) / 1024,
    architecture: architecture === 'ARM64' ? 'arm64' : 'x86',
    extraStorageGb: Math.max(0, storage - FREE_STORAGE_GB),
  };
}

/** The two or three charges of running tasks. */
function taskCharges(size: TaskSize, what: string, spot: boolean, count: Range, hours = HOURS): readonly Charge[] {
  const { vcpu, memoryGb, architecture, extraStorageGb } = size;
  const prefix = `fargate/${architecture}${spot ? '.spot' : ''}`;
  const part = (name: string, price: string, unit: string, each: number): readonly Charge[] =>
    each > 0 ? scaled({ kind: 'Compute', what: `${what}: ${name}`, price, unit }, count, each * hours) : [];
  return [
    ...part(`${vcpu} vCPU${spot ? ' on Spot' : ''}`, `${prefix}.vcpu`, 'vCPU-hour', vcpu),
    ...part(`${memoryGb} GB${spot ? ' on Spot' : ''}`, `${prefix}.memory`, 'GB-hour', memoryGb),
    ...part(`${extraStorageGb} GB of disk`, 'fargate/ephemeral-storage', 'GB-hour', extraStorageGb),
  ];
}

/** The key of a service or worker, from its construct id: `service-api_service`. */
function workloadOf({ address }: StackResource): string {
  return /^aws_ecs_service\.(?:service|worker)-(.+)_service$/.exec(address)?.[1] ?? address.split('.')[1] ?? address;
}

/** How many tasks run. */
export function taskCount(block: Block, { stacks, resource, usage }: FormulaContext): Range {
  const target = stacks
    .ofType('aws_appautoscaling_target', resource.stack)
    .find(({ block: { resource_id: id } }) => textOf(id).includes(`\${${resource.address}.`))?.block;
  const low = numberOf(target?.min_capacity ?? block.desired_count) ?? 1;
  const high = Math.max(low, numberOf(target?.max_capacity ?? block.desired_count) ?? low);
  const average = usage.averageTasks[workloadOf(resource)] ?? low + (high - low) * USUAL_LOAD;
  return { low, expected: Math.min(high, Math.max(low, average)), high };
}

/** Divides tasks between on-demand and Spot capacity: the base first, the rest by weight, as ECS does. */
function divide(count: number, strategies: readonly Block[]): { readonly onDemand: number; readonly spot: number } {
  const of = (provider: string): Block => strategies.find(({ capacity_provider: name }) => name === provider) ?? {};
  const [demand, spot] = [of('FARGATE'), of('FARGATE_SPOT')];
  const base = Math.min(count, numberOf(demand.base) ?? 0);
  const baseSpot = Math.min(count - base, numberOf(spot.base) ?? 0);
  const weights = (numberOf(demand.weight) ?? 0) + (numberOf(spot.weight) ?? 0);
  const share = weights === 0 ? 0 : (numberOf(spot.weight) ?? 0) / weights;
  const rest = count - base - baseSpot;
  return { onDemand: base + rest * (1 - share), spot: baseSpot + rest * share };
}

const service: Formula = (block, context) => {
  const { stacks, resource, usage } = context;
  const definition = stacks.referred(block.task_definition, 'aws_ecs_task_definition', resource.stack)?.block ?? {};
  const count = taskCount(block, context);
  const strategies = nestedBlocks(block.capacity_provider_strategy);
  const part = (which: 'onDemand' | 'spot'): Range => ({
    low: divide(count.low, strategies)[which],
    expected: divide(count.expected, strategies)[which],
    high: divide(count.high, strategies)[which],
  });
  const name = workloadOf(resource);
  const isPublic = isTrue(blockOf(block.network_configuration).assign_public_ip);
  const traced = textOf(definition.container_definitions).includes('awsxray');
  return [
    ...taskCharges(taskSize(definition), name, false, part('onDemand')),
    ...taskCharges(taskSize(definition), name, true, part('spot')),
    ...(isPublic
      ? scaled(
          { kind: 'Network', what: `${name}: public addresses`, price: 'vpc/public-ipv4.in-use-or-idle', unit: 'hour' },
          count,
          HOURS,
        )
      : []),
    ...(traced
      ? used({
          kind: 'Monitoring',
          what: `${name}: traces`,
          price: 'xray/traces-recorded',
          unit: 'million traces',
          quantity: (usage.requestsPerMonth.value * TRACED) / 1_000_000,
          assumption: 'X-Ray samples 5 % of the requests',
        })
      : []),
  ];
};

/** A definition that no service runs is a job's. */
const taskDefinition: Formula = (block, { stacks, resource, usage }) => {
  const run = (definition: StackResource): boolean =>
    stacks
      .ofType('aws_ecs_service', definition.stack)
      .some(({ block: { task_definition: of } }) => textOf(of).includes(`\${${definition.address}.`));
  if (run(resource)) return [];
  const jobs = stacks.ofType('aws_ecs_task_definition').filter((definition) => !run(definition)).length;
  const hours = usage.jobHoursPerMonth.value / Math.max(1, jobs);
  const size = taskSize(block);
  const name = textOf(block.family, 'job');
  return [
    ...used({
      ...job(`${name}: ${size.vcpu} vCPU`),
      price: `fargate/${size.architecture}.vcpu`,
      unit: 'vCPU-hour',
      quantity: size.vcpu * hours,
    }),
    ...used({
      ...job(`${name}: ${size.memoryGb} GB`),
      price: `fargate/${size.architecture}.memory`,
      unit: 'GB-hour',
      quantity: size.memoryGb * hours,
    }),
  ];
};

function job(what: string) {
  return { kind: 'Compute', what, assumption: 'all jobs run equally long' } as const;
}

/**
 * Metrics of Container Insights without enhanced observability: for a cluster, for each family of task definitions and for each
 * service. Source: CloudWatch price page, example "Container Insights for Amazon ECS".
 */
export const INSIGHTS = { cluster: 8, family: 6, service: 11 } as const;

const cluster: Formula = (block, { stacks, resource }) => {
  const setting = nestedBlocks(block.setting).find(({ name }) => name === 'containerInsights')?.value;
  if (setting === 'enhanced')
    return [monthly('Monitoring', 'enhanced Container Insights', 'cloudwatch/container-insights.enhanced', 'metric-month')];
  if (setting !== 'enabled') return [];
  const services = stacks.ofType('aws_ecs_service', resource.stack);
  const families = services.filter(({ block: { desired_count: count } }) => numberOf(count) !== 0).length;
  const metrics = INSIGHTS.cluster + INSIGHTS.family * families + INSIGHTS.service * services.length;
  return [
    {
      ...monthly(
        'Monitoring',
        `Container Insights, ${metrics} metrics`,
        'cloudwatch/custom-metric.first-10000',
        'metric-month',
        metrics,
      ),
      assumption: 'metrics of jobs and of services at 0 tasks are billed only for the hours in which they run',
    },
  ];
};

export const CONTAINERS: Readonly<Record<string, Formula>> = {
  aws_ecs_service: service,
  aws_ecs_task_definition: taskDefinition,
  aws_ecs_cluster: cluster,
};

/** EC2: hosts, groups of hosts, volumes and their snapshots. */
import { numberOf, blockOf, isTrue, textOf } from '../stacks';
import { elementsOf, nestedBlocks, type Block } from '../../terraform/root-module';
import { hourly, monthly, scaled, used, HOURS, type Charge, type Formula, type FormulaContext } from '../charge';
import type { Range } from '../range';
import { publicTraffic } from './traffic';

/** What gp3 includes. Source: EBS price page. */
const GP3_IOPS = 3000;
const GP3_THROUGHPUT = 125;

/** Metrics of a host with detailed monitoring. Source: EC2 user guide, "List the available CloudWatch metrics". */
const DETAILED_METRICS = 7;

/** A volume: its gigabytes, and what it has beyond the baseline of gp3. */
export function volumeCharges(volume: Block, what: string, count: number | Range = 1): readonly Charge[] {
  const type = textOf(volume.volume_type ?? volume.type, 'gp3');
  const gigabytes = numberOf(volume.volume_size ?? volume.size) ?? 0;
  const range = typeof count === 'number' ? { low: count, expected: count, high: count } : count;
  const iops = Math.max(0, (numberOf(volume.iops) ?? GP3_IOPS) - GP3_IOPS);
  const throughput = Math.max(0, (numberOf(volume.throughput) ?? GP3_THROUGHPUT) - GP3_THROUGHPUT);
  const part = (price: string, unit: string, each: number, of: string): readonly Charge[] =>
    each > 0 ? scaled({ kind: 'Storage', what: `${what}: ${each} ${of}`, price, unit }, range, each) : [];
  return [
    ...part(`ebs/${type}.storage`, 'GB-month', gigabytes, `GB ${type}`),
    ...(type === 'gp3' ? part('ebs/gp3.iops-above-3000', 'IOPS-month', iops, 'IOPS above 3000') : []),
    ...(type === 'gp3' ? part('ebs/gp3.throughput-above-125', 'MiBps-month', throughput, 'MiB/s above 125') : []),
  ];
}

/** Daily snapshots: the first holds what is on the volume, each later one what has changed. */
export function snapshotGb(gigabytes: number, days: number, dailyChangePercent: number): number {
  return gigabytes * (HALF_FULL + (dailyChangePercent / 100) * days);
}

/** Assumed share of a disk that is written. */
export const HALF_FULL = 0.5;

const instance: Formula = (block, context) => {
  const type = textOf(block.instance_type, '(unknown type)');
  const metrics = isTrue(block.monitoring) ? DETAILED_METRICS : 0;
  return [
    hourly('Compute', type, `ec2/${type}`),
    ...volumeCharges(blockOf(block.root_block_device), 'system volume'),
    ...nestedBlocks(block.ebs_block_device).flatMap((volume) => volumeCharges(volume, 'further volume')),
    ...(metrics === 0
      ? []
      : [monthly('Monitoring', 'detailed monitoring', 'cloudwatch/custom-metric.first-10000', 'metric-month', metrics)]),
    ...publicTraffic(context),
  ];
};

/** Hosts from a launch template, between a minimum and a maximum. */
function groupCharges(template: Block, type: string, count: Range, isNat = false): readonly Charge[] {
  const what = isNat ? `NAT instance, ${type}` : `${type} hosts`;
  return [
    ...scaled({ kind: isNat ? 'Network' : 'Compute', what, price: `ec2/${type}`, unit: 'hour' }, count, HOURS),
    ...nestedBlocks(template.block_device_mappings).flatMap(({ ebs }) => volumeCharges(blockOf(ebs), 'volumes of hosts', count)),
  ];
}

function templateOf(block: Block, { stacks, resource }: FormulaContext): Block {
  const { id } = blockOf(block.launch_template);
  return stacks.referred(id, 'aws_launch_template', resource.stack)?.block ?? {};
}

function sizes(min: unknown, desired: unknown, max: unknown): Range {
  const low = numberOf(min) ?? 0;
  const high = Math.max(low, numberOf(max) ?? low);
  return { low, expected: Math.min(high, Math.max(low, numberOf(desired) ?? low)), high };
}

const autoscalingGroup: Formula = (block, context) => {
  const template = templateOf(block, context);
  return groupCharges(
    template,
    textOf(template.instance_type, '(unknown type)'),
    sizes(block.min_size, block.desired_capacity, block.max_size),
    context.resource.address.includes('.nat_'),
  );
};

const nodeGroup: Formula = (block, context) => {
  const { min_size: min, desired_size: desired, max_size: max } = blockOf(block.scaling_config);
  const type = textOf(elementsOf(block.instance_types)[0], '(unknown type)');
  const spot = block.capacity_type === 'SPOT' ? '.spot' : '';
  return groupCharges(templateOf(block, context), `${type}${spot}`, sizes(min, desired, max));
};

const cluster: Formula = () => [hourly('Compute', 'EKS control plane', 'eks/cluster.standard-support')];

const volume: Formula = (block) => volumeCharges(block, 'volume');

const snapshots: Formula = (block, { stacks, resource, usage }) => {
  const schedules = nestedBlocks(blockOf(block.policy_details).schedule);
  const days = Math.max(
    0,
    ...schedules.map(({ retain_rule: rule }) => numberOf(blockOf(rule).interval ?? blockOf(rule).count) ?? 0),
  );
  const gigabytes = stacks
    .ofType('aws_ebs_volume', resource.stack)
    .reduce((total, { block: { size } }) => total + (numberOf(size) ?? 0), 0);
  const change = usage.dailyChangePercent.value;
  return used({
    kind: 'Storage',
    what: `snapshots of ${days} days`,
    price: 'ebs/snapshot.standard',
    unit: 'GB-month',
    quantity: snapshotGb(gigabytes, days, change),
    assumption: `the volume is half full, and ${change} % of it changes in a day`,
  });
};

export const COMPUTE: Readonly<Record<string, Formula>> = {
  aws_instance: instance,
  aws_autoscaling_group: autoscalingGroup,
  aws_eks_cluster: cluster,
  aws_eks_node_group: nodeGroup,
  aws_ebs_volume: volume,
  aws_dlm_lifecycle_policy: snapshots,
};

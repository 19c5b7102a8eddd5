/** What the Fargate tier publishes: values for later stacks, and addresses and commands for people. */
import { runningWorkloads } from '../../config/calculations/workloads';
import type { ResolvedWorkloads } from '../../config/resolved/environment';
import { dataAccess } from '../../modules/containers/data-access';
import { databaseTunnelCommand, redeployCommand, shellCommand, waitCommand, type RunningWorkload } from './commands';
import type { FargateJob } from './job';
import { runJobCommand } from './run-job-command';
import type { FargateService } from './service';
import type { FargateCluster } from './cluster';
import type { ApplicationLoadBalancer } from '../../modules/load-balancer/application-load-balancer';
import type { FargateHandover } from '../../contracts/handovers';
import { addAddressOutputs } from '../../modules/load-balancer/address-outputs';
import { outputName } from '../../terraform/output-name';
import type { TerraceStack } from '../../terraform/terrace-stack';

/** What edge points names to, observability monitors, and previews join where the environment has them. */
export function fargateHandover(
  { name, arn }: Pick<FargateCluster, 'name' | 'arn'>,
  balancer: ApplicationLoadBalancer | undefined,
  services: ReadonlyMap<string, FargateService>,
  workers: ReadonlyMap<string, FargateService>,
  jobs: ReadonlyMap<string, FargateJob>,
  webAcl: { readonly name: string } | undefined,
  hasPreviews: boolean,
): FargateHandover {
  const served = [...services].map(([key, service]) => {
    return [key, { name: service.name, targetGroupArnSuffix: balancer?.targets.get(key)?.arnSuffix }] as const;
  });
  return {
    clusterName: name,
    loadBalancer: balancer && {
      arn: balancer.arn,
      arnSuffix: balancer.arnSuffix,
      dnsName: balancer.dnsName,
      hostedZoneId: balancer.hostedZoneId,
    },
    services: Object.fromEntries(served),
    workers: Object.fromEntries([...workers].map(([key, worker]) => [key, { name: worker.name }])),
    schedules: Object.fromEntries(
      [...jobs].flatMap(([key, { deadLetterQueueName }]) =>
        deadLetterQueueName === undefined ? [] : [[key, { deadLetterQueueName }] as const],
      ),
    ),
    webAcl: webAcl && { name: webAcl.name },
    previews:
      hasPreviews && balancer !== undefined
        ? { clusterArn: arn, listenerArn: balancer.listenerArn, balancerSecurityGroupId: balancer.securityGroupId }
        : undefined,
  };
}

export interface FargateOutputs {
  readonly region: string;
  readonly clusterName: string;
  readonly workloads: ResolvedWorkloads;
  readonly jobs: ReadonlyMap<string, FargateJob>;
  /** Under which services receive requests. */
  readonly names: readonly string[];
  readonly loadBalancerDnsName?: string;
  readonly databaseHost?: string;
}

/** Writes the outputs of the stack. Nothing in them is secret. */
export function addFargateOutputs(stack: TerraceStack, outputs: FargateOutputs): void {
  addAddressOutputs(stack, outputs);
  addReleaseOutputs(stack, outputs);
  addShellOutputs(stack, outputs);
  addJobOutputs(stack, outputs);
}

function addReleaseOutputs(stack: TerraceStack, outputs: FargateOutputs): void {
  for (const { key, name: serviceName } of runningWorkloads(outputs.workloads)) {
    const name = outputName(key);
    const workload = running(outputs, key, serviceName);
    stack.addOutput(
      `redeploy_${name}`,
      `Starts new tasks of ${key}, with the current values of its secrets`,
      redeployCommand(workload),
    );
    stack.addOutput(`wait_${name}`, `Waits until ${key} is running and stable, at most ten minutes`, waitCommand(workload));
  }
}

function addShellOutputs(stack: TerraceStack, outputs: FargateOutputs): void {
  const { workloads, databaseHost } = outputs;
  const open = runningWorkloads(workloads).filter(({ exec }) => exec);
  for (const { key, name } of open) {
    stack.addOutput(
      `shell_${outputName(key)}`,
      `Opens a shell in a container of ${key}`,
      shellCommand(running(outputs, key, name)),
    );
  }
  const bridge = open.find((workload) => dataAccess(workload).database);
  if (bridge === undefined || databaseHost === undefined) return;
  const command = databaseTunnelCommand(running(outputs, bridge.key, bridge.name), databaseHost);
  stack.addOutput('tunnel_to_database', `Brings the database to localhost:5432 through a container of ${bridge.key}`, command);
}

function running({ region, clusterName }: FargateOutputs, key: string, serviceName: string): RunningWorkload {
  return { region, clusterName, serviceName, containerName: key };
}

function addJobOutputs(stack: TerraceStack, { region, workloads, jobs }: FargateOutputs): void {
  for (const { key, logs } of workloads.jobs) {
    const job = jobs.get(key);
    if (job === undefined) continue;
    const { stateMachineArn } = job;
    stack.addOutput(
      `run_${outputName(key)}`,
      `Runs the job ${key} now, waits for it, and ends with its exit code`,
      runJobCommand({ region, stateMachineArn, logGroup: logs.group, logStreamPrefix: logs.streamPrefix }),
    );
  }
}

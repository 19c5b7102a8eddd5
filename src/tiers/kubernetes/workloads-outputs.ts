/** What the workloads of the Kubernetes tier tell people: addresses, and the exact commands of the next steps. */
import type { ResolvedDomain, ResolvedWorkloads } from '../../config/resolved/environment';
import { loginCommand, runJobCommand, shellCommand, undoReleaseCommand, watchReleaseCommand } from './workloads/commands';
import { outputName, servedHosts } from '../fargate/outputs';
import type { TerraceStack } from '../../terraform/terrace-stack';

export interface WorkloadsOutputs {
  readonly region: string;
  readonly clusterName: string;
  readonly namespace: string;
  readonly workloads: ResolvedWorkloads;
  readonly domain?: ResolvedDomain;
  readonly loadBalancerDnsName?: string;
}

/** Writes the outputs of the stack. Nothing in them is secret. */
export function addWorkloadsOutputs(stack: TerraceStack, outputs: WorkloadsOutputs): void {
  const { region, clusterName, namespace, workloads, domain, loadBalancerDnsName } = outputs;
  stack.addOutput(
    'login',
    'Teaches kubectl the cluster; every other command here needs it once',
    loginCommand(region, clusterName),
  );
  if (loadBalancerDnsName !== undefined) {
    stack.addOutput('load_balancer_dns_name', 'What the host names must point at', loadBalancerDnsName);
    for (const host of servedHosts(workloads, domain)) {
      stack.addOutput(`url_${outputName(host)}`, `Answers once ${host} points at the load balancer`, `https://${host}`);
    }
  }
  for (const { key, exec } of [...workloads.services, ...workloads.workers]) {
    const name = outputName(key);
    stack.addOutput(`watch_release_${name}`, `Waits for a release of ${key}`, watchReleaseCommand({ namespace, key }));
    stack.addOutput(`undo_release_${name}`, `Goes back to the release of ${key} before`, undoReleaseCommand({ namespace, key }));
    if (exec) stack.addOutput(`shell_${name}`, `Opens a shell in a container of ${key}`, shellCommand({ namespace, key }));
  }
  for (const { key } of workloads.jobs) {
    stack.addOutput(`run_${outputName(key)}`, `Starts the job ${key} now`, runJobCommand({ namespace, key }));
  }
}

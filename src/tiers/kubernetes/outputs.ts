/** The outputs of the Kubernetes tier's stacks: addresses, and the exact commands for next steps. None is secret. */
import { runningWorkloads } from '../../config/calculations/workloads';
import type { ResolvedWorkloads } from '../../config/resolved/environment';
import { addAddressOutputs, type AddressOutputs } from '../../modules/load-balancer/address-outputs';
import { outputName } from '../../terraform/output-name';
import type { TerraceStack } from '../../terraform/terrace-stack';
import { CHARTS } from './platform/charts';
import { runJobCommand } from './run-job-command';
import { usesMasterLogin } from './workloads/login';

export interface ClusterOutputs {
  readonly region: string;
  readonly clusterName: string;
}

export function addClusterOutputs(stack: TerraceStack, outputs: ClusterOutputs): void {
  const { region, clusterName } = outputs;
  stack.addOutput('login', 'Configures kubectl for this cluster', loginCommand(outputs));
  stack.addOutput(
    'nodes',
    'Lists the nodes; `aws ssm start-session --target <id>` opens a shell on one',
    `aws ec2 describe-instances --region ${region} --filters Name=tag:eks:cluster-name,Values=${clusterName} ` +
      `--query 'Reservations[].Instances[].[InstanceId,InstanceType,Placement.AvailabilityZone,State.Name]' --output table`,
  );
}

/** Only with monitoring by Prometheus. */
export function addGrafanaOutputs(stack: TerraceStack): void {
  const { namespace } = CHARTS['kube-prometheus-stack'];
  stack.addOutput(
    'grafana',
    'Forwards Grafana to http://localhost:3000; user admin',
    `kubectl --namespace ${namespace} port-forward service/kube-prometheus-stack-grafana 3000:80`,
  );
  stack.addOutput(
    'grafana_password',
    'Shows the generated password of Grafana',
    `kubectl --namespace ${namespace} get secret kube-prometheus-stack-grafana --output jsonpath='{.data.admin-password}' | base64 --decode`,
  );
}

export interface WorkloadsOutputs extends ClusterOutputs, AddressOutputs {
  readonly namespace: string;
  readonly workloads: ResolvedWorkloads;
}

export function addWorkloadsOutputs(stack: TerraceStack, outputs: WorkloadsOutputs): void {
  const { namespace, workloads } = outputs;
  stack.addOutput('login', 'Configures kubectl for this cluster; the other commands need it once', loginCommand(outputs));
  addAddressOutputs(stack, outputs);
  for (const { key, exec } of runningWorkloads(workloads)) {
    const name = outputName(key);
    stack.addOutput(
      `watch_release_${name}`,
      `Waits until a release of ${key} is complete`,
      `kubectl rollout status --namespace ${namespace} deployment/${key}`,
    );
    stack.addOutput(
      `undo_release_${name}`,
      `Returns to the previous release of ${key}`,
      `kubectl rollout undo --namespace ${namespace} deployment/${key}`,
    );
    if (exec)
      stack.addOutput(
        `shell_${name}`,
        `Opens a shell in a container of ${key}`,
        `kubectl exec --namespace ${namespace} --stdin --tty deployment/${key} --container ${key} -- /bin/sh`,
      );
  }
  for (const job of workloads.jobs) {
    const { key, concurrency } = job;
    stack.addOutput(
      `run_${outputName(key)}`,
      `Runs the job ${key} now, waits for it, and ends with its exit code`,
      runJobCommand({ namespace, key, concurrency, loginDuringRun: usesMasterLogin(job) }),
    );
  }
}

/** Needs an identity that the cluster admits. */
function loginCommand({ region, clusterName }: ClusterOutputs): string {
  return `aws eks update-kubeconfig --region ${region} --name ${clusterName}`;
}

/** All objects in the namespace of one environment, in the order in which they can be applied. Pure. */
import type { ServiceAccount } from 'kubernetes-types/core/v1';
import { allWorkloads, runningWorkloads } from '../../../config/calculations/workloads';
import type { ResolvedService, ResolvedWorker, ResolvedWorkload, ResolvedWorkloads } from '../../../config/resolved/environment';
import { factsFor } from '../../../modules/containers/pooler';
import { rotatedSources } from '../../../modules/containers/rotation';
import { secretVariables, variablesOfTask } from '../../../modules/containers/variable-values';
import { workloadMetadata, type Manifest, type WorkloadContext, type WorkloadId } from './context';
import { cronJob, type CronJobManifest } from './cron-job';
import {
  deployment,
  disruptionBudget,
  RELOAD_ANNOTATION,
  type DeploymentManifest,
  type DisruptionBudgetManifest,
} from './deployment';
import { ingress } from './ingress';
import { limitRange, namespace, resourceQuota } from './namespace';
import { podMonitor } from './metrics';
import { commonPolicies, workloadPolicy, type NetworkPolicyManifest } from './network-policy';
import { usesMasterLogin } from './login';
import { poolerOf, poolerSecretName } from './pooler';
import { autoscaler, scaledObject, triggerAuthentication, type AutoscalerManifest } from './scaling';
import { service, type ServiceManifest } from './service';
import { sidecarSecretName } from './sidecars';
import { configMap, externalSecret, secretStore, type ConfigMapManifest } from './variables';

/** The objects of one service, worker or job. */
export interface WorkloadManifests extends WorkloadId {
  readonly account: ServiceAccountManifest;
  readonly config?: ConfigMapManifest;
  readonly policy?: NetworkPolicyManifest;
  readonly deployment?: DeploymentManifest;
  readonly cronJob?: CronJobManifest;
  readonly service?: ServiceManifest;
  readonly autoscaler?: AutoscalerManifest;
  readonly budget?: DisruptionBudgetManifest;
}

/** An object whose kind is defined by a controller of the platform. */
export type CustomManifest = Manifest & { readonly spec: object };

/** The objects of one environment. */
export type EnvironmentManifests = ReturnType<typeof environmentManifests>;

export function environmentManifests(context: WorkloadContext, workloads: ResolvedWorkloads) {
  const { services, workers, jobs } = workloads;
  return {
    namespace: namespace(context),
    quota: resourceQuota(context, workloads),
    limits: limitRange(context),
    /** Network policies of every pod. */
    policies: commonPolicies(context),
    /** Installed by a Helm chart, because Terraform would need their definitions to plan them. */
    custom: customManifests(context, workloads),
    workloads: [
      ...services.map((workload) => ({ ...runningManifests(context, workload, services), service: service(context, workload) })),
      ...workers.map((workload) => runningManifests(context, workload, services)),
      ...jobs.map((job): WorkloadManifests => ({ ...commonManifests(context, job, services), cronJob: cronJob(context, job) })),
    ],
    ingress: context.ingress && ingress(context, context.ingress, services),
  };
}

/** Whether some Deployment must be restarted when a secret changes. */
export function usesRotatedSecrets({ workloads }: Pick<EnvironmentManifests, 'workloads'>): boolean {
  return workloads.some((workload) => workload.deployment?.metadata.annotations?.[RELOAD_ANNOTATION] !== undefined);
}

/** The objects of one workload as a list. */
export function workloadManifestList(of: WorkloadManifests): readonly Manifest[] {
  return [of.account, of.config, of.policy, of.deployment, of.cronJob, of.service, of.autoscaler, of.budget].filter(
    (manifest) => manifest !== undefined,
  );
}

/** All objects as a list, as `kubectl apply` takes them. */
export function manifestList(of: EnvironmentManifests): readonly Manifest[] {
  return [
    ...[of.namespace, of.quota, of.limits, ...of.policies, ...of.custom],
    ...of.workloads.flatMap(workloadManifestList),
    ...(of.ingress === undefined ? [] : [of.ingress]),
  ];
}

function runningManifests(
  context: WorkloadContext,
  workload: ResolvedService | ResolvedWorker,
  services: readonly ResolvedService[],
): WorkloadManifests {
  return {
    ...commonManifests(context, workload, services),
    deployment: deployment(context, workload),
    autoscaler: autoscaler(context, workload),
    budget: disruptionBudget(context, workload),
  };
}

function commonManifests(
  context: WorkloadContext,
  workload: ResolvedWorkload,
  services: readonly ResolvedService[],
): WorkloadManifests {
  return {
    key: workload.key,
    kind: workload.kind,
    account: serviceAccount(context, workload),
    config: configMap(context, workload, factsFor(context.facts, poolerOf(context, workload))),
    policy: workloadPolicy(context, workload, services),
  };
}

type ServiceAccountManifest = ReturnType<typeof serviceAccount>;

/** Named by the workload's key, as in the Pod Identity association that gives it its AWS role. */
function serviceAccount(context: WorkloadContext, workload: WorkloadId) {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: workloadMetadata(context, workload),
    // No token of the Kubernetes API, which no workload calls. The token for AWS is a different one.
    automountServiceAccountToken: false,
  } satisfies ServiceAccount;
}

function customManifests(context: WorkloadContext, workloads: ResolvedWorkloads): readonly CustomManifest[] {
  const standing = allWorkloads(workloads).filter((workload) => !usesMasterLogin(workload));
  const secrets = standing.flatMap((workload) => externalSecrets(context, workload));
  const monitors = runningWorkloads(workloads).map((workload) => podMonitor(context, workload));
  const scalers = workloads.workers.map((worker) => scaledObject(context, worker)).filter((scaler) => scaler !== undefined);
  return [
    ...(readsSecrets(workloads) ? [secretStore(context), ...secrets] : []),
    ...(workloads.workers.some(({ scaling }) => scaling?.kind === 'queue') ? [triggerAuthentication(context)] : []),
    ...scalers,
    ...monitors.filter((monitor) => monitor !== undefined),
  ];
}

function readsSecrets(workloads: ResolvedWorkloads): boolean {
  return allWorkloads(workloads)
    .flatMap(variablesOfTask)
    .some(({ secrets }) => Object.keys(secrets).length > 0);
}

/** The secret of a workload's own variables, that of its pooler, and those of its sidecars. */
function externalSecrets(context: WorkloadContext, workload: ResolvedWorkload): readonly CustomManifest[] {
  const rotated = rotatedSources(workload, context.data).length > 0;
  return [
    { name: workload.key, variables: secretVariables(workload.variables, context.handover) },
    { name: poolerSecretName(workload.key), variables: poolerOf(context, workload)?.secrets ?? [] },
    ...workload.sidecars.map((sidecar) => ({
      name: sidecarSecretName(workload.key, sidecar),
      variables: secretVariables(sidecar.variables, context.handover),
    })),
  ].flatMap(({ name, variables }) =>
    variables.length === 0 ? [] : [externalSecret(context, { name, workload, variables, rotated })],
  );
}

/** All that stands in the namespace of one environment, in the order in which it can be applied. Pure. */
import type { ResolvedJob, ResolvedService, ResolvedWorker, ResolvedWorkloads } from '../../../config/resolved/environment';
import { rotatedSources } from '../../../modules/containers/rotation';
import { secretVariables } from '../../../modules/containers/variable-values';
import { factsBehindPooler } from '../../../modules/containers/pooler';
import { externalSecret, secretStore, type ExternalSecretManifest, type SecretStoreManifest } from '../chart/external-secret';
import {
  scaledObject,
  triggerAuthentication,
  type ScaledObjectManifest,
  type TriggerAuthenticationManifest,
} from '../chart/scaled-object';
import { autoscaler, type AutoscalerManifest } from './autoscaler';
import { configMap, type ConfigMapManifest } from './config-map';
import type { WorkloadContext } from './context';
import { cronJob, type CronJobManifest } from './cron-job';
import { deployment, RESTART_ON_SECRETS, type DeploymentManifest } from './deployment';
import { disruptionBudget, type DisruptionBudgetManifest } from './disruption-budget';
import { ingress, type IngressManifest } from './ingress';
import type { Component, Manifest } from './manifest';
import { namespace, type NamespaceManifest } from './namespace';
import { commonPolicies, workloadPolicy, type NetworkPolicyManifest } from './network-policy';
import { poolerOf, poolerSecretName } from './pooler';
import { limitRange, resourceQuota, type LimitRangeManifest, type ResourceQuotaManifest } from './quota';
import { serviceAccount, type ServiceAccountManifest } from './service-account';
import { service, type ServiceManifest } from './service';

/** The objects of one service, worker or job. */
export interface WorkloadManifests {
  readonly key: string;
  readonly component: Component;
  readonly account: ServiceAccountManifest;
  readonly config?: ConfigMapManifest;
  readonly policy?: NetworkPolicyManifest;
  readonly deployment?: DeploymentManifest;
  readonly cronJob?: CronJobManifest;
  readonly service?: ServiceManifest;
  readonly autoscaler?: AutoscalerManifest;
  readonly budget?: DisruptionBudgetManifest;
}

export type CustomManifest = SecretStoreManifest | ExternalSecretManifest | TriggerAuthenticationManifest | ScaledObjectManifest;

/** The objects of one environment. */
export interface EnvironmentManifests {
  readonly namespace: NamespaceManifest;
  readonly quota: ResourceQuotaManifest;
  readonly limits: LimitRangeManifest;
  /** Network policies of every pod. */
  readonly policies: readonly NetworkPolicyManifest[];
  /** Objects of custom kinds: those that the chart holds. */
  readonly custom: readonly CustomManifest[];
  readonly workloads: readonly WorkloadManifests[];
  readonly ingress?: IngressManifest;
}

/** Makes all of them. */
export function environmentManifests(context: WorkloadContext, all: ResolvedWorkloads): EnvironmentManifests {
  const { services, workers, jobs } = all;
  return {
    namespace: namespace(context),
    quota: resourceQuota(context, all),
    limits: limitRange(context),
    policies: commonPolicies(context),
    custom: customManifests(context, all),
    workloads: [
      ...services.map((workload) => ({ ...running(context, workload, 'service'), service: service(context, workload) })),
      ...workers.map((workload) => running(context, workload, 'worker')),
      ...jobs.map((job) => ({ ...common(context, job, 'job'), cronJob: cronJob(context, job) })),
    ],
    ingress: context.ingress && ingress(context, context.ingress, services),
  };
}

/** Whether some deployment is to be restarted when a secret changes. */
export function holdsRotatedSecrets({ workloads }: Pick<EnvironmentManifests, 'workloads'>): boolean {
  return workloads.some(({ deployment: running }) => running?.metadata.annotations?.[RESTART_ON_SECRETS] !== undefined);
}

/** The same as a list, as `kubectl apply` takes it. */
export function manifestList(manifests: EnvironmentManifests): readonly Manifest[] {
  const { namespace: home, quota, limits, policies, custom, workloads, ingress: door } = manifests;
  const objects = workloads.flatMap((of) => [
    of.account,
    of.config,
    of.policy,
    of.deployment,
    of.cronJob,
    of.service,
    of.autoscaler,
    of.budget,
  ]);
  return [home, quota, limits, ...policies, ...custom, ...objects, door].filter((manifest) => manifest !== undefined);
}

function running(context: WorkloadContext, workload: ResolvedService | ResolvedWorker, component: Component): WorkloadManifests {
  return {
    ...common(context, workload, component),
    deployment: deployment(context, workload),
    autoscaler: autoscaler(context, workload),
    budget: disruptionBudget(context, workload.key, component),
  };
}

function common(
  context: WorkloadContext,
  workload: ResolvedService | ResolvedWorker | ResolvedJob,
  component: Component,
): WorkloadManifests {
  const facts = poolerSettings(workload) === undefined ? context.facts : factsBehindPooler(context.facts);
  return {
    key: workload.key,
    component,
    account: serviceAccount(context, workload.key, component),
    config: configMap(context, workload, component, facts),
    policy: workloadPolicy(context, workload, component),
  };
}

function poolerSettings(workload: ResolvedService | ResolvedWorker | ResolvedJob) {
  return 'pooler' in workload ? workload.pooler : undefined;
}

function customManifests(context: WorkloadContext, { services, workers, jobs }: ResolvedWorkloads): readonly CustomManifest[] {
  const secrets = [
    ...services.flatMap((workload) => secretsOf(context, workload, 'service')),
    ...workers.flatMap((workload) => secretsOf(context, workload, 'worker')),
    ...jobs.flatMap((job) => secretsOf(context, job, 'job')),
  ];
  const scalers = workers.map((worker) => scaledObject(context, worker)).filter((scaler) => scaler !== undefined);
  return [
    ...(secrets.length === 0 ? [] : [secretStore(context), ...secrets]),
    ...(scalers.length === 0 ? [] : [triggerAuthentication(context), ...scalers]),
  ];
}

/** The workload's own secret, and its pooler's. */
function secretsOf(
  context: WorkloadContext,
  workload: ResolvedService | ResolvedWorker | ResolvedJob,
  component: Component,
): readonly ExternalSecretManifest[] {
  const { key: name } = workload;
  const pooler = poolerSettings(workload);
  const variables = secretVariables(workload.variables, context.handover);
  const common = { workload: name, component, rotates: rotatedSources(workload, context.data).length > 0 };
  return [
    ...(variables.length === 0 ? [] : [externalSecret(context, { ...common, name, variables })]),
    ...(pooler === undefined
      ? []
      : [
          externalSecret(context, {
            ...common,
            name: poolerSecretName(name),
            variables: poolerOf(context, workload, pooler).secrets,
          }),
        ]),
  ];
}

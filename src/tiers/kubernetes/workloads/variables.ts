/** The variables of a workload: plain ones in a ConfigMap, secret ones in a Secret that External Secrets writes. Pure. */
import type { ConfigMap } from 'kubernetes-types/core/v1';
import type { ResolvedContainer, ResolvedWorkload } from '../../../config/resolved/environment';
import { plainVariables, type EnvironmentFacts, type SecretVariable } from '../../../modules/containers/variable-values';
import { commonMetadata, workloadLabels, workloadMetadata, type WorkloadContext, type WorkloadId } from './context';

/** Whether a workload has plain variables, and so a ConfigMap. */
export function hasPlainVariables({ variables }: Pick<ResolvedContainer, 'variables'>): boolean {
  return Object.keys(variables.plain).length > 0 || Object.keys(variables.references).length > 0;
}

export type ConfigMapManifest = NonNullable<ReturnType<typeof configMap>>;

/**
 * The plain variables by name; nothing for a workload without any. They are not in the pod itself, because Kubernetes would
 * expand `$(NAME)` in a pod's values.
 * @param facts as the container sees them: with a pooler, the database is at localhost
 */
export function configMap(context: WorkloadContext, workload: ResolvedWorkload, facts: EnvironmentFacts) {
  if (!hasPlainVariables(workload)) return undefined;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: workloadMetadata(context, workload),
    data: plainVariables(workload.variables, facts),
  } satisfies ConfigMap;
}

const STORE = 'secrets-manager';

/** How often a secret is read again. A read costs $0.000005: once an hour, less than half a cent a month. */
const REFRESH_INTERVAL = { constant: '1h', rotated: '5m' } as const;

/** Where External Secrets reads. Its own role may read the secrets of the environment that containers use, and no others. */
export function secretStore(context: WorkloadContext) {
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'SecretStore',
    metadata: commonMetadata(context, STORE),
    spec: { provider: { aws: { service: 'SecretsManager', region: context.identity.region } } },
  };
}

export interface ExternalSecretProps {
  /** The name of the Secret. */
  readonly name: string;
  /** The workload that reads it. */
  readonly workload: WorkloadId;
  /** The Secret's values, by the names of the variables. */
  readonly variables: readonly SecretVariable[];
  /** Whether one of the values is rotated. */
  readonly rotated: boolean;
}

/** A Secret of the namespace that External Secrets keeps equal to Secrets Manager. Terraform knows only ARNs. */
export function externalSecret(context: WorkloadContext, { name, workload, variables, rotated }: ExternalSecretProps) {
  const labels = workloadLabels(context, workload);
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name, namespace: context.namespace, labels },
    spec: {
      refreshInterval: rotated ? REFRESH_INTERVAL.rotated : REFRESH_INTERVAL.constant,
      secretStoreRef: { kind: 'SecretStore', name: STORE },
      target: { name, creationPolicy: 'Owner', deletionPolicy: 'Retain', template: { type: 'Opaque', metadata: { labels } } },
      data: variables.map(({ name: secretKey, arn, key }) => ({
        secretKey,
        remoteRef: { key: arn, property: key },
      })),
    },
  };
}

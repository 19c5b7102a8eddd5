/** Secrets of Secrets Manager as secrets of the namespace. Terraform and the chart know only their ARNs. Pure. */
import type { SecretVariable } from '../../../modules/containers/variable-values';
import { terraformLiteral } from '../../../terraform/literal';
import type { WorkloadContext } from '../workloads/context';
import { commonMetadata, workloadLabels, type Component, type Labels, type Manifest } from '../workloads/manifest';

export interface SecretStoreManifest extends Manifest<'external-secrets.io/v1', 'SecretStore'> {
  readonly spec: { readonly provider: { readonly aws: { readonly service: 'SecretsManager'; readonly region: string } } };
}

export interface ExternalSecretManifest extends Manifest<'external-secrets.io/v1', 'ExternalSecret'> {
  readonly spec: {
    readonly refreshInterval: string;
    readonly secretStoreRef: { readonly kind: 'SecretStore'; readonly name: string };
    readonly target: {
      readonly name: string;
      readonly creationPolicy: 'Owner';
      readonly deletionPolicy: 'Retain';
      readonly template: { readonly type: 'Opaque'; readonly metadata: { readonly labels: Labels } };
    };
    readonly data: readonly { readonly secretKey: string; readonly remoteRef: RemoteReference }[];
  };
}

/** A secret by its ARN and, of its JSON, one key. */
interface RemoteReference {
  readonly key: string;
  readonly property?: string;
}

const STORE = 'secrets-manager';

/** How often the value is read again. Each reading of each secret costs $0.000005: at an hour, less than half a cent a month. */
const REFRESH = { constant: '1h', rotated: '5m' } as const;

/** Where the secrets of the namespace come from. The operator's own role may read exactly the environment's secrets. */
export function secretStore(context: WorkloadContext): SecretStoreManifest {
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'SecretStore',
    metadata: commonMetadata(context, STORE),
    spec: { provider: { aws: { service: 'SecretsManager', region: context.identity.region } } },
  };
}

export interface ExternalSecretProps {
  /** The secret's name in the namespace. */
  readonly name: string;
  /** The workload that reads it. */
  readonly workload: string;
  readonly component: Component;
  /** What it holds, each under the name of the variable. */
  readonly variables: readonly SecretVariable[];
  /** Whether one of them changes by itself. */
  readonly rotates: boolean;
}

/** The secret of one workload. */
export function externalSecret(context: WorkloadContext, props: ExternalSecretProps): ExternalSecretManifest {
  const { name, workload, component, variables, rotates } = props;
  const labels = workloadLabels(context, workload, component);
  return {
    apiVersion: 'external-secrets.io/v1',
    kind: 'ExternalSecret',
    metadata: { name, namespace: context.namespace, labels },
    spec: {
      refreshInterval: rotates ? REFRESH.rotated : REFRESH.constant,
      secretStoreRef: { kind: 'SecretStore', name: STORE },
      target: { name, creationPolicy: 'Owner', deletionPolicy: 'Retain', template: { type: 'Opaque', metadata: { labels } } },
      data: variables.map(({ name: secretKey, arn, key }) => ({
        secretKey,
        remoteRef: { key: arn, property: key === undefined ? undefined : terraformLiteral(key) },
      })),
    },
  };
}

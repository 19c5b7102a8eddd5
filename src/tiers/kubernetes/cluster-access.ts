/**
 * How Terraform's providers log in to a cluster: each asks the AWS CLI for a token when it needs one, so that no token
 * stands in a state or a plan, and none is too old by the time it is used.
 */
import { HelmProvider } from '@cdktf/provider-helm/lib/provider';
import { KubernetesProvider } from '@cdktf/provider-kubernetes/lib/provider';
import type { Construct } from 'constructs';

/** Where a cluster is; outputs of an earlier stack, because a provider cannot be configured from its own stack. */
export interface ClusterAccess {
  readonly clusterName: string;
  /** The URL of its API. */
  readonly endpoint: string;
  /** The certificate of its authority, in base64 as EKS gives it. */
  readonly certificateAuthority: string;
}

/** The Kubernetes provider for a cluster. */
export function addKubernetesProvider(scope: Construct, access: ClusterAccess, region: string): KubernetesProvider {
  const { exec, ...connection } = connectionTo(access, region);
  return new KubernetesProvider(scope, 'kubernetes', { ...connection, exec: [exec] });
}

/** The Helm provider for a cluster. */
export function addHelmProvider(scope: Construct, access: ClusterAccess, region: string): HelmProvider {
  return new HelmProvider(scope, 'helm', { kubernetes: connectionTo(access, region) });
}

function connectionTo({ clusterName, endpoint, certificateAuthority }: ClusterAccess, region: string) {
  return {
    host: endpoint,
    // Not by cdktf's function, which would take the reference for a text and escape it.
    clusterCaCertificate: `\${base64decode("${certificateAuthority}")}`,
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      command: 'aws',
      args: ['eks', 'get-token', '--cluster-name', clusterName, '--region', region, '--output', 'json'],
    },
  };
}

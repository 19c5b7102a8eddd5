/**
 * The Kubernetes and Helm providers of a cluster. They obtain a token from the AWS CLI at each run, so that no token is in a
 * state or a plan, and none expires before it is used.
 */
import { HelmProvider } from '@cdktf/provider-helm/lib/provider';
import { KubernetesProvider } from '@cdktf/provider-kubernetes/lib/provider';
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import type { KubernetesHandover } from '../../contracts/handovers';
import { expression } from '../../terraform/expression';
import { allowProviderVersions } from '../../terraform/provider-versions';

/** Outputs of the cluster's stack: a provider cannot be configured from a resource of the same stack. */
export interface ClusterConnection extends Pick<KubernetesHandover, 'clusterName' | 'endpoint' | 'certificateAuthority'> {
  readonly region: string;
}

export function createKubernetesProvider(scope: Construct, connection: ClusterConnection): KubernetesProvider {
  const { exec, ...settings } = providerSettings(connection);
  allowProviderVersions(TerraformStack.of(scope), 'kubernetes');
  return new KubernetesProvider(scope, 'kubernetes', { ...settings, exec: [exec] });
}

export function createHelmProvider(scope: Construct, connection: ClusterConnection): HelmProvider {
  allowProviderVersions(TerraformStack.of(scope), 'helm');
  return new HelmProvider(scope, 'helm', { kubernetes: providerSettings(connection) });
}

function providerSettings({ clusterName, endpoint, certificateAuthority, region }: ClusterConnection) {
  return {
    host: endpoint,
    clusterCaCertificate: expression(`base64decode("${certificateAuthority}")`),
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1beta1',
      command: 'aws',
      args: ['eks', 'get-token', '--cluster-name', clusterName, '--region', region, '--output', 'json'],
    },
  };
}

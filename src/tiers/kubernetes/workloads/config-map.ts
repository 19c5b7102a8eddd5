/** The variables of a workload that are no secret. Pure. */
import type { ResolvedContainer } from '../../../config/resolved/environment';
import { plainVariables, type EnvironmentFacts } from '../../../modules/containers/variable-values';
import type { WorkloadContext } from './context';
import { workloadMetadata, type Component, type Manifest } from './manifest';

export interface ConfigMapManifest extends Manifest<'v1', 'ConfigMap'> {
  readonly data: Readonly<Record<string, string>>;
}

/**
 * The plain variables by name; nothing for a workload without any.
 * They stand here and not in the pod because Kubernetes would read `$(NAME)` inside a pod's own values.
 * @param facts as the container sees them: behind a pooler the database is next door
 */
export function configMap(
  context: WorkloadContext,
  { key, variables }: Pick<ResolvedContainer, 'key' | 'variables'>,
  component: Component,
  facts: EnvironmentFacts,
): ConfigMapManifest | undefined {
  if (!isConfigured({ variables })) return undefined;
  const metadata = workloadMetadata(context, key, component);
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: plainVariables(variables, facts) };
}

/** Whether a workload has variables that are no secret, and so a ConfigMap. */
export function isConfigured({ variables }: Pick<ResolvedContainer, 'variables'>): boolean {
  return Object.keys(variables.plain).length > 0 || Object.keys(variables.references).length > 0;
}

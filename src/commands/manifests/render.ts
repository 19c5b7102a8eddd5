/** The objects of an environment's namespace as plain YAML files, in the order in which `kubectl apply` takes them. Pure. */
import type { ResolvedEnvironment } from '../../config';
import {
  environmentManifests,
  type EnvironmentManifests,
  type WorkloadManifests,
} from '../../tiers/kubernetes/workloads/manifests';
import { toYamlDocuments } from '../../tiers/kubernetes/yaml';
import { readableContext } from './readable';

/** One file. */
export interface ManifestFile {
  /** Sorted, the names are in the order of application. */
  readonly name: string;
  readonly text: string;
  /** How many objects it holds. */
  readonly objects: number;
}

/** The files of an environment; none for one that does not know Kubernetes. */
export function renderManifests(environment: ResolvedEnvironment): readonly ManifestFile[] {
  const context = readableContext(environment);
  if (context === undefined) return [];
  const manifests = environmentManifests(context, environment.workloads);
  const files = [
    file('00-namespace', [manifests.namespace, manifests.quota, manifests.limits, ...manifests.policies]),
    file('10-custom-resources', manifests.custom),
    ...manifests.workloads.map((workload) => file(`20-${workload.component}-${workload.key}`, objectsOf(workload))),
    file('30-ingress', ingressOf(manifests)),
  ];
  return files.filter(({ objects }) => objects > 0).sort((left, right) => (left.name < right.name ? -1 : 1));
}

function objectsOf({
  account,
  config,
  policy,
  deployment,
  cronJob,
  service,
  autoscaler,
  budget,
}: WorkloadManifests): readonly unknown[] {
  return [account, config, policy, deployment, cronJob, service, autoscaler, budget].filter((object) => object !== undefined);
}

function ingressOf({ ingress }: EnvironmentManifests): readonly unknown[] {
  return ingress === undefined ? [] : [ingress];
}

function file(name: string, objects: readonly unknown[]): ManifestFile {
  return { name: `${name}.yaml`, text: toYamlDocuments(objects.map(asApplied)), objects: objects.length };
}

/** Texts as Kubernetes will see them: Terraform takes one of two signs away before a brace. */
function asApplied(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/([$%])\1(?=\{)/g, '$1');
  if (Array.isArray(value)) return value.map(asApplied);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, asApplied(inner)]));
}

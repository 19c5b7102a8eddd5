/** The objects of an environment's namespace as YAML files, in the order in which `kubectl apply` takes them. Pure. */
import type { ResolvedEnvironment } from '../../config';
import type { Manifest } from '../../tiers/kubernetes/workloads/context';
import { environmentManifests, workloadManifestList } from '../../tiers/kubernetes/workloads/manifests';
import { readableContext } from '../../tiers/kubernetes/workloads/readable-context';
import { toYamlDocuments } from '../../tiers/kubernetes/yaml';

export interface ManifestFile {
  /** Sorted, the names are in the order of application. */
  readonly name: string;
  readonly text: string;
  /** The number of objects in the file. */
  readonly objects: number;
}

/** No files for an environment that neither runs on Kubernetes nor moves there. */
export function renderManifests(environment: ResolvedEnvironment): readonly ManifestFile[] {
  const context = readableContext(environment);
  if (context === undefined) return [];
  const { namespace, quota, limits, policies, custom, workloads, ingress } = environmentManifests(context, environment.workloads);
  const files = [
    file('00-namespace', [namespace, quota, limits, ...policies]),
    file('10-custom-resources', custom),
    ...workloads.map((workload) => file(`20-${workload.kind}-${workload.key}`, workloadManifestList(workload))),
    file('30-ingress', ingress === undefined ? [] : [ingress]),
  ];
  return files.filter(({ objects }) => objects > 0).sort((left, right) => (left.name < right.name ? -1 : 1));
}

function file(name: string, manifests: readonly Manifest[]): ManifestFile {
  return { name: `${name}.yaml`, text: toYamlDocuments(manifests), objects: manifests.length };
}

/** Installs the objects of custom kinds by a Helm chart of our own, which lies beside the stack's module. */
import { Release } from '@cdktf/provider-helm/lib/release';
import { AssetType, TerraformAsset, type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { CustomManifest } from '../workloads/manifests';
import { toYaml } from '../yaml';

/** From the folder of `cdktf.json`. */
export const CHART_FOLDER = 'src/tiers/kubernetes/chart/custom-resources';

/** Revisions that Helm remembers, each a Secret in the namespace. */
const KEPT_REVISIONS = 5;

export interface CustomResourcesProps {
  readonly namespace: string;
  readonly manifests: readonly CustomManifest[];
  readonly after: readonly ITerraformDependable[];
}

/**
 * One release of the chart. Its values are the objects themselves, whole, so a plan shows them as they will be.
 * The path of the chart holds a hash of it: a changed template is installed anew.
 */
export class CustomResources extends Construct {
  constructor(scope: Construct, id: string, { namespace, manifests, after }: CustomResourcesProps) {
    super(scope, id);
    const chart = new TerraformAsset(this, 'chart', { path: CHART_FOLDER, type: AssetType.DIRECTORY });
    new Release(this, 'release', {
      name: 'custom-resources',
      namespace,
      chart: `./${chart.path}`,
      values: [toYaml(chartValues(manifests))],
      maxHistory: KEPT_REVISIONS,
      atomic: true,
      dependsOn: [...after],
    });
  }
}

/** What the chart is told: each object under its kind and name. */
export function chartValues(manifests: readonly CustomManifest[]): {
  readonly resources: Readonly<Record<string, CustomManifest>>;
} {
  return { resources: Object.fromEntries(manifests.map((manifest) => [`${manifest.kind}-${manifest.metadata.name}`, manifest])) };
}

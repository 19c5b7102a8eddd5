/**
 * Installs the objects of custom kinds by a Helm chart that Terrace writes. Terraform needs the definition of a kind to plan its
 * objects, Helm only to install them, so the first plan works before the platform has defined these kinds.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Release } from '@cdktf/provider-helm/lib/release';
import { TerraformStack, type ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { KEPT_REVISIONS } from '../../platform/charts';
import { toYaml } from '../../yaml';
import type { CustomManifest } from '../manifests';

/** The schema is checked by Helm before it installs anything. */
const VALUES_SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  required: ['resources'],
  properties: {
    resources: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        required: ['apiVersion', 'kind', 'metadata', 'spec'],
        properties: {
          apiVersion: { type: 'string', minLength: 1 },
          kind: { type: 'string', minLength: 1 },
          metadata: { type: 'object', required: ['name', 'namespace'] },
          spec: { type: 'object' },
        },
      },
    },
  },
};

/** Path in the chart to content, in the order of their names. */
export const CHART_FILES: Readonly<Record<string, string>> = {
  'Chart.yaml': toYaml({
    apiVersion: 'v2',
    name: 'custom-resources',
    description: 'Custom resources of one system. Terraform needs their definitions at plan time, Helm only at install time.',
    type: 'application',
    version: '1.0.0',
  }),
  'templates/resources.yaml': '{{- range $name, $resource := .Values.resources }}\n---\n{{ toYaml $resource }}\n{{- end }}\n',
  'values.schema.json': `${JSON.stringify(VALUES_SCHEMA, null, 2)}\n`,
  'values.yaml': '# Name to object, complete, as Kubernetes receives it.\nresources: {}\n',
};

/** Next to the stack's `cdk.tf.json`, which names it by a relative path. */
const CHART_FOLDER = 'assets/custom-resources_chart';

export interface CustomResourcesProps {
  readonly namespace: string;
  readonly manifests: readonly CustomManifest[];
  readonly after: readonly ITerraformDependable[];
}

/** One release of the chart. Its values are the complete objects, so a plan shows them as they will be. */
export class CustomResources extends Construct {
  constructor(scope: Construct, id: string, { namespace, manifests, after }: CustomResourcesProps) {
    super(scope, id);
    new Release(this, 'release', {
      name: 'custom-resources',
      namespace,
      chart: `./${writeChart(TerraformStack.of(this))}`,
      values: [toYaml(chartValues(manifests))],
      maxHistory: KEPT_REVISIONS,
      atomic: true,
      dependsOn: [...after],
    });
  }
}

/** The values of the chart: each object by its kind and name. */
export function chartValues(manifests: readonly CustomManifest[]): {
  readonly resources: Readonly<Record<string, CustomManifest>>;
} {
  return { resources: Object.fromEntries(manifests.map((manifest) => [`${manifest.kind}-${manifest.metadata.name}`, manifest])) };
}

/**
 * Writes the chart whenever the stack is written.
 * @returns its path, which contains a hash of the content: a changed chart is a changed argument, and so installed again
 */
function writeChart(stack: TerraformStack): string {
  const hash = createHash('md5').update(Object.values(CHART_FILES).join('')).digest('hex').toUpperCase();
  const chart = `${CHART_FOLDER}/${hash}`;
  const { synthesizer } = stack;
  stack.synthesizer = {
    synthesize(session) {
      synthesizer.synthesize(session);
      const module = dirname(join(session.outdir, session.manifest.forStack(stack).synthesizedStackPath));
      rmSync(join(module, CHART_FOLDER), { recursive: true, force: true });
      for (const [name, content] of Object.entries(CHART_FILES)) {
        mkdirSync(dirname(join(module, chart, name)), { recursive: true });
        writeFileSync(join(module, chart, name), content);
      }
    },
  };
  return chart;
}

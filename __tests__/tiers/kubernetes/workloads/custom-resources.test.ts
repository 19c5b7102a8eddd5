/** The chart of custom resources: its templates add nothing to the objects that it gets as values. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { CHART_FILES, chartValues } from '../../../../src/tiers/kubernetes/workloads/resources/custom-resources';
import { toYaml } from '../../../../src/tiers/kubernetes/yaml';
import { manifestsOf, richKubernetes } from '../../../support/kubernetes';
import { validatorTest } from '../../../support/validators';

const { custom } = manifestsOf(richKubernetes());

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'terrace-chart-'));
  for (const [name, content] of Object.entries(CHART_FILES)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
});

afterAll(() => rmSync(folder, { recursive: true }));

/** A file of values for Helm. */
function valuesFile(values: unknown): string {
  const path = join(folder, 'test-values.yaml');
  writeFileSync(path, toYaml(values));
  return path;
}

test('renders its values and nothing else', () => {
  expect(CHART_FILES['templates/resources.yaml']?.match(/\{\{.*?\}\}/g)).toEqual([
    '{{- range $name, $resource := .Values.resources }}',
    '{{ toYaml $resource }}',
    '{{- end }}',
  ]);
  expect(Object.keys(CHART_FILES).filter((name) => name.startsWith('templates/'))).toEqual(['templates/resources.yaml']);
  expect(parse(CHART_FILES['Chart.yaml'] ?? '')).toMatchObject({ apiVersion: 'v2', type: 'application' });
});

test('names each object by kind and name, so that none replaces another', () => {
  expect(Object.keys(chartValues(custom).resources)).toHaveLength(custom.length);
});

validatorTest('is rendered by Helm to exactly the custom objects', 'helm', (run) => {
  const { ok, said } = run(
    'template',
    'custom-resources',
    folder,
    '--namespace',
    'shop',
    '--values',
    valuesFile(chartValues(custom)),
  );
  expect(ok).toBe(true);
  const rendered = parseAllDocuments(said, { version: '1.1' }).map((document) => document.toJS());
  const byName = (objects: readonly any[]) =>
    Object.fromEntries(objects.map((object) => [`${object.kind} ${object.metadata.name}`, object]));
  expect(byName(rendered.filter((object) => object !== null))).toEqual(byName(JSON.parse(JSON.stringify(custom))));
});

validatorTest('is refused by Helm when an object is incomplete', 'helm', (run) => {
  const values = valuesFile({ resources: { broken: { kind: 'ExternalSecret' } } });
  expect(run('template', 'custom-resources', folder, '--values', values)).toMatchObject({
    ok: false,
    said: expect.stringMatching(/apiVersion|schema/),
  });
});

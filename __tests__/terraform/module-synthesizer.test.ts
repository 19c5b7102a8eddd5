/** Stacks are written as cdktf writes them, and what only cdktf can write still is. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Annotations, App, Aspects, AssetType, TerraformAsset, TerraformOutput, type TerraformStack } from 'cdktf';
import { moduleJson } from '../../src/terraform/module-synthesizer';
import { TerraceStack } from '../../src/terraform/terrace-stack';

let outdir: string;

beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'terrace-synthesizer-'));
});

afterEach(() => rmSync(outdir, { recursive: true, force: true }));

/** The files of a stack, with the synthesizer of Terrace or that of cdktf. */
function written(build: (stack: TerraceStack) => void = () => undefined): string {
  const app = new App({ outdir, stackTraces: false });
  const state = { backend: { kind: 'local' }, stackId: 'shop', stateKey: 'shop' } as const;
  const stack = new TerraceStack(app, { state, region: 'eu-west-1', tags: {} });
  stack.addOutput('b', 'the second', 'b');
  stack.addOutput('a', 'the first', 'a');
  build(stack);
  app.synth();
  return readFileSync(join(outdir, 'stacks/shop/cdk.tf.json'), 'utf8');
}

const collapsed = (json: string) => json.replace(/([[{])\s+([\]}])/g, '$1$2');

it('a module is the JSON that cdktf writes, byte for byte, but for empty lists and objects, which it breaks into lines', () => {
  const ours = written((stack) => stack.addOverride('locals', { z: [], a: { c: {}, b: [{ y: 1, x: null }] } }));
  const module = JSON.parse(ours) as unknown;
  const byCdktf = written((stack) => {
    stack.addOverride('locals', { z: [], a: { c: {}, b: [{ y: 1, x: null }] } });
    Aspects.of(stack).add({ visit: () => undefined });
  });
  expect(ours).toBe(collapsed(byCdktf));
  expect(moduleJson(module)).toBe(ours);
});

it('names are sorted at every level, lists keep their order', () => {
  expect(moduleJson({ b: [{ d: 1, c: 2 }, 'z', 'a'], a: null })).toBe(
    JSON.stringify({ a: null, b: [{ c: 2, d: 1 }, 'z', 'a'] }, undefined, 2),
  );
});

describe('what only cdktf can write', () => {
  it('is written: a file of an asset', () => {
    const file = join(outdir, 'a.txt');
    writeFileSync(file, 'text');
    written((stack) => new TerraformAsset(stack, 'asset', { path: file, type: AssetType.FILE }));
    expect(readdirSync(join(outdir, 'stacks/shop'))).toEqual(['assets', 'cdk.tf.json']);
  });

  it('takes part: an error of an annotation, and of an aspect', () => {
    expect(() => written((stack) => Annotations.of(stack).addError('no owner'))).toThrow('no owner');
    const refuse = {
      visit: (construct: object) =>
        TerraformOutput.isTerraformOutput(construct) && Annotations.of(construct).addError('no outputs'),
    };
    expect(() => written((stack) => Aspects.of(stack).add(refuse))).toThrow('no outputs');
  });

  it('takes part: what a construct finds wrong with itself', () => {
    const refused = () => written((stack: TerraformStack) => stack.node.addValidation({ validate: () => ['no owner'] }));
    expect(refused).toThrow('no owner');
  });
});

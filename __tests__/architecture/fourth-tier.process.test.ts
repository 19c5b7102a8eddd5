/** A fourth tier is its own files and one line in each registry: proved on a copy of src, compiled and synthesised. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** The tier's own files. */
const OWN_FILES = {
  'schema.ts': 'src/config/schema/toy.ts',
  'policy.ts': 'src/config/tiers/toy/policy.ts',
  'tier.ts': 'src/tiers/toy/tier.ts',
  'operations.ts': 'src/operations/toy/operations.ts',
};

/** The registries, with what each gets: an import, and an entry before the one of fargate. */
const REGISTRIES: Readonly<Record<string, { readonly line: string; readonly before: RegExp; readonly entry: string }>> = {
  'src/config/schema/tiers.ts': {
    line: "import { toySchema } from './toy';",
    before: / {2}fargate:/,
    entry: '  /** Settings of the toy. @default {} */\n  toy: toySchema.prefault({}),\n  fargate:',
  },
  'src/config/tiers/registry.ts': {
    line: "import { toyPolicy } from './toy/policy';",
    before: / {2}fargate:/,
    entry: '  toy: toyPolicy,\n  fargate:',
  },
  'src/tiers/registry.ts': { line: "import { toy } from './toy/tier';", before: /\{ box, /, entry: '{ toy, box, ' },
  'src/operations/registry.ts': { line: "import { toy } from './toy/operations';", before: /\{ box, /, entry: '{ toy, box, ' },
};

/** Synthesises an environment on the toy tier and prints what came of it. */
const PROGRAM = `
import { App } from 'cdktf';
import { InvalidEnvironment, parseEnvironment } from './src/config';
import { addEnvironment } from './src/stacks/environment';
import { example } from './__tests__/support/example';
const { api } = example().services!;
const input = (changes: object) => example({ tier: 'toy', services: { api: { ...api!, scaling: undefined } }, ...changes });
const refusals = (changes: object) => {
  try { parseEnvironment(input(changes)); return []; }
  catch (error) { return (error as InvalidEnvironment).problems.map(({ path, rule }) => [path, rule]); }
};
const app = new App({ outdir: 'out', stackTraces: false });
addEnvironment(app, parseEnvironment(input({})));
app.synth();
console.log(JSON.stringify({ shouts: refusals({ toy: { message: 'HELLO' } }), scales: refusals({ services: { api } }) }));
`;

describe('a fourth tier', () => {
  let copy: string;

  beforeAll(() => {
    mkdirSync(join(ROOT, '.terrace'), { recursive: true });
    copy = mkdtempSync(join(ROOT, '.terrace', 'fourth-tier-'));
    cpSync(join(ROOT, 'src'), join(copy, 'src'), { recursive: true });
    cpSync(join(ROOT, '__tests__/support/example.ts'), join(copy, '__tests__/support/example.ts'));
    for (const [from, to] of Object.entries(OWN_FILES)) {
      mkdirSync(dirname(join(copy, to)), { recursive: true });
      cpSync(join(__dirname, 'toy-tier', from), join(copy, to));
    }
    for (const [file, { line, before, entry }] of Object.entries(REGISTRIES)) {
      const text = readFileSync(join(copy, file), 'utf8');
      expect(text).toMatch(before);
      writeFileSync(join(copy, file), `${line}\n${text.replace(before, entry)}`);
    }
    writeFileSync(join(copy, 'program.ts'), PROGRAM);
  });

  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it('compiles: no other file has to know it', () => {
    const project = {
      extends: '../../tsconfig.json',
      compilerOptions: { incremental: false, types: ['node'] },
      include: ['src', 'program.ts'],
    };
    writeFileSync(join(copy, 'tsconfig.json'), JSON.stringify(project));
    const compiled = spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', copy], {
      encoding: 'utf8',
    });
    expect(compiled.stdout).toBe('');
    expect(compiled.status).toBe(0);
  }, 120_000);

  it('is synthesised between data and edge, tagged with its name, and its rules and ignored settings speak', () => {
    const bundle = join(copy, 'program.js');
    execFileSync(process.execPath, [
      '--input-type=module',
      '-e',
      'const { bundle } = await import(process.argv[1]); await bundle(process.argv[2], process.argv[3])',
      join(ROOT, 'scripts/build.mjs'),
      join(copy, 'program.ts'),
      bundle,
    ]);
    const output = execFileSync(process.execPath, [bundle], { cwd: copy, encoding: 'utf8' });
    expect(JSON.parse(output)).toEqual({
      shouts: [['toy.message', 'toy-message']],
      scales: [['services.api.scaling', 'tier-ignores']],
    });
    const module = JSON.parse(readFileSync(join(copy, 'out/stacks/shop-test-compute-toy/cdk.tf.json'), 'utf8'));
    expect(module.resource.aws_ssm_parameter.message.value).toMatch(
      /^hello from shop-test in \$\{data\.terraform_remote_state\.network/,
    );
    expect(module.provider.aws[0].default_tags[0].tags).toMatchObject({ tier: 'toy' });
    const edge = JSON.parse(readFileSync(join(copy, 'out/stacks/shop-test-edge/cdk.tf.json'), 'utf8'));
    expect(JSON.stringify(edge.resource)).toContain('192.0.2.1');
  });
});

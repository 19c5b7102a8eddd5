/**
 * Proves the exit from CDKTF, which is archived: builds a copy of the checkout with its successor cdktn, typechecks it,
 * synthesises every environment, and compares each stack with the one that CDKTF synthesises.
 *
 *   npm run test:successor               cdktn instead of cdktf; the providers' bindings stay
 *   npm run test:successor -- --bindings cdktn, and the AWS bindings that are generated for it
 *
 * Exit codes: 0 equal, 1 not, 3 npm cannot reach the packages. docs/successor.md has the same steps for a team that switches.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyCheckout, ROOT } from './checkout-copy.mjs';
import { differences } from './json-differences.mjs';

const SUCCESSOR = '0.24.0';
const BINDINGS = ['@cdktn/provider-aws', '25.7.0'];

/** What may differ, by the end of its path: the framework's version, and the short form of the same provider address. */
const ALLOWED = {
  '//.metadata.version': ['0.21.0', SUCCESSOR],
  'required_providers.aws.source': ['aws', 'hashicorp/aws'],
};

const withBindings = process.argv.includes('--bindings');
const log = (line) => process.stdout.write(`${line}\n`);

function run(cwd, title, command, args) {
  log(title);
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`.trimEnd().split('\n').slice(-25).join('\n') + '\n');
  return status === 0;
}

function rewrite(file, change) {
  writeFileSync(file, change(readFileSync(file, 'utf8')));
}

/** The steps of docs/successor.md. */
function switchToSuccessor(copy) {
  rewrite(join(copy, 'package.json'), (text) => {
    const manifest = JSON.parse(text);
    manifest.dependencies.cdktf = `npm:cdktn@${SUCCESSOR}`;
    manifest.dependencies['@cdktf/hcl2json'] = `npm:@cdktn/hcl2json@${SUCCESSOR}`;
    manifest.overrides.cdktf = '$cdktf';
    delete manifest.devDependencies['cdktf-cli'];
    if (withBindings) {
      const [name, version] = BINDINGS;
      delete manifest.dependencies['@cdktf/provider-aws'];
      manifest.dependencies[name] = version;
      manifest.overrides.cdktn = `npm:cdktn@${SUCCESSOR}`;
    }
    return JSON.stringify(manifest, null, 2);
  });
  rmSync(join(copy, 'package-lock.json'));
  if (withBindings) useBindings(copy);
}

/** The new bindings import `cdktn`, the others `cdktf`: both names have to lead to one copy. */
function useBindings(copy) {
  const sources = ['src', '__tests__', 'environments', 'bench'].flatMap((folder) =>
    readdirSync(join(copy, folder), { recursive: true })
      .map((file) => join(copy, folder, file))
      .filter((file) => file.endsWith('.ts')),
  );
  for (const file of [...sources, join(copy, 'main.ts')])
    rewrite(file, (text) => text.replaceAll('@cdktf/provider-aws/', '@cdktn/provider-aws/'));
  rewrite(join(copy, 'tsconfig.json'), (text) =>
    text.replace('"noEmit": true,', '"noEmit": true,\n    "paths": { "cdktn": ["./node_modules/cdktf"] },'),
  );
  rewrite(join(copy, 'scripts/build.mjs'), (text) =>
    text.replace('external: EXTERNAL,', "external: EXTERNAL,\n    alias: { cdktn: 'cdktf' },"),
  );
}

function compare(copy) {
  const stacksOf = (root) => readdirSync(join(root, 'cdktf.out/stacks')).sort();
  const [ours, theirs] = [stacksOf(ROOT), stacksOf(copy)];
  const problems = [...ours.filter((id) => !theirs.includes(id)), ...theirs.filter((id) => !ours.includes(id))].map(
    (id) => `${id}: only one of the two has this stack`,
  );
  for (const id of ours.filter((one) => theirs.includes(one))) {
    const read = (root) => JSON.parse(readFileSync(join(root, 'cdktf.out/stacks', id, 'cdk.tf.json'), 'utf8'));
    for (const [path, one, other] of differences(read(ROOT), read(copy))) {
      const allowed = Object.entries(ALLOWED).find(([end]) => path.join('.').endsWith(end))?.[1];
      if (allowed?.[0] === one && allowed[1] === other) continue;
      problems.push(`${id}: ${path.join('.')}: ${JSON.stringify(one)} with cdktf, ${JSON.stringify(other)} with its successor`);
    }
  }
  return { count: ours.length, problems };
}

const copy = copyCheckout('successor-');
try {
  process.exitCode = prove();
} finally {
  rmSync(copy, { recursive: true, force: true });
}

function prove() {
  switchToSuccessor(copy);
  const install = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--prefer-offline'];
  if (!run(copy, `installing cdktn ${SUCCESSOR}${withBindings ? ` and ${BINDINGS.join(' ')}` : ''}`, 'npm', install)) {
    log('test:successor cannot run: npm does not reach the packages');
    return 3;
  }
  // npm installs the peer of the bindings under its own name, next to the alias.
  if (withBindings) rmSync(join(copy, 'node_modules/cdktn'), { recursive: true, force: true });
  const isBuilt =
    run(ROOT, 'synthesising with cdktf', 'npm', ['run', '--silent', 'synth']) &&
    run(copy, 'typechecking with cdktn', 'npm', ['run', '--silent', 'typecheck']) &&
    run(copy, 'synthesising with cdktn', 'npm', ['run', '--silent', 'synth']);
  if (!isBuilt) return 1;
  const { count, problems } = compare(copy);
  for (const problem of problems.slice(0, 20)) process.stderr.write(`${problem}\n`);
  if (problems.length > 20) process.stderr.write(`and ${problems.length - 20} more\n`);
  log(problems.length === 0 ? `${count} stacks are equal` : `${problems.length} differences in ${count} stacks`);
  return problems.length === 0 ? 0 : 1;
}

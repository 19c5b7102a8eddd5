/**
 * Proves that the product does not depend on the systems under environments/: copies the checkout without them, and runs there
 * what CI runs. `node scripts/without-samples.mjs [system...]` removes only the named systems; all of them by default.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument, stringify } from 'yaml';
import { copyCheckout, ROOT } from './checkout-copy.mjs';

const LIST = 'environments/index.ts';

/** The checks of a checkout; each has to pass. */
const CHECKS = [
  ['address locks', 'npm', ['run', '--silent', 'lock', '--', '--check']],
  ['own policies', 'npm', ['run', '--silent', 'policy', '--', '--own']],
  ['typecheck', 'npm', ['run', '--silent', 'typecheck']],
  ['lint', 'npx', ['eslint', 'environments', '__tests__/environments', 'main.ts']],
  ['tests', 'npm', ['test', '--', '--ci', '--silent']],
  ['tests with processes', 'npm', ['run', 'test:processes', '--', '--ci', '--silent']],
];

const systemsIn = (root) =>
  readdirSync(join(root, 'environments'), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

const removed = process.argv.slice(2).length > 0 ? process.argv.slice(2) : systemsIn(ROOT);
const isRemoved = (name) => removed.some((system) => name === system || name.startsWith(`${system}-`));

const copy = copyCheckout('without-samples-');
try {
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  for (const system of removed) rmSync(join(copy, 'environments', system), { recursive: true });
  // What a person does who deletes a system: its lines in the list, its volumes, its locks, its policy exceptions.
  const listed = readFileSync(join(copy, LIST), 'utf8').split('\n');
  writeFileSync(join(copy, LIST), listed.filter((line) => !isRemoved(/^ {2}'([a-z0-9-]+)':/.exec(line)?.[1] ?? '')).join('\n'));
  const volumes = JSON.parse(readFileSync(join(copy, 'environments/data-volumes.json'), 'utf8'));
  const kept = Object.fromEntries(Object.entries(volumes).filter(([name]) => !isRemoved(name)));
  writeFileSync(join(copy, 'environments/data-volumes.json'), `${JSON.stringify(kept, null, 2)}\n`);
  for (const lock of readdirSync(join(copy, 'locks')))
    if (isRemoved(lock.replace(/\.json$/, ''))) rmSync(join(copy, 'locks', lock));
  withoutExceptions(join(copy, 'policy-exceptions.yaml'));
  execFileSync('git', ['init', '--quiet'], { cwd: copy });
  const failed = CHECKS.filter(([name, command, args]) => {
    process.stdout.write(`without ${removed.join(', ')}: ${name}\n`);
    return spawnSync(command, args, { cwd: copy, stdio: 'inherit' }).status !== 0;
  });
  for (const [name] of failed) process.stderr.write(`without ${removed.join(', ')}: ${name} fails\n`);
  process.exitCode = failed.length > 0 ? 1 : 0;
} finally {
  rmSync(copy, { recursive: true, force: true });
}

/** Takes the removed environments out of the exceptions, and exceptions that name no other. */
function withoutExceptions(file) {
  const { exceptions } = parseDocument(readFileSync(file, 'utf8')).toJS();
  const left = exceptions
    .map((exception) => ({ ...exception, environments: exception.environments.filter((name) => !isRemoved(name)) }))
    .filter(({ environments }) => environments.length > 0);
  writeFileSync(file, stringify({ exceptions: left }));
}

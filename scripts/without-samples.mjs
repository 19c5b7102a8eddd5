/**
 * Proves that the product does not depend on the sample systems: `npm run new -- --without-samples` in a copy of the checkout, and
 * then what CI runs. `node scripts/without-samples.mjs [system...]` removes only the named systems; all of them by default.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checksInCopy, npmRun } from './checks-in-copy.mjs';

/** The removal, and the checks of a checkout; each has to pass. */
const CHECKS = [
  ['removal', ...npmRun('new', '--without-samples')],
  ['synthesis', ...npmRun('synth')],
  ['pages', ...npmRun('docs')],
  ['address locks', ...npmRun('lock', '--check')],
  ['own policies', ...npmRun('policy', '--own')],
  ['typecheck', ...npmRun('typecheck')],
  ['lint', 'npx', ['eslint', 'environments', '__tests__/environments', 'main.ts']],
  ['format', 'npx', ['prettier', '--check', 'environments', 'docs', '*.md', '*.yaml']],
  ['tests', 'npm', ['test', '--', '--ci', '--silent']],
  ['exhaustive tests', 'npm', ['run', 'test:exhaustive', '--', '--ci', '--silent']],
  ['tests with processes', 'npm', ['run', 'test:processes', '--', '--ci', '--silent']],
];

const named = process.argv.slice(2);

const failed = checksInCopy(`without ${named.length > 0 ? named.join(', ') : 'samples'}`, CHECKS, (copy) => {
  if (named.length > 0) writeFileSync(join(copy, 'environments', 'samples.json'), `${JSON.stringify(named)}\n`);
});
process.exitCode = failed.length > 0 ? 1 : 0;

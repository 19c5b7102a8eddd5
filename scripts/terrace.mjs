/** Runs the program, bundled first when needed: the npm scripts call it with a command, the cdktf CLI as cdktf.json says. */
import { BUNDLE, buildIfNeeded, ROOT } from './build.mjs';
import { nodeVersionProblem } from './node-version.mjs';
import { runBundle } from './run-bundle.mjs';

const problem = nodeVersionProblem(process.versions.node);
if (problem !== undefined) {
  process.stderr.write(`${problem}\n`);
  process.exit(3);
}

// As `npm run` does: address locks, exceptions and the record of volumes count from wherever the program is called.
process.chdir(ROOT);
// The cdktf CLI shows everything on standard error as an error.
const quiet = process.argv.includes('--for-cdktf');
try {
  await buildIfNeeded({ quiet });
} catch (error) {
  // esbuild has already printed errors in sources.
  if (!('errors' in error)) process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
if (process.env.TERRACE_DEBUG === '1') process.setSourceMapsEnabled(true);
await runBundle(BUNDLE, process.argv[2]);

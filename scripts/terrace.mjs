/**
 * Runs the program, bundled first when needed: `npm run synth` calls it with `synth`, the cdktf CLI (cdktf.json) with nothing.
 */
import { pathToFileURL } from 'node:url';
import { BUNDLE, buildIfNeeded } from './build.mjs';

// The cdktf CLI shows whatever stands on standard error as an error.
const quiet = process.argv.length === 2;
try {
  await buildIfNeeded({ quiet });
} catch (error) {
  // esbuild has already printed where a source cannot be read.
  if (!('errors' in error)) process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
if (process.env.TERRACE_DEBUG === '1') process.setSourceMapsEnabled(true);
await import(pathToFileURL(BUNDLE).href);

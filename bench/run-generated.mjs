/** Runs the generated environments as scripts/terrace.mjs runs the program: with the machine code of an earlier run. */
import { runBundle } from '../scripts/run-bundle.mjs';

const [bundle] = process.argv.splice(2, 1);
const [, script, count] = process.argv;
await runBundle(bundle, 'generated', [script, bundle, count]);

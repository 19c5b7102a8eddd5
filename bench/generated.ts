/** The benchmark's program: as many environments as its first argument says, each a copy of one real one under another name. */
import original from '../environments/h2o/prod';
import type { EnvironmentFiles } from '../src/synthesis/load';
import { runProgram } from '../src/cli/program';

const [count = '100', ...options] = process.argv.slice(2);
/** They share a zone, so none of them says who may issue certificates for it. */
const domain = original.domain && { ...original.domain, certificateAuthorities: [] };

const names = Array.from({ length: Number(count) }, (_, index) => `h2o-bench-${String(index + 1).padStart(3, '0')}`);
const files: EnvironmentFiles = Object.fromEntries(
  names.map((name) => [name, () => Promise.resolve({ default: { ...original, name, domain } })]),
);

void runProgram(files, ['synth', ...options]).then((exitCode) => {
  process.exitCode = exitCode;
});

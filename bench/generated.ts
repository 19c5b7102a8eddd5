/** The benchmark's program: copies of one environment under other names, as many as its first argument says. */
import original from '../environments/h2o/prod';
import type { EnvironmentFiles } from '../src/cli/command';
import { runProgram } from '../src/cli/program';
import { COMMANDS } from '../src/commands';

const [count = '100', ...options] = process.argv.slice(2);
/** They share a zone, so none of them owns its CAA records. */
const domain = original.domain && { ...original.domain, certificateAuthorities: [] };

const names = Array.from({ length: Number(count) }, (_, index) => `h2o-bench-${String(index + 1).padStart(3, '0')}`);
const files: EnvironmentFiles = Object.fromEntries(
  names.map((name) => [name, () => Promise.resolve({ default: { ...original, name, domain } })]),
);

void runProgram({ commands: COMMANDS, files, args: ['synth', ...options] }).then((exitCode) => {
  process.exitCode = exitCode;
});

/** The benchmark's program: copies of one environment under other names, as many as its first argument says. */
import { fileOf, SHARED_ZONE } from '../__tests__/support/command';
import { rich } from '../__tests__/support/rich';
import type { EnvironmentFiles } from '../src/cli/command';
import { runProgram } from '../src/cli/program';
import { COMMANDS } from '../src/commands';

// A further process is started with the name of the command.
const [count = '100', ...given] = process.argv.slice(2);
const options = given.filter((option) => option !== 'synth');

const names = Array.from({ length: Number(count) }, (_, index) => `shop-bench-${String(index + 1).padStart(4, '0')}`);
const files: EnvironmentFiles = Object.fromEntries(names.map((name) => [name, fileOf({ ...rich(), name, domain: SHARED_ZONE })]));

void runProgram({ commands: COMMANDS, files, args: ['synth', ...options] }).then((exitCode) => {
  process.exitCode = exitCode;
});

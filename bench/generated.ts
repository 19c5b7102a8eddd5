/** The benchmark's program: copies of one environment under other names, as many as its first argument says. */
import { SHARED_ZONE } from '../__tests__/support/command';
import { rich } from '../__tests__/support/rich';
import type { EnvironmentFiles } from '../src/cli/command';
import { runProgram } from '../src/cli/program';
import { COMMANDS } from '../src/commands';

const [count = '100', ...options] = process.argv.slice(2);

const names = Array.from({ length: Number(count) }, (_, index) => `shop-bench-${String(index + 1).padStart(3, '0')}`);
const files: EnvironmentFiles = Object.fromEntries(
  names.map((name) => [name, () => Promise.resolve({ default: { ...rich(), name, domain: SHARED_ZONE } as unknown })]),
);

void runProgram({ commands: COMMANDS, files, args: ['synth', ...options] }).then((exitCode) => {
  process.exitCode = exitCode;
});

/** The program: every environment, parsed and synthesised. `npm run synth` and the cdktf CLI run the same. */
import { environments } from './environments';
import { runProgram } from './src/cli/program';

void runProgram(environments, process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});

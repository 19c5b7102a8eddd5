/** The program: every command, over every environment. The npm scripts and the cdktf CLI start it. */
import { environments } from './environments';
import { superviseEnd } from './src/cli/process-end';
import { runProgram } from './src/cli/program';
import { COMMANDS } from './src/commands';
import { shareModules } from './src/extend/shared-modules';

shareModules();
const end = superviseEnd(process);
void runProgram({ commands: COMMANDS, files: environments, args: process.argv.slice(2) }).then(end);

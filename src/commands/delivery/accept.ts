/**
 * Takes over what the workflow of a pull request has synthesised, for jobs with the plan role or the token that plans. The artifact was written by code
 * of the pull request: only data is taken out of it, each module is vetted, and nothing of it is run.
 */
import { copyFileSync, lstatSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../../cli/errors';
import type { Io } from '../../cli/io';
import { ALLOW_FILE } from '../../checks/plan-guard/allowances';
import { stackFolder } from '../../synthesis/output-folder';
import { LOCK_FILE } from '../../terraform/provider-lock-set';
import { MODULE_FILE, readModule } from '../../terraform/root-module';
import { readChanges } from './changes-file';
import { accessOf, matrixOf, plannedInPullRequest } from './matrix';
import { setOutputs, summarise } from './outputs';
import { whyNotVetted, type AllowedStates } from './vetted';

/** Where the workflow of a pull request writes what `delivery changed` found. */
export const CHANGES_FILE = join('delivery', 'changes.json');

export interface AcceptOptions {
  /** The folder that gets the vetted modules. */
  readonly output: string;
}

/**
 * Copies modules and lock files of the stacks to plan, and the allowances of the guard. Sets the outputs `matrix`, `any` and
 * `expected`, the names of the environments.
 * @throws CommandError for a module that `terraform plan` must not read
 */
export function acceptSynthesis(artifact: string, { output }: AcceptOptions, io: Io): number {
  const changes = readChanges(join(artifact, CHANGES_FILE));
  const planned = plannedInPullRequest(changes);
  const access = accessOf(io.env);
  const { include, skipped } = matrixOf(planned, 'plan', access);
  // A folder of the pull request could hold providers, variables or further configuration.
  rmSync(output, { recursive: true, force: true });
  for (const { stacks, backend } of include)
    for (const stack of stacks.split(' '))
      takeStack(stack, { backend, clouds: access.clouds }, join(artifact, 'cdktf.out'), output);
  if (isFile(join(artifact, ALLOW_FILE))) copyFileSync(join(artifact, ALLOW_FILE), ALLOW_FILE);
  setOutputs(
    {
      matrix: JSON.stringify({ include }),
      any: String(include.length > 0),
      expected: include.map(({ environment }) => environment).join(' '),
    },
    io,
  );
  const notes = [
    ...skipped.map((line) => `- not planned: ${line}`),
    ...planned.left.map((stack) => `- ${stack} is not planned for pull requests: \`delivery.planInPullRequests\``),
  ];
  if (notes.length > 0) summarise(notes.join('\n'), io);
  return 0;
}

function takeStack(stack: string, states: Omit<AllowedStates, 'stack'>, from: string, to: string): void {
  const source = stackFolder(from, stack);
  const module = readModule(source);
  const problem = module === undefined ? 'it has no module' : whyNotVetted(module, { stack, ...states });
  if (problem !== undefined)
    throw new CommandError(
      `${stack} is not planned: ${problem}. Terraform would run or read it with the credentials of a plan, before a person has reviewed it. ` +
        'Where Terrace itself shall write it, merge a change of src/commands/delivery/vetted.ts first (docs/ci.md)',
    );
  const folder = stackFolder(to, stack);
  mkdirSync(folder, { recursive: true });
  // What was vetted, and not the file: of two equal keys the last one counts here, and both for Terraform.
  writeFileSync(join(folder, MODULE_FILE), `${JSON.stringify(module, null, 2)}\n`);
  if (isFile(join(source, LOCK_FILE))) copyFileSync(join(source, LOCK_FILE), join(folder, LOCK_FILE));
}

/** A link could lead to any file of the runner. */
function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

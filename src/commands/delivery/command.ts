/** `npm run delivery`: the steps of the workflows in .github/workflows. Loaded only when one of them runs. */
import { Option, type Command } from 'commander';
import type { CommandContext } from '../commands';
import type {
  ApplyOptions,
  ChangedOptions,
  CommentOptions,
  DriftOptions,
  GateOptions,
  PlanOptions,
  ReviewedOptions,
} from './steps';

const OUTPUT = 'cdktf.out';

/** Adds the commands to the program. */
export function addDelivery(program: Command, context: CommandContext): void {
  const delivery = program
    .command('delivery')
    .usage('-- <step> [options]')
    .description('The steps of the GitHub workflows: what changed, plan, comment, apply, drift (docs/ci.md).');
  addChanged(delivery, context);
  addPlan(delivery, context);
  addComment(delivery, context);
  addReviewed(delivery, context);
  addApply(delivery, context);
  addGate(delivery, context);
  addDriftIssue(delivery, context);
  addCloudRun(delivery, context);
  addRecord(delivery, context);
}

const output = (): Option => new Option('--output <folder>', 'the synthesised output').default(OUTPUT);

function addChanged(delivery: Command, { files, io, finish }: CommandContext): void {
  delivery
    .command('changed')
    .description('Which stacks a change touches, as the matrix of a workflow.')
    .argument('[environments...]', 'names or globs; all without any')
    .option('--before <folder>', 'what was synthesised before the change; without it, everything counts as changed')
    .addOption(output())
    .addOption(new Option('--for <kind>', 'which role the jobs take on').choices(['plan', 'apply']).default('plan'))
    .option('--cloud', 'list the stacks of environments in Terraform Cloud instead', false)
    .action(async (patterns: readonly string[], options: ChangedOptions) => {
      const { changed } = await import('./steps.ts');
      finish(await changed(files, patterns, options, io));
    });
}

function addPlan(delivery: Command, { io, finish }: CommandContext): void {
  delivery
    .command('plan')
    .description('Plans stacks in order, has the guard judge them, and writes a report. No plan is kept.')
    .argument('<environment>')
    .requiredOption('--stacks <ids>', 'separated by spaces, in deploy order')
    .requiredOption('--report <file>', 'where the report goes')
    .requiredOption('--commit <sha>', 'what is planned')
    .addOption(output())
    .action(async (environment: string, options: PlanOptions) => {
      const { plan } = await import('./steps.ts');
      finish(await plan(environment, options, io));
    });
}

function addComment(delivery: Command, { io, finish }: CommandContext): void {
  delivery
    .command('comment')
    .description("Writes the environment's comment on a pull request.")
    .argument('<report>', 'what `plan` wrote')
    .requiredOption('--pull-request <number>', 'its number', Number)
    .option('--policy <file>', 'what `record` wrote of the policy gate')
    .action(async (report: string, options: CommentOptions) => {
      const { comment } = await import('./steps.ts');
      finish(await comment(report, options, io));
    });
}

function addReviewed(delivery: Command, { io, finish }: CommandContext): void {
  delivery
    .command('reviewed')
    .description('What reviewers were shown before a commit was merged.')
    .argument('<environment>')
    .requiredOption('--commit <sha>', 'the commit on the main branch')
    .requiredOption('--to <file>', 'where the digests go')
    .action(async (environment: string, options: ReviewedOptions) => {
      const { reviewed } = await import('./steps.ts');
      finish(await reviewed(environment, options, io));
    });
}

function addApply(delivery: Command, { io, finish }: CommandContext): void {
  delivery
    .command('apply')
    .description(
      'Plans stacks again in order and applies each that does exactly what was reviewed; stops at the first that does not.',
    )
    .argument('<environment>')
    .requiredOption('--stacks <ids>', 'separated by spaces, in deploy order')
    .option('--reviewed <file>', 'what `reviewed` wrote')
    .option('--approved <stack=digest>', 'a plan that somebody has approved since')
    .addOption(output())
    .action(async (environment: string, options: ApplyOptions) => {
      const { apply } = await import('./steps.ts');
      finish(await apply(environment, options, io));
    });
}

function addGate(delivery: Command, { io, finish }: CommandContext): void {
  delivery
    .command('gate')
    .description('Fails unless a GitHub environment is guarded: one that does not exist would be made without any rule.')
    .argument('<name>', 'the GitHub environment')
    .option('--reviewers', 'somebody has to approve its jobs', false)
    .action(async (name: string, options: GateOptions) => {
      const { gate } = await import('./steps.ts');
      finish(await gate(name, options, io));
    });
}

function addDriftIssue(delivery: Command, { io, finish }: CommandContext): void {
  delivery
    .command('drift-issue')
    .description('Opens, updates or closes the one issue about drift.')
    .argument('<folder>', 'where the reports of `plan` lie')
    .option('--run <url>', 'the workflow run that found it')
    .action(async (folder: string, options: DriftOptions) => {
      const { driftIssue } = await import('./steps.ts');
      finish(await driftIssue(folder, options, io));
    });
}

function addCloudRun(delivery: Command, { io, finish }: CommandContext): void {
  delivery
    .command('cloud-run')
    .description('Runs stacks in Terraform Cloud, in order, from the synthesised configuration.')
    .requiredOption('--stacks <ids>', 'separated by spaces, in deploy order')
    .addOption(new Option('--apply', 'apply what the guard lets pass').conflicts('speculative').default(false))
    .option('--speculative', 'plan only', false)
    .option('--message <text>', 'what the run is called', 'terrace')
    .addOption(output())
    .action(async ({ stacks, ...options }: { stacks: string; apply: boolean; message: string; output: string }) => {
      const { cloudRun } = await import('./cloud-run.ts');
      finish(await cloudRun({ stacks: stacks.split(/\s+/).filter((id) => id !== ''), ...options }, io));
    });
}

function addRecord(delivery: Command, { io, finish }: CommandContext): void {
  delivery
    .command('record')
    .description('Runs a command, shows what it says, and writes it down for a later job. Ends as the command does.')
    .argument('<file>', 'where it is written')
    .argument('<command...>', 'the command, after --')
    .action(async (file: string, command: readonly string[]) => {
      const { record } = await import('./record.ts');
      finish(await record(file, command, io));
    });
}

/** `npm run delivery`: the steps of the workflows in .github/workflows, each a subcommand. */
import { Option, type Command as Parser } from 'commander';
import { environmentsArgument, type Command, type Work } from '../../cli/command';
import type {
  ApplyOptions,
  ChangedOptions,
  CommentOptions,
  DriftOptions,
  GateOptions,
  PlanOptions,
  ReviewedOptions,
} from './steps';

type Run = (work: Work) => Promise<void>;

export const delivery: Command = {
  name: 'delivery',
  usage: '-- <step> [options]',
  summary: 'The steps of the GitHub workflows: what changed, plan, comment, apply, drift.',
  help: 'Each step has its own --help. More: docs/ci.md',
  register: (parser, run) => {
    for (const addStep of [
      addChanged,
      addPlan,
      addComment,
      addReviewed,
      addApply,
      addGate,
      addDriftIssue,
      addCloudRun,
      addRecord,
    ])
      addStep(parser, run);
  },
};

const output = (): Option => new Option('--output <folder>', 'the synthesised output').default('cdktf.out');

const STACKS = ['--stacks <ids>', 'separated by spaces, in deploy order'] as const;

function addChanged(delivery: Parser, run: Run): void {
  delivery
    .command('changed')
    .description('The stacks that a change touches, as the matrix of a workflow.')
    .addArgument(environmentsArgument())
    .option('--before <folder>', 'the synthesised output before the change; without it, everything counts as changed')
    .addOption(output())
    .addOption(new Option('--for <kind>', 'the role that the jobs assume').choices(['plan', 'apply']).default('plan'))
    .option('--cloud', 'list the stacks of environments in Terraform Cloud instead', false)
    .action((patterns: readonly string[], options: ChangedOptions) =>
      run(async (context) => (await import('./steps.ts')).changed(context, patterns, options)),
    );
}

function addPlan(delivery: Parser, run: Run): void {
  delivery
    .command('plan')
    .description('Plans stacks in order, has the guard judge them, and writes a report. No plan is kept.')
    .argument('<environment>')
    .requiredOption(...STACKS)
    .requiredOption('--report <file>', 'the file of the report')
    .requiredOption('--commit <sha>', 'the commit that is planned')
    .addOption(output())
    .action((environment: string, options: PlanOptions) =>
      run(async ({ io }) => (await import('./steps.ts')).plan(environment, options, io)),
    );
}

function addComment(delivery: Parser, run: Run): void {
  delivery
    .command('comment')
    .description("Writes the environment's comment on a pull request.")
    .argument('<report>', 'the report of `plan`')
    .requiredOption('--pull-request <number>', 'its number', Number)
    .option('--policy <file>', 'the result of the policy gate, as `record` wrote it')
    .option('--cost <file>', 'what `npm run cost -- --diff <before> --json` printed; none where there is no such file')
    .action((report: string, options: CommentOptions) =>
      run(async ({ io }) => (await import('./steps.ts')).comment(report, options, io)),
    );
}

function addReviewed(delivery: Parser, run: Run): void {
  delivery
    .command('reviewed')
    .description('The digests of the plans that reviewers were shown before a commit was merged.')
    .argument('<environment>')
    .requiredOption('--commit <sha>', 'the commit on the main branch')
    .requiredOption('--to <file>', 'the file of the digests')
    .action((environment: string, options: ReviewedOptions) =>
      run(async ({ io }) => (await import('./steps.ts')).reviewed(environment, options, io)),
    );
}

function addApply(delivery: Parser, run: Run): void {
  delivery
    .command('apply')
    .description('Plans stacks again in order, applies each whose plan was reviewed, and stops at the first that was not.')
    .argument('<environment>')
    .requiredOption(...STACKS)
    .option('--reviewed <file>', 'the digests of `reviewed`')
    .option('--approved <stack=digest>', 'a plan that was approved since')
    .addOption(output())
    .action((environment: string, options: ApplyOptions) =>
      run(async ({ io }) => (await import('./steps.ts')).apply(environment, options, io)),
    );
}

function addGate(delivery: Parser, run: Run): void {
  delivery
    .command('gate')
    .description('Fails unless a GitHub environment has a protection rule: GitHub creates a missing one without any.')
    .argument('<name>', 'the GitHub environment')
    .option('--reviewers', 'require reviewers, not just any rule', false)
    .action((name: string, options: GateOptions) => run(async ({ io }) => (await import('./steps.ts')).gate(name, options, io)));
}

function addDriftIssue(delivery: Parser, run: Run): void {
  delivery
    .command('drift-issue')
    .description('Opens, updates or closes the issue about drift.')
    .argument('<folder>', 'the reports of `plan`')
    .option('--run <url>', 'the workflow run that found it')
    .action((folder: string, options: DriftOptions) =>
      run(async ({ io }) => (await import('./steps.ts')).driftIssue(folder, options, io)),
    );
}

function addCloudRun(delivery: Parser, run: Run): void {
  delivery
    .command('cloud-run')
    .description('Runs stacks in Terraform Cloud, in order, from the synthesised configuration.')
    .requiredOption(...STACKS)
    .addOption(new Option('--apply', 'apply the plans that the guard passes').conflicts('speculative').default(false))
    .option('--speculative', 'plan only', false)
    .option('--message <text>', 'the message of the runs', 'terrace')
    .addOption(output())
    .action(({ stacks, ...options }: { stacks: string; apply: boolean; message: string; output: string }) =>
      run(async ({ io }) => {
        const { cloudRun } = await import('./cloud-run.ts');
        return cloudRun({ stacks: stacks.split(/\s+/).filter((id) => id !== ''), ...options }, io);
      }),
    );
}

function addRecord(delivery: Parser, run: Run): void {
  delivery
    .command('record')
    .description('Runs a command, prints its output, and records it for a later job. Ends with its exit code.')
    .argument('<file>', 'the file of the record')
    .argument('<command...>', 'the command, after --')
    .action((file: string, command: readonly string[]) =>
      run(async ({ io }) => (await import('./record.ts')).record(file, command, io)),
    );
}

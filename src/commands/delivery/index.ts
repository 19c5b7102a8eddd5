/** `npm run delivery`: the steps of the workflows in .github/workflows, each a subcommand. */
import { Option, type Command as Parser } from 'commander';
import { environmentsArgument, type Command, type Work } from '../../cli/command';
import { OUTPUT } from '../../synthesis/output';
import type { AcceptOptions } from './accept';
import type { ChangedOptions, LeftoversOptions } from './change-steps';
import type { ApprovalOptions, CommentsOptions, DriftOptions, GateOptions, ReviewedOptions } from './github-steps';
import type { ApplyOptions, PlanOptions } from './steps';

type Run = (work: Work) => Promise<void>;

export const delivery: Command = {
  name: 'delivery',
  usage: '-- <step> [options]',
  summary: 'The steps of the GitHub workflows: what changed, plan, comment, apply, drift.',
  help: `Each step has its own --help.

Exit code: 0 done, 1 a step failed or refuses, 2 wrong usage, 3 a program is missing on this machine. More: docs/ci.md`,
  register: (parser, run) => {
    for (const addStep of [
      addChanged,
      addAccept,
      addPlan,
      addComments,
      addReviewed,
      addGate,
      addApproval,
      addApply,
      addLeftovers,
      addPreviews,
      addDriftIssue,
      addRecord,
    ])
      addStep(parser, run);
  },
};

const output = (): Option => new Option('--output <folder>', 'the synthesised output').default(OUTPUT);

const STACKS = ['--stacks <ids>', 'separated by spaces, in deploy order'] as const;

function addChanged(delivery: Parser, run: Run): void {
  delivery
    .command('changed')
    .description('The stacks that a change touches, as the matrix of a workflow.')
    .addArgument(environmentsArgument())
    .option('--before <folder>', 'the synthesised output before the change; without it, everything counts as changed')
    .addOption(output())
    .addOption(new Option('--for <kind>', 'the role that the jobs assume').choices(['plan', 'apply']).default('plan'))
    .option('--to <file>', 'also write what was found, for `accept` and `comments`')
    .action((patterns: readonly string[], options: ChangedOptions) =>
      run(async (context) => (await import('./change-steps.ts')).changed(context, patterns, options)),
    );
}

function addPlan(delivery: Parser, run: Run): void {
  delivery
    .command('plan')
    .description(
      'Plans stacks in order, here or in HCP Terraform, has the guard judge them, and writes a report. No plan is kept.',
    )
    .argument('<environment>')
    .requiredOption(...STACKS)
    .requiredOption('--report <file>', 'the file of the report')
    .requiredOption('--commit <sha>', 'the commit that is planned')
    .addOption(output())
    .action((environment: string, options: PlanOptions) =>
      run(async ({ io, files }) => (await import('./steps.ts')).plan(environment, options, io, files)),
    );
}

function addAccept(delivery: Parser, run: Run): void {
  delivery
    .command('accept')
    .description('Takes the stacks to plan out of the artifact of a pull request, and refuses what `terraform plan` would run.')
    .argument('<artifact>', 'the downloaded artifact, which code of the pull request wrote')
    .addOption(output())
    .action((artifact: string, options: AcceptOptions) =>
      run(async ({ io }) => (await import('./accept.ts')).acceptSynthesis(artifact, options, io)),
    );
}

function addComments(delivery: Parser, run: Run): void {
  delivery
    .command('comments')
    .description('Writes the comments on a pull request, and marks those as outdated that the newest push leaves behind.')
    .argument('<folder>', 'the reports of `plan`')
    .requiredOption('--commit <sha>', 'the newest commit of the pull request')
    .requiredOption('--branch <name>', 'its branch')
    .requiredOption('--artifact <folder>', 'the artifact of the pull request')
    .requiredOption('--run <url>', 'the workflow run')
    .requiredOption('--to <folder>', 'the folder for the digests that were shown')
    .option('--expected <names>', 'the environments that were to be planned', '')
    .action((folder: string, options: CommentsOptions) =>
      run(async ({ io }) => (await import('./github-steps.ts')).comments(folder, options, io)),
    );
}

function addReviewed(delivery: Parser, run: Run): void {
  delivery
    .command('reviewed')
    .description('Finds the run and the artifact with the digests that reviewers were shown before a commit was merged.')
    .requiredOption('--commit <sha>', 'the commit on the main branch')
    .action((options: ReviewedOptions) => run(async ({ io }) => (await import('./github-steps.ts')).reviewed(options, io)));
}

function addApply(delivery: Parser, run: Run): void {
  delivery
    .command('apply')
    .description('Plans stacks again in order, applies each whose plan was reviewed, and stops at the first that was not.')
    .argument('<environment>')
    .requiredOption(...STACKS)
    .option('--reviewed <file>', 'the digests of `reviewed`')
    .option('--approved <stack=digest>', 'a plan that was approved after the merge')
    .option('--creates <ids>', 'stacks that were never deployed, whose first deployment was approved')
    .option(
      '--approved-changes <text>',
      'the changes of the plan in --approved, from the output `changes`: what is left of them after a failed apply is approved too',
    )
    .addOption(output())
    .action((environment: string, options: ApplyOptions) =>
      run(async ({ io, files }) => (await import('./steps.ts')).apply(environment, options, io, files)),
    );
}

function addGate(delivery: Parser, run: Run): void {
  delivery
    .command('gate')
    .description("Fails unless GitHub lets only the default branch and its reviewers deploy: the rules of an environment's jobs.")
    .argument('<environment>')
    .addOption(new Option('--approval <kind>', 'who approves').choices(['reviewers', 'dispatch']).default('reviewers'))
    .option('--protect', 'refuse self-approval, and administrators who bypass the rules', false)
    .action((environment: string, options: GateOptions) =>
      run(async ({ io }) => (await import('./github-steps.ts')).gate(environment, options, io)),
    );
}

function addApproval(delivery: Parser, run: Run): void {
  delivery
    .command('approval')
    .description('Fails unless the person who started the workflow may approve plans of the environment.')
    .argument('<environment>')
    .requiredOption('--commit <sha>', 'the commit on the main branch')
    .action((environment: string, options: ApprovalOptions) =>
      run(async (context) => (await import('./github-steps.ts')).approval(context, environment, options)),
    );
}

function addLeftovers(delivery: Parser, run: Run): void {
  delivery
    .command('leftovers')
    .description('Lists states in the bucket of a store that have resources and no stack.')
    .argument('<store>')
    .requiredOption('--report <file>', 'the file of the report, which ends in .leftovers.json')
    .addOption(output())
    .action((store: string, options: LeftoversOptions) =>
      run(async (context) => (await import('./change-steps.ts')).leftovers(context, store, options)),
    );
}

function addPreviews(delivery: Parser, run: Run): void {
  delivery
    .command('previews')
    .description('The environments that have previews and an apply role, as the matrix of a workflow.')
    .argument('[environment]', 'the only one that is wanted')
    .action((environment: string | undefined) =>
      run(async (context) => (await import('./preview-steps.ts')).previews(context, environment)),
    );
}

function addDriftIssue(delivery: Parser, run: Run): void {
  delivery
    .command('drift-issue')
    .description('Opens, updates or closes the issue about drift. A missing report keeps it open.')
    .argument('<folder>', 'the reports of `plan` and `leftovers`')
    .option('--run <url>', 'the workflow run that found it')
    .option('--expected <names>', 'the environments that were to be planned', '')
    .option('--stores <names>', 'the stores whose states were to be listed', '')
    .action((folder: string, options: DriftOptions) =>
      run(async ({ io }) => (await import('./github-steps.ts')).driftIssue(folder, options, io)),
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

/** The issue about drift: differences between the main branch and the deployed resources. Pure. */
import { summaryOf, type PlannedAction } from './actions';
import type { Leftovers } from './leftovers';
import type { EnvironmentReport, StackReport } from './stack-report';

export const DRIFT_LABEL = 'terrace-drift';
export const DRIFT_TITLE = 'Deployed resources differ from the main branch';

const LONGEST = 60_000;

export interface Drift {
  readonly reports: readonly EnvironmentReport[];
  readonly leftovers: readonly Leftovers[];
  /** Environments and stores whose job left no report. */
  readonly missing: readonly string[];
  /** The workflow run that found it. */
  readonly run: string | undefined;
}

/** The issue's text; undefined when everything was looked at and nothing differs, which closes the issue. */
export function renderDrift({ reports, leftovers, missing, run }: Drift): string | undefined {
  const sections = [...missingSection(missing), ...reports.flatMap(differences), ...leftovers.flatMap(leftoverSection)];
  if (sections.length === 0) return undefined;
  const head = [
    'Each stack was planned from the main branch. A difference comes from a manual change, from AWS, or from a change that was merged and not applied.',
    'To restore the state of the code, run the workflow `deploy` for the environment. To keep the deployed state, add it to the environment file.',
    ...(run === undefined ? [] : [`Found by ${run}.`]),
  ];
  const text = [...head, ...sections].join('\n\n');
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}\n\n… The rest is in the job's log.`;
}

function differences({ environment, commit, stacks }: EnvironmentReport): readonly string[] {
  const different = stacks.filter(isDifferent);
  return different.length === 0 ? [] : [`## ${environment}`, `Main branch at ${commit.slice(0, 12)}.`, ...different.map(section)];
}

function missingSection(missing: readonly string[]): readonly string[] {
  if (missing.length === 0) return [];
  return [
    '## Not looked at',
    'The job ended without a report, for example because it could not log in to AWS. Whether there is drift is unknown.',
    missing.map((name) => `- ${name}`).join('\n'),
  ];
}

function leftoverSection({ store, bucket, states }: Leftovers): readonly string[] {
  if (states.length === 0) return [];
  return [
    `## Stacks that are not in the code (store ${store})`,
    'Their resources exist and are billed. Restore the code and destroy the stack (docs/deploy.md), or move what is still needed.',
    states.map(({ key, resources }) => `- \`s3://${bucket}/${key}\`: ${resources} resources`).join('\n'),
  ];
}

/** A stack that was never deployed has not drifted; one that cannot be planned is reported. */
function isDifferent(stack: StackReport): boolean {
  return (
    stack.status === 'failed' || (stack.status === 'planned' && (stack.actions.length > 0 || stack.deletedOutside.length > 0))
  );
}

function section(stack: StackReport): string {
  if (stack.status !== 'planned') return `### ${stack.stack}\n\n\`\`\`\n${stack.reason.replaceAll('```', "'''")}\n\`\`\``;
  const lines = stack.actions.map(({ address, action }) => `- ${action} \`${address}\``);
  const deletedOutside = stack.deletedOutside.map((address) => `- deleted outside of Terraform: \`${address}\``);
  return [`### ${stack.stack}: ${summaryOf(stack.actions as PlannedAction[])}`, '', ...deletedOutside, ...lines].join('\n');
}

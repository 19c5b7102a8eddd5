/** The issue about drift: differences between the main branch and the deployed resources. Pure. */
import type { MarkdownSection } from '../../checks/plan-changes/render-markdown';
import { fenced } from '../../cli/markdown';
import { COMMENT_LIMIT, planSection, withSections } from './comment';
import type { EnvironmentReport, StackReport } from './stack-report';

export const DRIFT_LABEL = 'terrace-drift';
export const DRIFT_TITLE = 'Deployed resources differ from the main branch';

/** Lines of one change. */
const MOST_LINES = 40;

/** The text; undefined when nothing differs, which closes the issue. */
export function renderDrift(reports: readonly EnvironmentReport[], run: string | undefined): string | undefined {
  const sections = reports.flatMap(({ environment, commit, stacks }): MarkdownSection[] => {
    const different = stacks.filter(isDifferent);
    if (different.length === 0) return [];
    const head = `## ${environment}\n\nMain branch at ${commit.slice(0, 12)}.`;
    return [{ head, changes: [] }, ...different.flatMap(section)];
  });
  if (sections.length === 0) return undefined;
  const head = [
    'Each stack was planned from the main branch. A difference comes from a manual change, from AWS, or from a change that was merged and not applied.',
    'The values before → are those that are deployed, the values after it those of the code. To restore the state of the code, run the workflow `deploy` for the environment. To keep the deployed state, add it to the environment file.',
    ...(run === undefined ? [] : [`Found by ${run}.`]),
  ].join('\n\n');
  return withSections(head, sections, { limit: COMMENT_LIMIT, mostLines: MOST_LINES, run });
}

/** A stack that was never deployed has not drifted; one that cannot be planned is reported. */
function isDifferent(stack: StackReport): boolean {
  return (
    stack.status === 'failed' || (stack.status === 'planned' && (stack.actions.length > 0 || stack.deletedOutside.length > 0))
  );
}

function section(stack: StackReport): readonly MarkdownSection[] {
  if (stack.status === 'planned') return planSection(stack);
  return [{ head: `### ${stack.stack}\n\n${fenced(stack.reason)}`, changes: [] }];
}

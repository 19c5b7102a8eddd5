/** The comments of a pull request that the newest push leaves behind, and the one about stacks that it removes. Pure. */
import type { OwnComment } from './github';

const PLAN_MARKER = /^<!-- terrace:plan ([a-z0-9-]+) -->/;

/** Identifies the comment about removed stacks. */
export const GONE_MARKER = '<!-- terrace:gone -->';

const OUTDATED = '<!-- terrace:outdated -->';

/** The environment that a comment is about; undefined for any other comment. */
export function environmentOf({ body }: OwnComment): string | undefined {
  return PLAN_MARKER.exec(body)?.[1];
}

export interface NewBody {
  readonly comment: OwnComment;
  readonly body: string;
}

/**
 * Comments about environments that the pull request no longer touches: their plans would be taken for current ones.
 * @param touched the environments of the newest push
 */
export function outdated(comments: readonly OwnComment[], touched: readonly string[], commit: string): readonly NewBody[] {
  return comments.flatMap((comment) => {
    const environment = environmentOf(comment);
    if (environment === undefined || touched.includes(environment) || comment.body.includes(OUTDATED)) return [];
    const text = `The newest push (${commit.slice(0, 12)}) changes nothing of ${environment}. What was shown here is outdated.`;
    return [{ comment, body: [markerLine(comment), OUTDATED, `## ${environment}`, '', text].join('\n') }];
  });
}

const markerLine = ({ body }: OwnComment): string => body.split('\n')[0] ?? '';

/** The comment of an environment whose job ended without a report. */
export function renderUnplanned(environment: string, commit: string, run: string): string {
  return [
    `<!-- terrace:plan ${environment} -->`,
    `## ${environment}`,
    '',
    `**It was not planned** for ${commit.slice(0, 12)}: its job ended before it wrote a report, for example because it could not log in to AWS. See [the run](${run}).`,
  ].join('\n');
}

/** The comment about stacks that the change removes; undefined where there is none and none was. */
export function renderGone(gone: readonly string[], earlier: OwnComment | undefined): string | undefined {
  if (gone.length === 0) {
    if (earlier === undefined) return undefined;
    return [GONE_MARKER, '## Removed stacks', '', 'The newest push removes no stack any more.'].join('\n');
  }
  return [
    GONE_MARKER,
    '## Removed stacks',
    '',
    `After this change ${gone.length === 1 ? 'a stack is' : `${gone.length} stacks are`} no longer in the code. **Nothing is destroyed by merging:** the resources stay, and are billed, until a person destroys them. Their states stay in the state store, and the nightly drift check lists them.`,
    '',
    ...gone.map((stack) => `- \`${stack}\``),
    '',
    'To destroy them, do it **before** the merge, from the main branch, which still has their configuration (docs/deploy.md). An environment or a system that is only renamed is a new one: its data does not move (docs/state.md).',
  ].join('\n');
}

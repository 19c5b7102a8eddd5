/** The generated section of docs/terraform-cloud.md: every workspace, and those that may read its state. */
import { markdownTable } from '../../cli/markdown';
import { READS, readersOf } from '../../contracts/readers';
import type { StackKind } from '../../contracts/stack-kinds';
import { withSection } from './marked-section';
import type { Page } from './page';

export const cloudPage: Page = {
  path: 'docs/terraform-cloud.md',
  render: (present) => withSection(present, 'sharing', sharing()),
};

function sharing(): string {
  const list = (kinds: readonly StackKind[]): string => kinds.map(workspace).join(', ');
  return markdownTable(
    ['workspace', 'shares its state with'],
    [...READS.keys()].map((kind) => [workspace(kind), list(readersOf(kind)) || 'no other']),
  );
}

/** The workspace of an environment without the environment's name; a shared zone belongs to no environment. */
function workspace(kind: StackKind): string {
  if (kind === 'zone') return '`zone-<zone>`';
  return kind === 'names' ? '`zone-<zone>-names`' : `\`${kind}\``;
}

/** The stacks, and how many resources each has. Pure. */
import { deployRank } from '../../contracts/stack-kinds';
import { resourcesOf } from '../../terraform/root-module';
import type { Book } from '../book';
import { code, table, type Section } from '../elements';
import { html } from '../html';

export function stacksSection({ modules }: Book): Section {
  const stacks = Object.entries(modules)
    .map(([id, module]) => ({ id, types: countsByType(resourcesOf(module)), count: resourcesOf(module).length }))
    .sort((one, other) => deployRank(one.id) - deployRank(other.id));
  return {
    id: 'stacks',
    title: 'Stacks',
    lead: 'In the order in which they are deployed. Each has its own state.',
    body: table({
      caption: 'Stacks and their resources',
      head: ['stack', 'resources', 'mostly'],
      figures: [1],
      rows: stacks.map(({ id, types, count }) => [
        code(id),
        count,
        html`<small>${types.slice(0, 5).map(typeInWords).join(', ')}</small>`,
      ]),
    }),
  };
}

function countsByType(resources: readonly { readonly type: string }[]): readonly (readonly [type: string, number: number])[] {
  const counts = new Map<string, number>();
  for (const { type } of resources) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].sort(([one, few], [other, many]) => many - few || (one < other ? -1 : 1));
}

function typeInWords([type, number]: readonly [type: string, number: number]): string {
  return `${number} ${type
    .replace(/^(aws|kubernetes|cloudflare)_/, '')
    .replace(/_v\d$/, '')
    .replaceAll('_', ' ')}`;
}

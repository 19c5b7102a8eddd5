/** Which stacks are deployed, and whether their resources are those of the synthesised module. No plan: values are not compared. */
import { deployRank, kindOf } from '../../contracts/stack-kinds';
import { readModules } from '../../synthesis/output-folder';
import { resourcesOf, type RootModule } from '../../terraform/root-module';
import { readStackState, statePlaceOf, type StackState } from '../stack-state';
import type { Target } from '../target';
import { ago } from './ages';
import type { StatusOptions } from './status';
import { fine, note, type Row } from './row';

export async function stackRows(target: Target, { now }: StatusOptions): Promise<readonly Row[]> {
  const { name, output } = target;
  const own = [...readModules(output)]
    .filter(([id]) => id === `${name}-${kindOf(id) ?? ''}`)
    .sort(([one], [other]) => deployRank(one) - deployRank(other));
  if (own.length === 0) return [note('none', `${output} has no stacks of ${name}: run npm run synth -- ${name}`)];
  return Promise.all(own.map(([id, module]) => stackRow(id, module, target, now)));
}

async function stackRow(id: string, module: RootModule, target: Target, now: Date): Promise<Row> {
  const kind = id.slice(target.name.length + 1);
  const place = statePlaceOf(id, module);
  const state = place === undefined ? undefined : await readStackState(place, target);
  if (state === undefined) return note(kind, 'not deployed', { deployed: false });
  const { resources, writtenAt } = state;
  const { added, removed } = differences(module, state);
  const written = writtenAt === undefined ? '' : `, written ${ago(writtenAt, now)}`;
  const facts = {
    deployed: true,
    resources: resources.length,
    writtenAt: writtenAt?.toISOString() ?? null,
    toAdd: added.length,
    toRemove: removed.length,
  };
  const text = `${resources.length} resources${written}`;
  if (added.length + removed.length === 0) return fine(kind, text, facts);
  const example = [...added, ...removed][0] ?? '';
  return note(kind, `${text}; changed since: ${added.length} to add, ${removed.length} to remove (${example})`, facts);
}

/** By address, without indices: what `count` and `for_each` make of a block is one here. */
function differences(module: RootModule, { resources }: StackState) {
  const wanted = new Set(resourcesOf(module).map(({ address }) => address));
  const present = new Set(resources);
  return {
    added: [...wanted].filter((address) => !present.has(address)),
    removed: [...present].filter((address) => !wanted.has(address)),
  };
}

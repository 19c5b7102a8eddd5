/** Copies a frozen source by a dump and a parallel restore, directly or through a store. */
import { CommandError } from '../../../cli/errors';
import { dumpLines, lockedFolder, MESSAGES, otherSide, restoreLines, sqlLines } from './dump';
import { addToMarkSql, markSql } from './mark';
import type { DatabaseMove, StepOptions } from './move';
import { allowCreationSql, DISALLOW_CREATION, takeOverSql } from './ownership';
import { applyPropertiesSql, readProperties } from './properties';
import { ANALYZE, LONG_SECONDS, runScript, runSql } from './scripts';
import { prepareTarget } from './roles';
import { endOwnSessionsSql } from './sessions';
import { stayingOf } from './stays';
import { emptyTarget } from './target-database';
import { fetchLines, storeIndex, uploadDump } from './transfer';

export async function copy(move: DatabaseMove, options: StepOptions): Promise<void> {
  const state = await frozenState(move, options);
  if ((await emptyTarget(move, options)) === 'complete') {
    options.report('the copy is complete already');
    return;
  }
  await prepareTarget(move, options);
  const without = (await stayingOf(move, options)).map(({ entry }) => entry);
  const properties = await readProperties(move, options);
  await dumpAndRestore(
    move,
    [{ state, name: 'dump' }],
    (remote) => `${everything(move, remote, without)}\n${completionLines(move, properties, { remote, analyze: true })}`,
    options,
  );
}

export interface Dump {
  /** Of the source: another state needs another dump. */
  readonly state: string;
  readonly name: string;
  /** Arguments of pg_dump. */
  readonly options?: string;
  /** Whether one that an earlier call has left is not used. */
  readonly fresh?: boolean;
}

/**
 * Makes dumps, takes them to where the target is reached, and runs lines there. A direct route does it in one script.
 * @param restore with the server of the target on the other side or not
 */
export async function dumpAndRestore(
  move: DatabaseMove,
  dumps: readonly Dump[],
  restore: (remote: boolean) => string,
  options: StepOptions,
): Promise<void> {
  const { route, jobs, id } = move;
  const purpose = { timeoutSeconds: LONG_SECONDS, ...options, move: id };
  const lines = (dump: Dump, remote: boolean) => `${renewed(dump)}\n${dumpLines({ remote, jobs, ...dump })}`;
  if (route.kind === 'direct') {
    const atSource = route.at === 'source';
    const made = dumps.map((dump) => lines(dump, !atSource));
    await runScript(
      atSource ? move.source : move.target,
      [lockedFolder(route.folder), MESSAGES, otherSide(route.other), ...made, restore(atSource)].join('\n'),
      { ...purpose, doing: 'copying' },
    );
    return;
  }
  const fetched: string[] = [];
  const secrets: Record<string, string> = {};
  for (const dump of dumps) {
    const { name, state, fresh = false } = dump;
    await uploadDump(move, route, { name, state, fresh, lines: lines(dump, false) }, options);
    const index = `INDEX_${fetched.length}`;
    secrets[index] = await storeIndex(route.store, name);
    fetched.push(renewed(dump), fetchLines(name, state, index));
  }
  // In one script: the folder of a task or a pod is gone after it.
  await runScript(move.target, [lockedFolder(route.targetFolder), MESSAGES, ...fetched, restore(false)].join('\n'), {
    ...purpose,
    doing: 'fetching and restoring',
    secrets,
  });
}

function renewed({ fresh = false, name }: Dump): string {
  return fresh ? `rm -f "$folder/${name}.complete"` : '';
}

/** Schemas first: their owners' rights are needed for everything else. */
function everything({ id, jobs }: DatabaseMove, remote: boolean, without: readonly string[]): string {
  return [
    restoreLines({ remote, jobs: 1, name: 'dump', without, which: '$4 == "SCHEMA"' }),
    sqlLines(remote, allowCreationSql(id)),
    restoreLines({ remote, jobs, name: 'dump', without, which: '$4 != "SCHEMA"' }),
  ].join('\n');
}

export interface CompletionOptions {
  readonly remote: boolean;
  readonly analyze: boolean;
}

/** Lines for what a dump does not contain, statistics for the planner, and the mark. */
export function completionLines({ id }: DatabaseMove, properties: string, { remote, analyze }: CompletionOptions): string {
  return sqlLines(
    remote,
    [
      takeOverSql(id),
      DISALLOW_CREATION,
      applyPropertiesSql(),
      ...(analyze ? [ANALYZE] : []),
      addToMarkSql(id, `jsonb_build_object('copy', 'complete')`),
    ].join('\n'),
    { properties },
  );
}

/** Ends what an interrupted copy still does. @returns what tells this frozen state from an earlier one */
async function frozenState(move: DatabaseMove, options: StepOptions): Promise<string> {
  const seal = await runSql(move.source, `${endOwnSessionsSql(move.id)}\nselect ${markSql(move.id)} #>> '{seal,position}';`, {
    ...options,
    move: move.id,
    doing: 'reading the seal of the source',
  });
  if (seal.trim() === '')
    throw new CommandError(
      `${move.source.name} is not frozen: what is written during the copy would be lost\n  fix   freeze it first`,
    );
  return seal.trim();
}

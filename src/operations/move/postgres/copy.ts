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
  await dumpAndRestore(move, { state, name: 'dump', steps: (remote) => everything(move, remote, without) }, options);
  await completeCopy(move, properties, options);
}

export interface Dump {
  /** Of the source: another state needs another dump. */
  readonly state: string;
  readonly name: string;
  /** Arguments of pg_dump. */
  readonly options?: string;
  /** Whether one that an earlier call has left is not used. */
  readonly fresh?: boolean;
  /** Lines that restore it, with the server of the target on the other side or not. */
  readonly steps: (remote: boolean) => string;
}

/** Runs the dump and the lines that restore it, where the route wants it. */
export async function dumpAndRestore(move: DatabaseMove, dump: Dump, options: StepOptions): Promise<void> {
  const { route, jobs, id } = move;
  const { name, state } = dump;
  const renewed = dump.fresh === true ? `rm -f "$folder/${name}.complete"` : '';
  const purpose = { timeoutSeconds: LONG_SECONDS, ...options, move: id };
  if (route.kind === 'direct') {
    const atSource = route.at === 'source';
    await runScript(
      atSource ? move.source : move.target,
      [
        lockedFolder(route.folder),
        MESSAGES,
        otherSide(route.other),
        renewed,
        dumpLines({ remote: !atSource, jobs, state, name, options: dump.options }),
        dump.steps(atSource),
      ].join('\n'),
      { ...purpose, doing: 'copying' },
    );
    return;
  }
  await uploadDump(move, route, { name, state, lines: [renewed, dumpLines({ remote: false, jobs, state, name, options: dump.options })].join('\n') }, options);
  await runScript(move.target, [lockedFolder(route.targetFolder), MESSAGES, renewed, fetchLines(name, state), dump.steps(false)].join('\n'), {
    ...purpose,
    doing: 'restoring',
    secrets: { INDEX: await storeIndex(route.store, name) },
  });
}

/** Schemas first: their owners' rights are needed for everything else. */
function everything({ id, jobs }: DatabaseMove, remote: boolean, without: readonly string[]): string {
  return [
    restoreLines({ remote, jobs: 1, name: 'dump', without, which: '$4 == "SCHEMA"' }),
    sqlLines(remote, allowCreationSql(id)),
    restoreLines({ remote, jobs, name: 'dump', without, which: '$4 != "SCHEMA"' }),
  ].join('\n');
}

/** What a dump does not contain, statistics for the planner, and the mark. */
export async function completeCopy(
  move: DatabaseMove,
  properties: string,
  { analyze = true, ...options }: StepOptions & { readonly analyze?: boolean },
): Promise<void> {
  await runSql(
    move.target,
    [
      takeOverSql(move.id),
      DISALLOW_CREATION,
      applyPropertiesSql(),
      ...(analyze ? [ANALYZE] : []),
      addToMarkSql(move.id, `jsonb_build_object('copy', 'complete')`),
    ].join('\n'),
    { timeoutSeconds: LONG_SECONDS, ...options, move: move.id, doing: 'completing the copy', variables: { properties } },
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
    throw new CommandError(`${move.source.name} is not frozen: what is written during the copy would be lost\n  fix   freeze it first`);
  return seal.trim();
}

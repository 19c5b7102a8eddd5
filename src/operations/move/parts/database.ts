/** The database of a move, as steps. The engine does the work; this says when, and what is taken back. */
import { CommandError } from '../../../cli/errors';
import type { JournalStore } from '../journal-store';
import type { DatabaseMove, Engine, Verification } from '../postgres';
import { verificationSchema } from '../postgres';
import { done, type Outcome, type Step, type StepTools } from '../steps';
import { routeFinish, routeSteps, type RoutePart } from './route';

export interface DatabasePart {
  readonly engine: Engine;
  /** Asked when a step runs: the place of a target exists only once it is built. */
  readonly moveOf: () => Promise<DatabaseMove>;
  readonly store: Pick<JournalStore, 'keep'>;
  /** By logical replication, so that the interruption is seconds. */
  readonly live: boolean;
  /** Left out where both sides are reached without one. */
  readonly route?: RoutePart;
  readonly sourceName: string;
  readonly targetName: string;
}

/** Differences that a message names; the report has all of them. */
const NAMED = 5;

export function databaseSteps(part: DatabasePart): readonly Step[] {
  const { live, route, sourceName, targetName, engine, moveOf, store } = part;
  const on = async <T>(tools: StepTools, work: (move: DatabaseMove, options: StepTools) => Promise<T>): Promise<T> =>
    work(await moveOf(), tools);
  const abandon = async (tools: StepTools): Promise<Outcome> => {
    await on(tools, (move, options) => engine.abandon(move, options));
    return done([`what was copied to ${targetName} is dropped`]);
  };
  const copied = live ? 'copies what has changed since, and ends the replication' : 'dumps the database and restores it';
  return [
    ...(route === undefined ? [] : routeSteps(route)),
    {
      // In this phase, because the server of the target may be built by it.
      id: 'build/check-database',
      phase: 'build',
      text: `compares the servers of ${sourceName} and ${targetName}: versions, extensions, settings, room`,
      run: (tools) => on(tools, async (move, options) => checkedBy(await engine.checkMove(move, options))),
    },
    {
      id: 'copy/roles',
      phase: 'copy',
      text: 'creates the roles of the database, without passwords',
      run: async (tools) => {
        await on(tools, (move, options) => engine.prepareTarget(move, options));
        return done();
      },
      // The last of the way back: the new side was closed before visitors left it. Roles that only this move needs would be taken for
      // those of the application by the next one, also where nothing was copied yet.
      undo: async (tools) => {
        await reopenTarget(part, tools);
        return abandon(tools);
      },
    },
    ...(live
      ? [
          {
            id: 'copy/database',
            phase: 'copy' as const,
            text: 'copies the database, and follows its changes',
            run: async (tools: StepTools) => {
              await on(tools, (move, options) => engine.startLive(move, options));
              return done();
            },
            undo: abandon,
          },
          {
            id: 'verify/database',
            phase: 'verify' as const,
            text: `looks how far ${targetName} is behind`,
            run: async (tools: StepTools): Promise<Outcome> => {
              const { following, remaining, bytes, seconds } = await on(tools, (move, options) => engine.lagOf(move, options));
              if (following) return done([`${bytes} bytes and ${seconds} seconds behind`]);
              return { kind: 'failed', why: `${remaining} tables are not copied yet`, repeatFrom: 'copy/database' };
            },
          },
        ]
      : []),
    {
      id: 'freeze/database',
      phase: 'freeze',
      text: `refuses connections of applications to the database of ${sourceName}`,
      run: async (tools) => done([], { seal: await on(tools, (move, options) => engine.freeze(move, options)) }),
      undo: async (tools) => {
        await on(tools, (move, options) => engine.thaw(move, options));
        return done([`the database of ${sourceName} accepts connections again`]);
      },
    },
    {
      id: 'last-copy/database',
      phase: 'last-copy',
      text: copied,
      run: async (tools) => {
        await on(tools, (move, options) => (live ? engine.finishLive(move, options) : engine.copy(move, options)));
        return done();
      },
      undo: abandon,
    },
    {
      id: 'last-verify/database',
      phase: 'last-verify',
      text: 'compares every table, sequence and right of both databases',
      run: (tools) =>
        on(tools, async (move, options) => {
          const verification = await engine.verify(move, options);
          const report = await keptReport(store, move, verification);
          if (!verification.equal)
            return { kind: 'failed', why: differencesIn(verification, report), repeatFrom: 'last-copy/database' };
          const { tables, rows, sequences } = verification;
          return done(
            [`${tables.length} tables with ${rows} rows and ${sequences} sequences are the same`, `report  ${report}`],
            {
              verification,
            },
          );
        }),
    },
  ];
}

/** Next to the journal. @returns where it is */
export function keptReport(store: DatabasePart['store'], { id }: DatabaseMove, verification: Verification): Promise<string> {
  return store.keep(`${id}-database.json`, `${JSON.stringify(verification, null, 2)}\n`);
}

/** Right before visitors are led to the new database: whether the old one is as it was compared. */
export async function confirmFrozen({ engine, moveOf, sourceName }: DatabasePart, tools: StepTools): Promise<Outcome> {
  const verification = verificationSchema.parse(tools.factsOf('last-verify/database').verification);
  if (await engine.confirmFrozen(await moveOf(), verification, tools)) return done();
  return {
    kind: 'failed',
    why: `the database of ${sourceName} was changed after it was compared`,
    repeatFrom: 'freeze/database',
  };
}

/**
 * Before visitors are led back: closes the new database, and compares it with the old one, which is frozen since the copy.
 * @returns what was written to the new one; empty when it may be left
 */
export async function writesSince({ engine, moveOf }: DatabasePart, tools: StepTools): Promise<readonly string[]> {
  const move = await moveOf();
  await engine.freeze(reversed(move), tools);
  const { equal, differences } = await engine.verify(move, tools);
  return equal ? [] : [`the database: ${named(differences)}`];
}

/** Opens the new database again: at the end of the way back, or when visitors stay. Does nothing where it is open. */
export async function reopenTarget({ engine, moveOf }: DatabasePart, tools: StepTools): Promise<void> {
  await engine.thaw(reversed(await moveOf()), tools);
}

/** @param after done with the marks: what only one kind of move has */
export function databaseFinish(
  { engine, moveOf, route, sourceName }: DatabasePart,
  after: (tools: StepTools) => Promise<void> = () => Promise.resolve(),
): readonly Step[] {
  return [
    {
      id: 'finish/database',
      phase: 'finish',
      text: 'removes the marks and the dump of the move',
      run: async (tools) => {
        await engine.finish(await moveOf(), tools);
        await after(tools);
        return done([`the old database of ${sourceName} stays, and refuses applications`]);
      },
    },
    ...(route === undefined ? [] : [routeFinish(route)]),
  ];
}

/** With the sides exchanged: what closes a source closes a target. */
export function reversed(move: DatabaseMove): DatabaseMove {
  return { ...move, id: reversedId(move.id), source: move.target, target: move.source };
}

/** Of a move with its sides exchanged. */
export function reversedId(id: string): string {
  return `${id.slice(0, 25)}_back`;
}

/** What a check found. @throws CommandError where it refuses */
export function checkedBy({ findings }: Awaited<ReturnType<Engine['checkMove']>>): Outcome {
  const texts = findings.map(
    ({ subject, message, fix }) => `${subject}: ${message}${fix === undefined ? '' : `\n  fix   ${fix}`}`,
  );
  const refused = texts.filter((_, index) => findings[index]?.weight === 'refused');
  if (refused.length > 0) throw new CommandError(refused.join('\n'));
  return done(texts.map((text, index) => (findings[index]?.weight === 'stays' ? `stays   ${text}` : text)));
}

function differencesIn({ differences }: Verification, report: string): string {
  return `both databases are not the same: ${named(differences)}\n  report  ${report}`;
}

/** The first few of the differences. */
export function named(differences: Verification['differences']): string {
  const texts = differences.slice(0, NAMED).map(({ kind, name }) => `${kind} of ${name}`);
  return [...texts, ...(differences.length > NAMED ? [`and ${differences.length - NAMED} more`] : [])].join(', ');
}

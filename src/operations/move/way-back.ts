/**
 * The way back of a database that has moved to RDS: RDS is closed, the host gets its PostgreSQL again, and what was written since is
 * restored there. RDS and ElastiCache are not destroyed by it.
 */
import { TimedOut, waitFor } from '../../aws/waiting';
import { CommandError } from '../../cli/errors';
import { resourcesOf, type RootModule } from '../../terraform/root-module';
import type { Target } from '../target';
import { besideName, createBeside, dropBeside, exchange, keptName, stateOfHost, type HostDatabases } from './host-databases';
import type { DatabaseMove } from './postgres';
import { checkedBy, keptReport, named, reopenTarget, reversed, type DatabasePart } from './parts/database';
import { waitForEdits, type Edit } from './parts/edits';
import type { StackChanger } from './stacks';
import { done, type Outcome, type StepTools } from './steps';

/** Seconds in which the host takes its new configuration and starts PostgreSQL. */
const HOST_SECONDS = 900;

export interface WayBack {
  readonly target: Target;
  readonly stacks: StackChanger;
  /** Ids of the stacks that the switch has changed. */
  readonly changed: readonly string[];
  readonly moduleOf: (stack: string) => RootModule;
  readonly database: DatabasePart;
  /** The move from RDS into a database beside the old one. @param beside its name */
  readonly backwards: (beside: string) => Promise<DatabaseMove>;
  /** @default 10 */
  readonly everySeconds?: number;
}

/** Takes the switch to RDS back. Can be repeated: it finds in the servers what was done. */
export async function backToHost(way: WayBack, tools: StepTools): Promise<Outcome> {
  const { target, stacks, changed, moduleOf, database } = way;
  const { data, protect } = target.environment;
  const ready = await waitForEdits(
    'before the database leaves RDS, write this and run npm run synth; do not deploy it:',
    editsOf(target),
    () => data.database?.placement === 'host',
  );
  if (ready.kind !== 'done') return ready;
  const move = await database.moveOf();
  await database.engine.freeze(reversed(move), tools);
  // Without what is not described any more: RDS, ElastiCache, and the rules that lead to them.
  const described = changed.map((stack) => [stack, resourcesOf(moduleOf(stack)).map(({ address }) => address)] as const);
  // Of a stack without resources, all would be planned.
  const own = described.filter(([, addresses]) => addresses.length > 0);
  const change = { stacks: own.map(([stack]) => stack), only: Object.fromEntries(own), isProtected: protect };
  const applied = await stacks.apply(change, tools);
  const databases: HostDatabases = { id: move.id, place: move.source, name: data.database?.name ?? '' };
  if ((await hostIsThere(way, databases, tools)) === 'kept') return restored(way, databases, applied.notes, tools);
  const { equal, differences } = await database.engine.verify(move, tools);
  if (equal) return returned(way, databases, applied.notes, tools);
  if (tools.discardWrites)
    return returned(way, databases, [...applied.notes, `given up   the database: ${named(differences)}`], tools);
  return restore(way, databases, { notes: applied.notes, written: named(differences) }, tools);
}

function editsOf({ name, environment: { data } }: Target): readonly Edit[] {
  const edit = (section: string): Edit => ({ environment: name, path: [section, 'placement'], wanted: `placement: 'host'` });
  return [edit('database'), ...(data.cache?.placement === 'managed' ? [edit('cache')] : [])];
}

async function hostIsThere({ target, everySeconds = 10 }: WayBack, databases: HostDatabases, tools: StepTools) {
  const look = async () => {
    const state = await stateOfHost(databases, tools);
    return state === 'not there' ? undefined : state;
  };
  try {
    return await waitFor(look, { everySeconds, timeoutSeconds: HOST_SECONDS, signal: tools.signal });
  } catch (error) {
    if (!(error instanceof TimedOut)) throw error;
    throw new CommandError(
      `PostgreSQL on the host of ${target.name} does not answer\n  fix   look at the host (npm run status, npm run logs), then call the command again: RDS refuses applications until then`,
    );
  }
}

/** The old database is as good as RDS. */
async function returned(
  { target }: WayBack,
  databases: HostDatabases,
  notes: readonly string[],
  tools: StepTools,
): Promise<Outcome> {
  await dropBeside(databases, tools);
  return done([...notes, ...leftOf(target)], { restored: false });
}

/** Into a database that no application knows, compared with RDS, and only then under the name that they use. */
async function restore(
  way: WayBack,
  databases: HostDatabases,
  { notes, written }: { readonly notes: readonly string[]; readonly written: string },
  tools: StepTools,
): Promise<Outcome> {
  const { database, backwards } = way;
  const { engine } = database;
  tools.report(`RDS was written to since the switch (${written}): it is restored on the host`);
  await createBeside(databases, tools);
  const move = await backwards(besideName(databases.name));
  try {
    checkedBy(await engine.checkMove(move, tools));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    await dropBeside(databases, tools);
    await reopenTarget(database, tools);
    return {
      kind: 'failed',
      stays: true,
      why: `RDS was written to since the switch (${written}), and the host cannot take it back:\n${error.message}\n  fix   stay: set database.placement to 'managed' again, and go on; or give it up with --back --discard-writes`,
    };
  }
  await engine.copy(move, tools);
  const verification = await engine.verify(move, tools);
  const report = await keptReport(database.store, move, verification);
  if (!verification.equal)
    throw new CommandError(
      `the host has not what RDS has: ${named(verification.differences)}\n  report  ${report}\n  fix   call the command again, or give up what was written with --back --discard-writes`,
    );
  const { tables, rows } = verification;
  await exchange(databases, tools);
  const found = [`${tables.length} tables with ${rows} rows came back from RDS and are the same`, `report  ${report}`];
  return restored(way, databases, [...notes, ...found], tools);
}

/** The marks and the dump go; the old database stays. */
async function restored(
  { database, backwards, target }: WayBack,
  databases: HostDatabases,
  notes: readonly string[],
  tools: StepTools,
): Promise<Outcome> {
  await database.engine.finish(await backwards(databases.name), tools);
  const kept = `the database from before the move is kept as ${keptName(databases)}; drop it once nobody needs it`;
  return done([...notes, kept, ...leftOf(target)], { restored: true });
}

function leftOf({ name }: Target): readonly string[] {
  return [
    `RDS, ElastiCache and the rules that lead to them are still there, refuse applications, and cost money`,
    `to destroy them: an exception in guard-allow.yaml for ${name} (docs/guard.md), then npm run deploy -- ${name}`,
  ];
}

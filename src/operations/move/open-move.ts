/** Finds out which move is meant, and makes its steps: from the descriptions, from what is deployed, and from the journal. */
import { CommandError } from '../../cli/errors';
import { environmentStatePrefix } from '../../config/names';
import { readModules } from '../../synthesis/output-folder';
import { jobRunnerOf } from '../jobs';
import type { Target } from '../target';
import { environmentSteps, sideOf } from './environment-move';
import { managedSteps } from './database-move';
import { entryOf, type Journal, type NewMove } from './journal';
import type { JournalStore } from './journal-store';
import { databaseBetween, databaseFromManaged, databaseToManaged, namedServerSchema, removeDump } from './moved-database';
import { carriedFiles } from './moved-files';
import type { DatabasePart } from './parts/database';
import type { Watched } from './parts/health';
import { routeBetween, routeToManaged, type RoutePart } from './parts/route';
import { postgresEngine, type DatabaseMove, type Engine } from './postgres';
import type { StackChanger } from './stacks';
import type { Step } from './steps';
import { tierSteps } from './tier-move';
import { TransferBucket } from './transfer-bucket';

/**
 * What a command without a journal begins.
 * @param target of `--to`
 * @throws CommandError when there is nothing to move
 */
export async function moveMeant(source: Target, target: Target | undefined, choices: Journal['choices']): Promise<NewMove> {
  const { name, environment } = source;
  if (target !== undefined) {
    if (choices.live && !hasDatabases(source, target, choices))
      throw new CommandError(`--live is for a database, and none moves from ${name} to ${target.name}`);
    return { kind: 'environment', source: name, target: target.name, choices };
  }
  if (await isDatabaseOnHost(source)) return { kind: 'database', source: name, choices };
  if (choices.live)
    throw new CommandError(`--live is for a database, and that of ${name} stays where it is\n  fix   move without --live`);
  if (environment.nextTier !== undefined)
    return { kind: 'tier', source: name, tiers: { from: environment.tier.kind, to: environment.nextTier.kind }, choices };
  throw new CommandError(
    [
      `nothing of ${name} is to be moved`,
      `  to another tier          set nextTier in its description`,
      `  the database to RDS      set database.placement: 'managed'`,
      `  to another environment   npm run move -- ${name} --to <environment>`,
    ].join('\n'),
  );
}

/** Whether the description says RDS, and what is deployed is on the host. */
async function isDatabaseOnHost({ environment, published }: Target): Promise<boolean> {
  if (environment.tier.kind !== 'box' || environment.data.database?.placement !== 'managed') return false;
  const deployed = await published('data');
  return deployed?.database !== undefined && deployed.database.masterSecretArn === undefined;
}

export interface OpenMove {
  readonly journal: Journal;
  readonly source: Target;
  readonly target?: Target;
  readonly stacks: StackChanger;
  readonly store: JournalStore;
  readonly watched: Pick<Watched, 'minutes' | 'ask' | 'everySeconds'>;
  /** @default PostgreSQL's own */
  readonly engine?: Engine;
}

export function stepsOf(move: OpenMove): readonly Step[] {
  const { journal, source, target, stacks, watched } = move;
  const modules = readModules(source.output);
  const { choices, tiers, kind } = journal;
  switch (kind) {
    case 'tier':
      if (tiers === undefined) throw new Error('a move between tiers without tiers');
      return tierSteps({ target: source, stacks, stackNames: [...modules.keys()], choices, watched, id: journal.id, ...tiers });
    case 'database':
      return managedSteps({
        target: source,
        stacks,
        modules,
        choices,
        watched,
        database: partOf(move, {
          make: () => databaseToManaged(source, { id: journal.id, live: choices.live }, serverIn(journal)),
          route: routeToManaged(source, journal.id, choices.live),
        }),
        backwards: (beside) => databaseFromManaged(source, journal.id, serverIn(journal), beside),
        jobs: () => jobRunnerOf(source),
        removeDump: ({ signal }) => removeDump(source, signal),
      });
    case 'environment': {
      if (target === undefined) throw new Error('a move between environments without a target');
      return environmentSteps({
        source,
        target,
        stacks,
        stackNames: [...modules.keys()],
        choices,
        watched,
        files: carriedFiles(sideOf(source), sideOf(target), choices.leave, journal.id),
        ...(hasDatabases(source, target, choices)
          ? {
              database: partOf(move, {
                make: () =>
                  databaseBetween(source, target, { id: journal.id, live: choices.live }, () =>
                    transferStoreOf(source, journal.id),
                  ),
                route: routeBetween(source, target, journal.id, choices.live),
              }),
            }
          : {}),
      });
    }
  }
}

/** The server that the switch led to; nothing before it. */
function serverIn(journal: Journal) {
  return namedServerSchema.optional().parse(entryOf(journal, 'switch/begin')?.facts.server);
}

/** Whether both have one, and nobody wants to leave it. */
function hasDatabases(source: Target, target: Target, { leave }: Journal['choices']): boolean {
  const both = [source, target].every(({ environment }) => environment.data.database !== undefined);
  return both && !leave.includes('database/main');
}

interface DatabaseWays {
  readonly make: () => Promise<DatabaseMove>;
  readonly route: RoutePart | undefined;
}

function partOf(
  { journal, source, target, store, engine = postgresEngine }: OpenMove,
  { make, route }: DatabaseWays,
): DatabasePart {
  let made: Promise<DatabaseMove> | undefined;
  return {
    engine,
    store,
    live: journal.choices.live,
    ...(route === undefined ? {} : { route }),
    sourceName: source.name,
    targetName: target?.name ?? 'RDS',
    moveOf: () => (made ??= make()),
  };
}

/** In the bucket of the states: encrypted, private, and there wherever environments are. */
function transferStoreOf({ environment: { backend, identity }, aws, name }: Target, id: string): TransferBucket {
  if (backend.kind !== 's3')
    throw new CommandError(
      `the states of ${name} are in no bucket, in which a dump could be on its way\n  fix   move the database by hand, and pass --leave database/main`,
    );
  return new TransferBucket(
    aws.in(backend.store.region),
    backend.store.bucket,
    `${environmentStatePrefix(identity.shortName)}move/${id}/`,
  );
}

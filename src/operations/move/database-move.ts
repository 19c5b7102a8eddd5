/** A move of database and cache from the host of a box to RDS and ElastiCache, inside one environment. */
import { CommandError } from '../../cli/errors';
import type { RootModule } from '../../terraform/root-module';
import type { JobRunner } from '../jobs';
import type { Target } from '../target';
import type { Journal } from './journal';
import { ruleAddresses, serverAddresses } from './managed-data';
import { namedServer } from './moved-database';
import { confirmFrozen, databaseFinish, databaseSteps, type DatabasePart } from './parts/database';
import { watch, type Watched } from './parts/health';
import type { DatabaseMove } from './postgres';
import { stacksOf, type StackChanger } from './stacks';
import { done, inOrder, type Step, type StepTools } from './steps';
import { backToHost } from './way-back';

export interface ManagedMove {
  readonly target: Target;
  readonly stacks: StackChanger;
  /** By id. */
  readonly modules: ReadonlyMap<string, RootModule>;
  readonly database: DatabasePart;
  /** From RDS into a database beside the one of the host. @param beside its name */
  readonly backwards: (beside: string) => Promise<DatabaseMove>;
  /** Seconds between two looks at the host on the way back. @default 10 */
  readonly hostEverySeconds?: number;
  /** The dump on the volume of the host, which only the old server could see. */
  readonly removeDump: (tools: StepTools) => Promise<void>;
  readonly jobs: () => Promise<JobRunner>;
  readonly choices: Pick<Journal['choices'], 'leave'>;
  readonly watched: Pick<Watched, 'minutes' | 'ask' | 'everySeconds'>;
}

export function managedSteps(move: ManagedMove): readonly Step[] {
  const { target, stacks, modules, database, watched } = move;
  const { name, environment } = target;
  const isProtected = environment.protect;
  const stack = (kind: string): string => `${name}-${kind}`;
  const moduleOf = (id: string): RootModule => {
    const module = modules.get(id);
    if (module === undefined) throw new CommandError(`${id} is not synthesised: run npm run synth`);
    return module;
  };
  const changed = stacksOf(environment, [...modules.keys()]).filter(isOfDataOrHost);
  const steps: readonly Step[] = [
    { id: 'check/cache', phase: 'check', text: 'looks at what the cache holds', run: () => Promise.resolve(checkCache(move)) },
    {
      id: 'build/servers',
      phase: 'build',
      text: 'creates the new servers, and lets the host reach them; logins stay as they are',
      run: async (tools) => {
        const network = await stacks.apply({ stacks: [stack('network')], isProtected }, tools);
        const servers = await stacks.apply(
          {
            stacks: [stack('data'), stack('compute-box')],
            only: {
              [stack('data')]: serverAddresses(moduleOf(stack('data'))),
              [stack('compute-box')]: ruleAddresses(moduleOf(stack('compute-box'))),
            },
            isProtected,
          },
          tools,
        );
        return done([...network.notes, ...servers.notes]);
      },
    },
    ...databaseSteps(database).map(keepingRestored),
    {
      id: 'switch/begin',
      phase: 'switch',
      text: `looks once more whether the database on the host is as it was compared`,
      run: async (tools) => {
        const confirmed = await confirmFrozen(database, tools);
        // The way back needs it, when the description names no server any more.
        return confirmed.kind === 'done' ? done(confirmed.notes, { server: namedServer(target) }) : confirmed;
      },
    },
    {
      id: 'switch/stacks',
      phase: 'switch',
      text: 'writes the logins again with the new servers, and gives the host its new configuration',
      run: (tools) => stacks.apply({ stacks: changed, isProtected }, tools),
      undo: (tools) =>
        backToHost(
          { target, stacks, changed, moduleOf, database, backwards: move.backwards, everySeconds: move.hostEverySeconds },
          tools,
        ),
    },
    {
      id: 'switch/logins',
      phase: 'switch',
      text: 'creates the logins of applications on the new server (database-init)',
      run: (tools) => createLogins(move, tools),
    },
    {
      id: 'watch/health',
      phase: 'watch',
      text: `watches ${name} for ${watched.minutes} minutes`,
      run: (tools) => watch({ target, ...watched }, tools),
    },
    ...databaseFinish(database, move.removeDump),
    {
      id: 'finish/old',
      phase: 'finish',
      text: 'says where the old data is, and changes nothing',
      run: () =>
        Promise.resolve(
          done([
            `the files of the old database are on the data volume, in /data/postgres, until the box section is removed`,
            `remove box.postgres and box.redis from the description of ${name}`,
          ]),
        ),
    },
  ];
  return inOrder(steps);
}

/** Steps whose way back changes RDS. */
const KEPT = new Set(['copy/roles', 'copy/database', 'last-copy/database']);

/**
 * Once what RDS had was restored on the host, RDS is left as it is, closed: it is the second copy until a person destroys it. Its
 * marks go with it.
 */
function keepingRestored(step: Step): Step {
  const { undo } = step;
  if (undo === undefined || !KEPT.has(step.id)) return step;
  return {
    ...step,
    undo: (tools) => (tools.factsOf('switch/stacks').restored === true ? Promise.resolve(done()) : undo(tools)),
  };
}

function isOfDataOrHost(stack: string): boolean {
  return /-(network|data|compute-box|edge|observability)$/.test(stack);
}

function checkCache({ target, choices }: ManagedMove) {
  const { cache } = target.environment.data;
  if (cache?.placement !== 'managed') return done();
  if (cache.purpose !== 'queue') return done(['stays   cache/main: the new cache starts empty']);
  if (choices.leave.includes('cache/main')) return done(['stays   cache/main: jobs in it stay on the host']);
  throw new CommandError(
    'the cache holds jobs, which are not carried over\n  fix   let the workers finish them, stop what adds new ones, and pass --leave cache/main',
  );
}

async function createLogins({ jobs }: ManagedMove, { signal, report }: StepTools) {
  const { exitCode, reason } = await (await jobs()).run('database-init', { signal, report });
  if (exitCode === 0) return done();
  throw new CommandError(
    `database-init ended with ${exitCode}${reason === undefined ? '' : ` (${reason})`}; run the command again`,
  );
}

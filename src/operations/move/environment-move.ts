/** A move from one environment to another of the same shared zone: everything that holds data, and then the names. */
import { CommandError } from '../../cli/errors';
import { servingEnvironment } from '../../config/calculations/served-by';
import type { Target } from '../target';
import type { Journal } from './journal';
import { canReceiveDump } from './moved-database';
import { stayingFiles, type FilesSide } from './moved-files';
import { bucketSteps, objectsSince, olderVersions, some, type BucketPair } from './parts/buckets';
import { confirmFrozen, databaseFinish, databaseSteps, reopenTarget, writesSince, type DatabasePart } from './parts/database';
import { editStep, waitForEdits, type Edit } from './parts/edits';
import { fileSteps, lastFileSteps, writtenFiles, type FilesPart } from './parts/files';
import { watch, type Watched } from './parts/health';
import { queueSteps, type QueuePair } from './parts/queues';
import { secretSteps, type SecretPair } from './parts/secrets';
import { stacksOf, type StackChanger } from './stacks';
import { done, inOrder, type Step } from './steps';

export interface EnvironmentMove {
  readonly source: Target;
  readonly target: Target;
  readonly stacks: StackChanger;
  /** Ids of all synthesised stacks. */
  readonly stackNames: readonly string[];
  readonly choices: Journal['choices'];
  /** Left out where neither environment has a database. */
  readonly database?: DatabasePart;
  /** What of `carriedFiles` both have. */
  readonly files: readonly FilesPart[];
  readonly watched: Pick<Watched, 'minutes' | 'ask' | 'everySeconds'>;
}

/** Every step, in the order of the phases. @throws CommandError for environments that share no zone */
export function environmentSteps(move: EnvironmentMove): readonly Step[] {
  const { source, target, database, choices } = move;
  requireSharedZone(source, target);
  const pairs = pairsOf(move);
  const steps: readonly Step[] = [
    left(move),
    ...secretSteps(pairs.secrets, { carry: choices.secrets, left: leftOf(choices, 'secret') }),
    {
      id: 'build/stacks',
      phase: 'build',
      text: `deploys the stacks of ${target.name} that are not up to date`,
      run: (tools) =>
        move.stacks.apply(
          { stacks: stacksOf(target.environment, move.stackNames), isProtected: target.environment.protect },
          tools,
        ),
    },
    ...bucketSteps(pairs.buckets),
    ...fileSteps(move.files),
    ...(database === undefined ? [] : databaseSteps(database)),
    editStep(
      {
        id: 'verify/description',
        phase: 'verify',
        why: 'before the interruption begins, write this and run npm run synth; do not deploy it:',
      },
      [servedByEdit(source, target)],
      () => isServedBy(source, target.name),
    ),
    {
      id: 'switch/begin',
      phase: 'switch',
      text: `looks once more whether ${source.name} is as it was compared`,
      run: async (tools) => {
        const confirmed = database === undefined ? done() : await confirmFrozen(database, tools);
        return confirmed.kind === 'done' ? done([], { at: new Date().toISOString() }) : confirmed;
      },
    },
    ...queueSteps(pairs.queues),
    namesStep(move, pairs.buckets),
    {
      id: 'watch/health',
      phase: 'watch',
      text: `watches ${target.name} for ${move.watched.minutes} minutes`,
      run: (tools) => watch({ target, ...move.watched }, tools),
    },
    ...lastFileSteps(move.files),
    ...(database === undefined ? [] : databaseFinish(database)),
    {
      id: 'finish/old',
      phase: 'finish',
      text: `says how ${source.name} is destroyed, and changes nothing`,
      run: () =>
        Promise.resolve(
          done([`${source.name} is as it was, without visitors; to destroy it: npx cdktf destroy '${source.name}-*'`]),
        ),
    },
  ];
  return inOrder(steps);
}

/** Visitors change sides here, and only here. Back only when nothing is lost by it, or a person has said that it may be. */
function namesStep({ source, target, stacks, database, files }: EnvironmentMove, buckets: readonly BucketPair[]): Step {
  const { domain } = source.environment;
  const change = { stacks: domain?.kind === 'shared' ? [domain.stacks.names] : [], isProtected: true };
  return {
    id: 'switch/names',
    phase: 'switch',
    text: `deploys ${change.stacks.join(', ')}: visitors are led to ${target.name}`,
    run: async (tools) => {
      // Who began to go back has written the other one.
      const described = await waitForEdits(
        'write this and run npm run synth; do not deploy it:',
        [servedByEdit(source, target)],
        () => isServedBy(source, target.name),
      );
      return described.kind === 'done' ? stacks.apply(change, tools) : described;
    },
    undo: async (tools) => {
      const ready = await waitForEdits(
        'before visitors are led back, write this and run npm run synth; do not deploy it:',
        [servedByEdit(source, source)],
        () => isServedBy(source, source.name),
      );
      if (ready.kind !== 'done') return ready;
      const written = database === undefined ? [] : [...(await writesSince(database, tools))];
      const since = new Date(String(tools.factsOf('switch/begin').at));
      for (const pair of buckets) {
        const objects = await objectsSince(pair, since);
        if (objects.length > 0) written.push(`${pair.to}: ${some(objects)}`);
      }
      written.push(...(await writtenFiles(files, tools)));
      if (written.length > 0 && !tools.discardWrites) {
        if (database !== undefined) await reopenTarget(database, tools);
        return {
          kind: 'failed',
          stays: true,
          why: `${target.name} has been written to since the switch:\n${written.map((line) => `  ${line}`).join('\n')}\n  fix   stay: set servedBy to ${target.name} again, and finish; or give it up with --back --discard-writes`,
        };
      }
      const applied = await stacks.apply(change, tools);
      return done([...written.map((line) => `given up   ${line}`), ...applied.notes]);
    },
  };
}

interface Pairs {
  readonly buckets: readonly BucketPair[];
  readonly queues: readonly QueuePair[];
  readonly secrets: readonly SecretPair[];
}

/** What both environments declare, and nobody wants to leave. */
function pairsOf({ source, target, choices }: EnvironmentMove): Pairs {
  const { data } = source.environment;
  const other = target.environment.data;
  const both = <T extends { readonly key: string; readonly name: string }>(kind: Kind, own: readonly T[], theirs: readonly T[]) =>
    own.flatMap((one) => {
      const match = theirs.find(({ key }) => key === one.key);
      return match === undefined || leftOf(choices, kind).has(one.key) ? [] : [{ key: one.key, from: one.name, to: match.name }];
    });
  return {
    buckets: both('bucket', carriedBuckets(source), other.buckets).map((pair) => ({
      ...pair,
      s3: target.aws.s3,
      sourceS3: source.aws.s3,
    })),
    queues: both('queue', data.queues, other.queues).map((pair) => ({ ...pair, source: source.aws.sqs, target: target.aws.sqs })),
    secrets: both('secret', data.secrets, other.secrets).map((pair) => ({
      ...pair,
      source: source.aws.secretsManager,
      target: target.aws.secretsManager,
    })),
  };
}

type Kind = 'bucket' | 'file-system' | 'queue' | 'cache' | 'secret' | 'database';

function leftOf({ leave }: Journal['choices'], kind: Kind): ReadonlySet<string> {
  return new Set(leave.filter((thing) => thing.startsWith(`${kind}/`)).map((thing) => thing.slice(kind.length + 1)));
}

/** Without those for access logs and the backups of a host, which belong to their environment. */
function carriedBuckets({ environment: { data, tier } }: Target) {
  const backups = tier.kind === 'box' ? tier.box.backup.bucket : undefined;
  return data.buckets.filter(({ key }) => key !== data.logBucket && key !== backups);
}

export interface Staying {
  /** As `--leave` names it: `file-system/uploads`. */
  readonly thing: string;
  readonly why: string;
  /** Whether a person has to say that it may stay, because something may be lost with it. */
  readonly needsWord: boolean;
}

/** Everything that the move does not carry, so that nothing is passed over. */
export function stayingOf(source: Target, target: Target, leave: readonly string[]): readonly Staying[] {
  const own = source.environment.data;
  const other = target.environment.data;
  const unmatched = (kind: Kind, keys: readonly string[], theirs: readonly string[]): readonly Staying[] =>
    keys
      .filter((key) => !theirs.includes(key))
      .map((key) => ({ thing: `${kind}/${key}`, why: `${target.name} declares none of this name`, needsWord: true }));
  const keysOf = (all: readonly { readonly key: string }[]): readonly string[] => all.map(({ key }) => key);
  const isQueue = own.cache?.purpose === 'queue';
  return [
    ...unmatched('bucket', keysOf(carriedBuckets(source)), keysOf(other.buckets)),
    ...unmatched('queue', keysOf(own.queues), keysOf(other.queues)),
    ...unmatched('secret', keysOf(own.secrets), keysOf(other.secrets)),
    ...databaseStaying(source, target, leave),
    ...stayingFiles(sideOf(source), sideOf(target), leave).map((files) => ({ ...files, needsWord: true })),
    ...(own.cache === undefined
      ? []
      : [
          {
            thing: 'cache/main',
            why: isQueue ? 'jobs in it stay there: let the workers finish them first' : 'the new cache starts empty',
            needsWord: isQueue,
          },
        ]),
    ...own.buckets
      .filter(({ key }) => !keysOf(carriedBuckets(source)).includes(key))
      .map(({ key }) => ({
        thing: `bucket/${key}`,
        why: 'access logs and backups belong to their environment',
        needsWord: false,
      })),
  ];
}

/** On the tier that serves. */
export function sideOf(target: Target): FilesSide {
  return { target, tier: target.environment.tier.kind, name: target.name };
}

function databaseStaying(source: Target, target: Target, leave: readonly string[]): readonly Staying[] {
  const { database } = source.environment.data;
  if (database === undefined) return [];
  const isLeft = target.environment.data.database === undefined || leave.includes('database/main');
  if (!isLeft && canReceiveDump(target)) return [];
  const why = isLeft
    ? `it stays with ${source.name}`
    : `a task of ${target.name} gets the dump through the secret of a login, and no role has a password: give one login: 'password' until the move is finished`;
  return [{ thing: 'database/main', why, needsWord: true }];
}

function left(move: EnvironmentMove): Step {
  const { source, target, choices } = move;
  return {
    id: 'check/left',
    phase: 'check',
    text: 'names what is not carried over',
    run: async () => {
      const staying = stayingOf(source, target, choices.leave);
      const unsaid = staying.filter(({ thing, needsWord }) => needsWord && !choices.leave.includes(thing));
      if (unsaid.length > 0)
        throw new CommandError(
          unsaid.map(({ thing, why }) => `${thing}: ${why}\n  fix   --leave ${thing}, once it may stay behind`).join('\n'),
        );
      const versioned = carriedBuckets(source).filter(({ versioning }) => versioning);
      const older = await Promise.all(
        versioned.map(async ({ name }) => ({ name, count: await olderVersions({ from: name, sourceS3: source.aws.s3 }) })),
      );
      return done([
        ...staying.map(({ thing, why }) => `stays   ${thing}: ${why}`),
        ...older.filter(({ count }) => count > 0).map(({ name, count }) => `stays   ${count} older versions in ${name}`),
      ]);
    },
  };
}

function requireSharedZone(source: Target, target: Target): void {
  const [own, other] = [source.environment.domain, target.environment.domain];
  if (own?.kind === 'shared' && other?.kind === 'shared' && own.shared.zone === other.shared.zone) return;
  throw new CommandError(
    `${source.name} and ${target.name} share no zone: nothing leads visitors from one to the other\n  fix   docs/domains.md, "Shared zones"`,
  );
}

function servedByEdit(from: Target, to: Target): Edit {
  return { environment: from.name, path: ['domain', 'zone', 'servedBy'], wanted: `servedBy: '${to.name}'` };
}

/** All names of the environment that moves. */
function isServedBy({ environment: { domain } }: Target, name: string): boolean {
  if (domain?.kind !== 'shared') return false;
  return domain.names.every((host) => servingEnvironment(domain.shared.servedBy, host) === name);
}

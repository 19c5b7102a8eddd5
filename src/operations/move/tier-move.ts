/** A move from tier to tier inside an environment: the data stays where it is, and traffic moves. */
import { CommandError } from '../../cli/errors';
import type { Target } from '../target';
import type { Journal } from './journal';
import { carriedFiles, stayingFiles, type FilesSide } from './moved-files';
import { editStep, waitForEdits, type Edit } from './parts/edits';
import { fileSteps, lastFileSteps, writtenFiles } from './parts/files';
import { watch, type Watched } from './parts/health';
import { stacksOf, type StackChanger } from './stacks';
import { done, inOrder, type Outcome, type Step } from './steps';

export interface TierMove {
  readonly target: Target;
  readonly stacks: StackChanger;
  readonly stackNames: readonly string[];
  readonly choices: Pick<Journal['choices'], 'leave'>;
  readonly watched: Pick<Watched, 'minutes' | 'ask' | 'everySeconds'>;
  /** Of the move. */
  readonly id: string;
  /** The tier that served when the move began. */
  readonly from: string;
  /** The tier that it leads to. */
  readonly to: string;
}

export function tierSteps(move: TierMove): readonly Step[] {
  const { target, stacks, from, to, watched } = move;
  const { environment, name } = target;
  const edit = (path: readonly string[], wanted: string): Edit => ({ environment: name, path, wanted });
  const all = { stacks: stacksOf(environment, move.stackNames), isProtected: environment.protect };
  const traffic = { ...all, stacks: all.stacks.filter((stack) => stack.endsWith('-edge')).concat(namesOf(target)) };
  const isExchanged = environment.tier.kind === to;
  const percent = environment.edge.nextTierPercent;
  const files = hasFilesOfItsOwn(move) ? carriedFiles(...sidesOf(move), move.choices.leave, move.id) : [];
  const all100 = edit(['edge', 'nextTierPercent'], 'nextTierPercent: 100');
  const steps: readonly Step[] = [
    {
      id: 'check/data',
      phase: 'check',
      text: `looks whether all data is where both ${from} and ${to} reach it`,
      run: () => {
        refuseDataOnTheHost(target, from);
        return Promise.resolve(done(staying(move)));
      },
    },
    {
      id: 'build/stacks',
      phase: 'build',
      text: `deploys ${to} next to ${from}, without traffic`,
      run: async (tools) => {
        const ready = await waitForEdits(
          `${to} is not there yet, and must get no traffic before it is watched. Write this, and run npm run synth:`,
          [edit(['edge', 'nextTierPercent'], 'nextTierPercent: 0')],
          () => isExchanged || percent === 0,
        );
        return ready.kind === 'done' ? stacks.apply(all, tools) : ready;
      },
    },
    ...fileSteps(files),
    ...(files.length === 0
      ? []
      : [
          editStep(
            {
              id: 'verify/description',
              phase: 'verify',
              why: 'files are on one side only, so all traffic moves at once: write this and run npm run synth; do not deploy it:',
            },
            [all100],
            () => isExchanged || percent === 100,
          ),
        ]),
    {
      id: 'switch/traffic',
      phase: 'switch',
      text: `leads traffic to ${to}, share by share, as nextTierPercent says`,
      run: async (tools): Promise<Outcome> => {
        if (isExchanged) return done();
        if (files.length > 0 && percent < 100)
          return waitForEdits('files are on one side only, so all traffic moves at once:', [all100], () => false);
        if (percent > 0) {
          await stacks.apply(traffic, tools);
          const health = await watch({ target, ...watched }, tools);
          if (health.kind === 'failed') return health;
        }
        const why =
          percent === 0
            ? `${to} is there, and has no traffic. Give it a share, and run npm run synth:`
            : `${percent} % of the traffic is on ${to}. Raise it, and run npm run synth:`;
        return waitForEdits(
          why,
          [edit(['edge', 'nextTierPercent'], `nextTierPercent: ${nextShare(percent)}`)],
          () => percent === 100,
        );
      },
      undo: async (tools) => {
        if (isExchanged)
          throw new CommandError(
            `${to} is the tier of ${name} in its description already\n  fix   a move to ${from}: nextTier: '${from}' is the way back, with npm run move once it is finished`,
          );
        const ready = await waitForEdits(
          'lead the traffic back, and run npm run synth:',
          [edit(['edge', 'nextTierPercent'], 'nextTierPercent: 0')],
          () => percent === 0,
        );
        if (ready.kind !== 'done') return ready;
        const written = await writtenFiles(files, tools);
        if (written.length > 0 && !tools.discardWrites)
          return {
            kind: 'failed',
            stays: true,
            why: `${to} has been written to since the switch:\n${written.map((line) => `  ${line}`).join('\n')}\n  fix   stay: set nextTierPercent to 100 again, and finish; or give it up with --back --discard-writes`,
          };
        return stacks.apply(traffic, tools);
      },
    },
    {
      id: 'watch/health',
      phase: 'watch',
      text: `watches ${name} for ${watched.minutes} minutes`,
      run: (tools) => watch({ target, ...watched }, tools),
    },
    ...lastFileSteps(files),
    editStep(
      {
        id: 'finish/description',
        phase: 'finish',
        why: `exchange the tiers, run npm run lock and npm run synth; no record changes:`,
      },
      [
        edit(['tier'], `tier: '${to}'`),
        edit(['nextTier'], `nextTier: '${from}'`),
        edit(['edge', 'nextTierPercent'], 'nextTierPercent: 0'),
      ],
      () => isExchanged && percent === 0,
    ),
    {
      id: 'finish/traffic',
      phase: 'finish',
      text: `deploys the records as the tier of ${to}: none changes its target`,
      run: (tools) => stacks.apply(traffic, tools),
    },
    {
      id: 'finish/old',
      phase: 'finish',
      text: `says how ${from} is destroyed, and changes nothing`,
      run: () =>
        Promise.resolve(
          done([
            `${from} is still there. Destroy it while nextTier names it: npx cdktf destroy ${name}-compute-${from} --ignore-missing-stack-dependencies`,
            `then remove nextTier, and deploy ${name}-edge`,
          ]),
        ),
    },
  ];
  return inOrder(steps);
}

/** Five in a hundred first, then half, then all. */
function nextShare(percent: number): number {
  if (percent < 5) return 5;
  return percent < 50 ? 50 : 100;
}

function namesOf({ environment: { domain } }: Target): readonly string[] {
  return domain?.kind === 'shared' ? [domain.stacks.names] : [];
}

/** Only a box has data on its host. */
function refuseDataOnTheHost({ environment: { data }, name }: Target, from: string): void {
  if (from !== 'box') return;
  const there = [
    ...(data.database?.placement === 'host' ? ['the database'] : []),
    ...(data.cache?.placement === 'host' ? ['the cache'] : []),
  ];
  if (there.length > 0)
    throw new CommandError(
      `${there.join(' and ')} of ${name} ${there.length > 1 ? 'are' : 'is'} on the host, which the next tier does not reach\n  fix   placement: 'managed' first, and npm run move -- ${name}`,
    );
}

/** Files of a host are on its volume, those of all other tiers in one file system. */
function hasFilesOfItsOwn({ from, to }: Pick<TierMove, 'from' | 'to'>): boolean {
  return from === 'box' || to === 'box';
}

function sidesOf({ target, from, to }: TierMove): readonly [FilesSide, FilesSide] {
  return [
    { target, tier: from, name: from },
    { target, tier: to, name: to },
  ];
}

function staying(move: TierMove): readonly string[] {
  const files = hasFilesOfItsOwn(move) ? stayingFiles(...sidesOf(move), move.choices.leave) : [];
  const unsaid = files.filter(({ thing }) => !move.choices.leave.includes(thing));
  if (unsaid.length > 0)
    throw new CommandError(
      unsaid.map(({ thing, why }) => `${thing}: ${why}\n  fix   --leave ${thing}, once it may stay behind`).join('\n'),
    );
  return [
    ...files.map(({ thing, why }) => `stays   ${thing}: ${why}`),
    'stays   database, cache, buckets, queues and secrets: both tiers use the same',
  ];
}

/** Hours of simulated queues against the policies that a worker really gets. */
import fc from 'fast-check';
import { parseEnvironment } from '../../../src/config';
import { example } from '../../support/example';
import { simulate, type Interruption, type Message, type Outcome } from '../../support/backlog-simulation';
import { randomNumbers } from '../../support/random-numbers';
import { synthEnvironment, type RootModule } from '../../support/synth';

const HOUR = 3600;
const MINUTE = 60;

const MAXIMUM = 8;

/** The minutes that metrics need: what was received within them, nothing but the task itself knows. */
const UNSEEN_SECONDS = 5 * MINUTE;

function workerModule(scaling: object = {}, min = 0): RootModule {
  const worker = { image: 'api', vcpu: 0.25, memoryMib: 512, replicas: { min, max: MAXIMUM } };
  const environment = parseEnvironment(
    example({
      queues: { runs: { visibilityTimeoutSeconds: 4000 } },
      services: {},
      workers: { runs: { ...worker, scaling: { queue: 'runs', ...scaling } } },
    }),
  );
  return synthEnvironment(environment)['shop-test-compute-fargate'] as RootModule;
}

const synthesised = workerModule();

/** The count is set to what the backlog asks for, and a late sample counts as no task. */
function withExactCapacity(original: RootModule): RootModule {
  return replaced(original, [
    ['"ChangeInCapacity"', '"ExactCapacity"'],
    ['IF(wanted > running_now, wanted - running_now, 0)', 'IF(wanted > FILL(running, 0), wanted, 0)'],
  ]);
}

function replaced(original: RootModule, changes: readonly (readonly [string, string])[]): RootModule {
  const text = changes.reduce((json, [from, to]) => {
    expect(json).toContain(from);
    return json.replaceAll(from, to);
  }, JSON.stringify(original));
  return JSON.parse(text) as RootModule;
}

/** Seconds to an hour, most of them short. */
const work = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 5, max: 120 }) },
  { weight: 2, arbitrary: fc.integer({ min: 120, max: HOUR }) },
);

interface Description {
  readonly messages: readonly Message[];
  readonly seed: number;
  readonly lateMinutes: number;
  readonly lost: number;
  readonly startSeconds: number;
}

/** Bursts over ten hours, of messages that together keep the tasks busy for a while or do not. */
const description: fc.Arbitrary<Description> = fc.record({
  messages: fc
    .array(fc.record({ at: fc.integer({ min: 0, max: 10 * HOUR }), works: fc.array(work, { minLength: 1, maxLength: 10 }) }), {
      minLength: 1,
      maxLength: 8,
      size: 'max',
    })
    .map((bursts) => bursts.flatMap(({ at, works }) => works.map((seconds, index) => ({ at: at + index, work: seconds })))),
  seed: fc.integer(),
  lateMinutes: fc.integer({ min: 0, max: 3 }),
  lost: fc.double({ min: 0, max: 0.3, noNaN: true }),
  startSeconds: fc.integer({ min: 10, max: 240 }),
});

function run(policies: RootModule, { seed, ...rest }: Description, protects: boolean): Outcome {
  return simulate(policies, { ...rest, random: randomNumbers(seed), protects, idleSeconds: HOUR });
}

const RUNS = { numRuns: 30, seed: 11 };

/** What is stopped in a fixed set of traces, without protection and after the minutes that metrics need. */
function stoppedMidWork(policies: RootModule): readonly Interruption[] {
  return fc
    .sample(description, { numRuns: 15, seed: 4 })
    .flatMap((one) => run(policies, one, false).interrupted)
    .filter(isMidWork);
}

const isMidWork = ({ workedFor }: Interruption) => workedFor > UNSEEN_SECONDS;

describe('a worker that scales on a queue, over hours of late and lost samples', () => {
  it('is never stopped while it is busy, when it protects itself, and works off the backlog', () => {
    fc.assert(
      fc.property(description, (one) => {
        const { interrupted, completed, peak, tasksAtTheEnd } = run(synthesised, one, true);
        expect(interrupted).toEqual([]);
        expect(completed).toBe(one.messages.length);
        expect(peak).toBeLessThanOrEqual(MAXIMUM);
        expect(tasksAtTheEnd).toBe(0);
      }),
      RUNS,
    );
  });

  it('is not stopped in the middle of its work without protection either, only in the minutes that metrics need', () => {
    fc.assert(
      fc.property(description, (one) => {
        const { interrupted, completed } = run(synthesised, one, false);
        expect(interrupted.filter(isMidWork)).toEqual([]);
        expect(completed).toBe(one.messages.length);
      }),
      RUNS,
    );
  });

  it('is never stopped while some message is always in flight, without protection', () => {
    fc.assert(
      fc.property(description, fc.integer({ min: 30, max: 150 }), (one, gap) => {
        const messages = Array.from({ length: 100 }, (_, index) => ({ at: index * gap, work: gap + 60 + (index % 7) * 60 }));
        const { interrupted, completed } = run(synthesised, { ...one, messages }, false);
        expect([interrupted, completed]).toEqual([[], 100]);
      }),
      { ...RUNS, numRuns: 30 },
    );
  });

  it('keeps its minimum', () => {
    const withMinimum = workerModule({}, 1);
    fc.assert(
      fc.property(description, (one) => {
        const { interrupted, completed, tasksAtTheEnd } = run(withMinimum, one, true);
        expect([interrupted, completed, tasksAtTheEnd]).toEqual([[], one.messages.length, 1]);
      }),
      { ...RUNS, numRuns: 10 },
    );
  });

  describe('orders the tasks of one burst', () => {
    const messages = Array.from({ length: 3 }, (_, index) => ({ at: 600 + index, work: HOUR }));
    const burst = { messages, lost: 0, lateMinutes: 1, startSeconds: 60 };

    it('once, when they start and are counted within the cool-down', () => {
      fc.assert(
        fc.property(fc.integer(), (seed) => expect(run(synthesised, { ...burst, seed }, true).peak).toBe(3)),
        { numRuns: 40, seed: 7 },
      );
    });

    it('again, when the cool-down is shorter than that, and never beyond the maximum', () => {
      const hasty = workerModule({ scaleOutCooldownSeconds: 0 });
      const peaks = Array.from({ length: 20 }, (_, seed) => run(hasty, { ...burst, seed }, true).peak);
      expect(Math.max(...peaks)).toBeGreaterThan(3);
      expect(Math.max(...peaks)).toBeLessThanOrEqual(MAXIMUM);
    });
  });
});

describe('the simulation notices', () => {
  it('a count that is set to the backlog: it stops busy tasks', () => {
    expect(stoppedMidWork(synthesised)).toEqual([]);
    expect(stoppedMidWork(withExactCapacity(synthesised)).length).toBeGreaterThan(0);
  });

  it('late samples that count as zero: they hide a busy task', () => {
    const messages = [{ at: 600, work: HOUR }];
    const stopped = (policies: RootModule) =>
      Array.from({ length: 150 }, (_, seed) =>
        run(policies, { messages, seed, lateMinutes: 3, lost: 0.3, startSeconds: 60 }, false),
      ).flatMap(({ interrupted }) => interrupted);
    expect(stopped(synthesised)).toEqual([]);
    expect(stopped(replaced(synthesised, [['FILL(inflight, REPEAT)', 'FILL(inflight, 0)']])).length).toBeGreaterThan(0);
  });

  it('a metric that SQS reports only sometimes: no task ever starts', () => {
    const unfilled = replaced(synthesised, [['FILL(visible, 0) + inflight_now', 'visible + inflight']]);
    const messages = [{ at: 600, work: MINUTE }];
    const { completed } = run(unfilled, { messages, seed: 1, lateMinutes: 0, lost: 0, startSeconds: 60 }, true);
    expect(completed).toBe(0);
  });

  it('zone rebalancing: it stops busy tasks', () => {
    const rebalanced = replaced(synthesised, [
      ['"availability_zone_rebalancing":"DISABLED"', '"availability_zone_rebalancing":"ENABLED"'],
    ]);
    expect(stoppedMidWork(rebalanced).length).toBeGreaterThan(0);
  });
});

/** Sleep and waking end in what was wanted last, in the right order, whatever happens in between. */
import fc from 'fast-check';
import { AGAIN, sleepWorkflow, wakeWorkflow } from '../../../src/modules/sleep/workflow';
import { RESOURCES, SleepingAws } from '../../support/sleeping-aws';
import { allStates, transitions } from '../../support/state-machine';

const props = { environment: 'shop-test', parameterName: '/shop/test/sleep', resources: RESOURCES };
const [sleep, wake] = [sleepWorkflow(props), wakeWorkflow(props)];

const DAY = 24 * 3600;

const asleep = (aws: SleepingAws) => {
  expect(aws.databaseStatus).toBe('stopped');
  expect([aws.services.api.desired, aws.services.worker.desired]).toEqual([0, 0]);
  expect([aws.services.api.suspended, aws.services.worker.suspended]).toEqual([true, true]);
  expect(aws.nodes).toEqual({ min: 0, desired: 0, launches: false });
  expect(aws.hosts).toEqual({ min: 0, desired: 0 });
  expect(aws.hostRuns).toBe(false);
  expect([aws.muted.size, aws.disabled.size]).toEqual([2, 1]);
};

const awake = (aws: SleepingAws) => {
  expect(aws.databaseStatus).toBe('available');
  expect(aws.services.api.desired).toBeGreaterThanOrEqual(2);
  expect([aws.services.api.suspended, aws.services.worker.suspended]).toEqual([false, false]);
  expect(aws.nodes).toMatchObject({ min: 2, launches: true });
  expect(aws.nodes.desired).toBeGreaterThanOrEqual(2);
  expect(aws.hosts).toEqual({ min: 2, desired: 2 });
  expect(aws.hostRuns).toBe(true);
  expect([aws.muted.size, aws.disabled.size]).toEqual([0, 0]);
};

describe('going to sleep', () => {
  it('stops everything, and the database only when no task is left', async () => {
    const aws = new SleepingAws();
    aws.start(sleep);
    await aws.runUntil(DAY);
    asleep(aws);
    expect(aws.violations).toEqual([]);
    expect(aws.ended).toMatchObject([{ status: 'SUCCEEDED', state: 'Done' }]);
  });

  it('stops the database even under a task that does not end within ten minutes', async () => {
    const aws = new SleepingAws();
    aws.services.api.running = () => 1;
    aws.start(sleep);
    await aws.runUntil(DAY);
    expect(aws.violations).toEqual(['the database stops under running tasks']);
    expect(aws.databaseStatus).toBe('stopped');
  });

  it('is repeated when AWS starts the database after seven days, and only while nothing else is wanted', async () => {
    const aws = new SleepingAws();
    aws.start(sleep);
    await aws.runUntil(DAY);
    aws.startDatabaseAfterSevenDays();
    aws.start(sleep, AGAIN);
    await aws.runUntil(2 * DAY);
    asleep(aws);
    aws.start(wake);
    await aws.runUntil(3 * DAY);
    aws.start(sleep, AGAIN);
    await aws.runUntil(4 * DAY);
    awake(aws);
  });
});

describe('waking', () => {
  it('starts the database first, then the rest, and lets alarms notify ten minutes later', async () => {
    const aws = new SleepingAws();
    aws.start(sleep);
    await aws.runUntil(DAY);
    aws.start(wake);
    await aws.runUntil(DAY + 1000);
    expect(aws.services.api.desired).toBe(2);
    expect(aws.muted.size).toBe(2);
    await aws.runUntil(2 * DAY);
    awake(aws);
    expect(aws.violations).toEqual([]);
  });

  it('takes no task or node from an environment that is awake and has scaled out', async () => {
    const aws = new SleepingAws();
    aws.services.api.set(7, 0);
    aws.nodes.desired = 5;
    aws.start(wake);
    await aws.runUntil(DAY);
    expect(aws.services.api.desired).toBe(7);
    expect(aws.nodes.desired).toBe(5);
  });

  it('fails when the database does not start, and lets alarms notify of that', async () => {
    const aws = new SleepingAws();
    aws.start(sleep);
    await aws.runUntil(DAY);
    Object.defineProperty(aws, 'databaseStatus', { get: () => 'incompatible-network' });
    aws.start(wake);
    await aws.runUntil(2 * DAY);
    expect(aws.ended.at(-1)).toMatchObject({ status: 'FAILED', cause: 'the database is incompatible-network' });
    expect(aws.services.api.desired).toBe(0);
    expect([aws.muted.size, aws.disabled.size]).toEqual([0, 0]);
  });

  it('repeats a step whose call was refused, and fails after ten refusals', async () => {
    const aws = new SleepingAws();
    aws.start(sleep);
    await aws.runUntil(DAY);
    for (const call of [3, 9, 12]) aws.refused.add(aws.calls + call);
    aws.start(wake);
    await aws.runUntil(2 * DAY);
    awake(aws);
    for (let call = 1; call < 100; call += 1) aws.refused.add(aws.calls + 1 + call);
    aws.start(sleep);
    await aws.runUntil(3 * DAY);
    expect(aws.ended.at(-1)).toMatchObject({ status: 'FAILED', cause: expect.stringContaining('refused') });
  });

  it('overtakes a sleep that still waits for its tasks', async () => {
    const aws = new SleepingAws();
    aws.start(sleep);
    await aws.runUntil(10);
    aws.start(wake);
    await aws.runUntil(DAY);
    awake(aws);
    expect(aws.ended.map(({ state }) => state).sort()).toEqual(['Done', 'Superseded']);
  });
});

it('whatever is started when, repeated, or refused half-way: the last execution decides, and the order holds', async () => {
  const started = fc.record({
    workflow: fc.constantFrom('sleep' as const, 'wake' as const),
    after: fc.integer({ min: 0, max: 3 * 3600 }),
    refused: fc.array(fc.integer({ min: 1, max: 80 }), { maxLength: 30 }),
    sevenDays: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(started, { minLength: 1, maxLength: 5 }), fc.constantFrom('sleep', 'wake'), async (all, last) => {
      const aws = new SleepingAws();
      let time = 0;
      for (const { workflow, after, refused, sevenDays } of all) {
        aws.refused.clear();
        for (const call of refused) aws.refused.add(aws.calls + call);
        if (sevenDays) aws.startDatabaseAfterSevenDays();
        aws.start(workflow === 'sleep' ? sleep : wake);
        time += after;
        await aws.runUntil(time);
      }
      aws.refused.clear();
      aws.start(last === 'sleep' ? sleep : wake);
      await aws.runUntil(time + DAY);
      (last === 'sleep' ? asleep : awake)(aws);
      expect(aws.violations).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

describe('both workflows', () => {
  it.each([
    ['sleep', sleep],
    ['wake', wake],
    [
      'sleep, without anything that notifies',
      sleepWorkflow({ ...props, resources: { ...RESOURCES, alarmNames: [], healthCheckIds: [] } }),
    ],
    [
      'wake, without anything that notifies',
      wakeWorkflow({ ...props, resources: { ...RESOURCES, alarmNames: [], healthCheckIds: [] } }),
    ],
  ])('%s has states that exist and are reached, under different names of at most 80 characters', (_, workflow) => {
    for (const { led, existing } of transitions(workflow)) expect(led).toEqual(existing);
    const names = allStates(workflow).map(([name]) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name.length).toBeLessThanOrEqual(80);
  });

  it('calls AWS for no more alarms at once than CloudWatch takes', () => {
    const alarmNames = Array.from({ length: 150 }, (_, index) => `alarm-${index}`);
    const many = sleepWorkflow({ ...props, resources: { ...RESOURCES, alarmNames } }) as any;
    expect(many.States.MuteAlarms.Items.map((batch: string[]) => batch.length)).toEqual([100, 50]);
  });
});

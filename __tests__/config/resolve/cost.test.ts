/** Usage: what the environment states, and what is assumed from it. */
import { parseEnvironment, type EnvironmentInput } from '../../../src/config';
import { example } from '../../support/example';

const costOf = (changes: Partial<EnvironmentInput> = {}) => parseEnvironment(example(changes)).cost;

it('is assumed from the environment where it states none, each with the reason', () => {
  const { usage } = costOf({
    buckets: { uploads: {}, archive: { transitions: [{ afterDays: 30, storageClass: 'GLACIER' }] } },
    queues: { work: {} },
  });
  expect(usage).toMatchObject({
    requestsPerMonth: { value: 1_000_000, assumption: expect.stringContaining('each task of a service with routes') },
    transferOutGb: { value: 20, assumption: '20 kB for each request' },
    natGb: { value: 5 },
    storedGb: { value: 20 },
    archivedGb: { value: 10 },
    imagesGb: { value: 1 },
    logsGb: { value: 1 },
    messagesPerMonth: { value: 100_000 },
    filesGb: { value: 0 },
    averageTasks: {},
  });
});

it('follows other usage that is stated', () => {
  expect(costOf({ usage: { requestsPerMonth: 5_000_000 } }).usage.transferOutGb).toEqual({
    value: 100,
    assumption: '20 kB for each request',
  });
});

it('is what the environment states, also when that is nothing, and then no assumption', () => {
  expect(costOf({ usage: { natGb: 0, transferOutGb: 300 } }).usage).toMatchObject({
    natGb: { value: 0 },
    transferOutGb: { value: 300 },
  });
  expect(costOf({ usage: { natGb: 0 } }).usage.natGb).not.toHaveProperty('assumption');
});

it('changes with the number of tasks, not with the tier', () => {
  const services = example().services!;
  expect(costOf({ services: { api: { ...services.api!, replicas: { min: 2, max: 4 } } } }).usage.requestsPerMonth.value).toBe(
    2_000_000,
  );
});

describe('the limit', () => {
  const observability = { notifications: { emails: ['ops@shop.example'] }, budget: { monthlyUsd: 90 } };

  it('is the budget, with what is acknowledged', () => {
    const acknowledge = { 'budget-exceeded': { 'observability.budget.monthlyUsd': 'until the launch is over' } };
    expect(costOf({ observability, acknowledge }).limit).toEqual({
      monthlyUsd: 90,
      acknowledged: ['budget-exceeded'],
    });
  });

  it('is none without a budget', () => expect(costOf().limit).toBeUndefined());
});

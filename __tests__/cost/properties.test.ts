/** What holds for any size and any usage. */
import fc from 'fast-check';
import { prices } from '../../src/cost/prices/table';
import { costOfResources, dollarsOf, type CaseOptions, type Resources } from './support';

const service = (min: number, max: number, size: { cpu: number; memory: number }): Resources => ({
  aws_ecs_task_definition: { 'service-api_task_definition': { cpu: String(size.cpu), memory: String(size.memory) } },
  aws_ecs_service: {
    'service-api_service': { desired_count: min, task_definition: '${aws_ecs_task_definition.service-api_task_definition.arn}' },
  },
  aws_appautoscaling_target: {
    target: { min_capacity: min, max_capacity: max, resource_id: '${aws_ecs_service.service-api_service.name}' },
  },
});
const expected = (resources: Resources, options?: CaseOptions): number => costOfResources(resources, options).total.expected;

const tasks = fc.integer({ min: 0, max: 50 });
const cpu = fc.constantFrom(256, 512, 1024, 2048, 4096);
const memory = fc.integer({ min: 1, max: 30 }).map((gigabytes) => gigabytes * 1024);

test('more tasks, and larger tasks, never cost less', () => {
  fc.assert(
    fc.property(tasks, tasks, tasks, cpu, memory, (min, more, extra, vcpu, memoryMib) => {
      const size = { cpu: vcpu, memory: memoryMib };
      const base = expected(service(min, min + more, size));
      expect(expected(service(min + extra, min + more + extra, size))).toBeGreaterThanOrEqual(base - 1e-9);
      expect(expected(service(min, min + more + extra, size))).toBeGreaterThanOrEqual(base - 1e-9);
      expect(expected(service(min, min + more, { ...size, memory: memoryMib + extra * 1024 }))).toBeGreaterThanOrEqual(
        base - 1e-9,
      );
    }),
  );
});

test('low is at most expected, which is at most high; fixed and usage make the total', () => {
  fc.assert(
    fc.property(tasks, tasks, cpu, memory, (min, more, vcpu, memoryMib) => {
      const { total, fixed, usage } = costOfResources(service(min, min + more, { cpu: vcpu, memory: memoryMib }));
      expect(total.low).toBeLessThanOrEqual(total.expected + 1e-9);
      expect(total.expected).toBeLessThanOrEqual(total.high + 1e-9);
      expect(fixed + usage.expected).toBeCloseTo(total.expected, 6);
    }),
  );
});

test('more of anything that is used never costs less', () => {
  const resources: Resources = {
    aws_lb: { public: { internal: false, subnets: ['a', 'b'] } },
    aws_nat_gateway: { a: {} },
    aws_s3_bucket: { uploads: {} },
    aws_efs_file_system: { files: { throughput_mode: 'elastic' } },
    aws_ecr_repository: { api: {} },
    aws_cloudwatch_log_group: { api: { retention_in_days: 30 } },
    aws_sqs_queue: { jobs: {} },
  };
  const names = [
    'requestsPerMonth',
    'transferOutGb',
    'natGb',
    'storedGb',
    'filesGb',
    'imagesGb',
    'logsGb',
    'messagesPerMonth',
  ] as const;
  const amount = fc.integer({ min: 0, max: 10_000_000 });
  fc.assert(
    fc.property(fc.constantFrom(...names), amount, amount, (name, value, more) => {
      const [one, other] = [value, value + more].map((usage) => expected(resources, { usage: { [name]: usage } }));
      expect(other).toBeGreaterThanOrEqual(one! - 1e-9);
    }),
  );
});

test('a longer retention and a larger disk never cost less', () => {
  const days = fc.integer({ min: 0, max: 35 });
  const size = fc.integer({ min: 20, max: 2000 });
  fc.assert(
    fc.property(days, days, size, size, (kept, longer, gigabytes, larger) => {
      const database = (retention: number, storage: number): Resources => ({
        aws_db_instance: {
          primary: {
            engine: 'postgres',
            instance_class: 'db.t3.micro',
            storage_type: 'gp3',
            allocated_storage: storage,
            backup_retention_period: retention,
          },
        },
      });
      const usage = { dailyChangePercent: 3 };
      const base = expected(database(kept, gigabytes), { usage });
      expect(expected(database(kept + longer, gigabytes), { usage })).toBeGreaterThanOrEqual(base - 1e-9);
      expect(expected(database(kept, gigabytes + larger), { usage })).toBeGreaterThanOrEqual(base - 1e-9);
    }),
  );
});

describe('sizes in the table', () => {
  const SIZES = ['nano', 'micro', 'small', 'medium', 'large'];
  const families = new Map<string, { readonly size: number; readonly usd: number }[]>();
  for (const { key, region, usd } of prices().all()) {
    const [, family, size, zones = ''] = /^(.*?)(nano|micro|small|medium|large)(\..*)?$/.exec(key) ?? [];
    if (family === undefined || size === undefined) continue;
    const name = `${family}${zones} in ${region}`;
    families.set(name, [...(families.get(name) ?? []), { size: SIZES.indexOf(size), usd }]);
  }

  it.each([...families].filter(([, members]) => members.length > 1))('grow in price: %s', (_, members) => {
    const sorted = [...members].sort((one, other) => one.size - other.size).map(({ usd }) => usd);
    expect(sorted).toEqual([...sorted].sort((one, other) => one - other));
  });

  it('cost more in two zones than in one', () => {
    const all = prices().all();
    for (const { key, region, usd } of all.filter((price) => price.key.endsWith('.multi-az'))) {
      const single = all.find((price) => price.key === key.replace('multi-az', 'single-az') && price.region === region);
      expect(single?.usd).toBeLessThan(usd);
    }
  });
});

describe('what is always free', () => {
  const alarms = (count: number): Resources => ({
    aws_cloudwatch_metric_alarm: Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`a${index}`, { namespace: 'AWS/RDS', metric_name: `m${index}`, period: 300 }]),
    ),
  });

  it('is taken off only when asked for', () => {
    expect(expected(alarms(12))).toBeCloseTo(1.2);
    expect(expected(alarms(12), { freeTier: true })).toBeCloseTo(0.2);
    expect(expected(alarms(9), { freeTier: true })).toBe(0);
  });

  it('never makes a cost negative, nor larger', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), (transferOutGb) => {
        const resources = { aws_instance: { box: { instance_type: 't3.micro' } } };
        const full = dollarsOf(costOfResources(resources, { usage: { transferOutGb } }), 'data-transfer/');
        const less = dollarsOf(costOfResources(resources, { usage: { transferOutGb }, freeTier: true }), 'data-transfer/');
        expect(less).toBeCloseTo(Math.max(0, transferOutGb - 100) * 0.09);
        expect(less).toBeLessThanOrEqual(full);
      }),
    );
  });
});

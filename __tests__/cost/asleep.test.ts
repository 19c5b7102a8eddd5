/** What an environment saves while it sleeps, calculated by hand with prices of us-east-1. */
import { parseEnvironment } from '../../src/config';
import { costOf } from '../../src/cost/calculate';
import { inputOf } from '../../src/cost/input';
import { reportOf } from '../../src/cost/report/json';
import { textReport } from '../../src/cost/report/text';
import { example } from '../support/example';
import { usageOf, type Resources } from './support';

/** Nights and weekends: awake for 65 of the 168 hours of a week. */
const SHARE = 103 / 168;

const RESOURCES: Resources = {
  aws_ecs_task_definition: { 'service-api_task_definition': { cpu: '512', memory: '1024' } },
  aws_ecs_service: {
    'service-api_service': { desired_count: 1, task_definition: '${aws_ecs_task_definition.service-api_task_definition.arn}' },
  },
  aws_db_instance: {
    primary: {
      engine: 'postgres',
      instance_class: 'db.t4g.micro',
      storage_type: 'gp3',
      allocated_storage: 20,
      backup_retention_period: 0,
    },
  },
  aws_instance: { box: { instance_type: 't3.micro', root_block_device: { volume_size: 12 } } },
  aws_autoscaling_group: {
    nat_group: { min_size: 1, max_size: 1, launch_template: { id: '${aws_launch_template.hosts.id}' } },
    hosts: { min_size: 2, max_size: 2, launch_template: { id: '${aws_launch_template.hosts.id}' } },
  },
  aws_launch_template: { hosts: { instance_type: 't3.micro', block_device_mappings: [{ ebs: { volume_size: 12 } }] } },
  aws_elasticache_replication_group: { redis: { node_type: 'cache.t4g.micro', num_cache_clusters: 1, engine: 'redis' } },
};

const cost = (database: boolean, share = SHARE) =>
  costOf({
    name: 'shop-test',
    modules: { 'shop-test-stack': { provider: { aws: [{ region: 'us-east-1' }] }, resource: RESOURCES as never } },
    usage: usageOf(),
    asleep: { share, database },
  });

const saved = (database: boolean, type: string) =>
  cost(database)
    .lines.filter(({ kind, address }) => kind === 'Sleep' && address.startsWith(`${type}.`))
    .reduce((sum, { monthly }) => sum + monthly.expected, 0);

describe('asleep for 103 of 168 hours', () => {
  it.each([
    // 0.5 vCPU at $0.04048 and 1 GB at $0.004445, for 730 hours.
    ['the task', 'aws_ecs_service', (0.5 * 0.04048 + 0.004445) * 730],
    // $0.016 an hour; 20 GB of storage are charged on.
    ['the database', 'aws_db_instance', 0.016 * 730],
    // $0.0104 an hour; the disk of 12 GB is charged on.
    ['the host', 'aws_instance', 0.0104 * 730],
    // Two hosts, with their disks of 12 GB at $0.08, and not the NAT instance.
    ['the group of hosts', 'aws_autoscaling_group', 2 * (0.0104 * 730 + 12 * 0.08)],
    ['the cache, which AWS cannot stop', 'aws_elasticache_replication_group', 0],
  ])('%s', (_, type, monthly) => expect(saved(true, type)).toBeCloseTo(-monthly * SHARE, 6));

  it('is charged for a database that keeps running', () => expect(saved(false, 'aws_db_instance')).toBe(0));

  it('is a row of its own in the report, which says for how long', () => {
    const report = reportOf([{ cost: cost(true) }], false);
    expect(textReport(report)).toMatch(/Sleep +-\$[^]*not charged\n.*asleep for 448 of 730 hours/);
    expect(report.groups[0]?.lines.find(({ kind }) => kind === 'Sleep')?.what).toMatch(/asleep for 448 of 730 hours$/);
  });

  it('never makes a resource cheaper than nothing', () => {
    for (const { address } of cost(true, 1).lines) {
      const all = cost(true, 1).lines.filter((line) => line.address === address);
      expect(all.reduce((sum, { monthly }) => sum + monthly.expected, 0)).toBeGreaterThanOrEqual(-1e-9);
    }
  });
});

it('takes the hours from the description, and nothing where there is no sleep', () => {
  const asleep = (changes: Parameters<typeof example>[0]) => {
    const environment = parseEnvironment(example(changes));
    return inputOf({ name: 'shop-test', modules: {}, environment }).asleep;
  };
  expect(asleep({})).toBeUndefined();
  const sleep = { from: '0 20 * * 1-5', until: '0 7 * * 1-5', database: 'running' } as const;
  expect(asleep({ sleep })).toEqual({ share: expect.closeTo(SHARE, 10), database: false });
});

/** Databases and caches, with their storage and backups. */
import { isTrue, numberOf, textOf } from '../stacks';
import { HOURS, hourly, monthly, used, type Charge, type Formula, type FormulaContext } from '../charge';
import type { Block } from '../../terraform/root-module';
import { HALF_FULL } from './compute';

const primaryOf = (block: Block, { stacks, resource }: FormulaContext): Block | undefined =>
  stacks.referred(block.replicate_source_db, 'aws_db_instance', resource.stack)?.block;

/** RDS for PostgreSQL. A replica has as much storage as its primary. */
const database: Formula = (block, context) => {
  const { usage, stacks, region, resource } = context;
  const zones = isTrue(block.multi_az) ? 'multi-az' : 'single-az';
  const [instanceClass, storageType] = [textOf(block.instance_class), textOf(block.storage_type, 'gp2')];
  const primary = primaryOf(block, context);
  const gigabytes = numberOf(block.allocated_storage ?? primary?.allocated_storage) ?? 0;
  const change = usage.dailyChangePercent.value;
  const engine = textOf(block.engine ?? primary?.engine, 'postgres');
  const charges: Charge[] = [
    hourly('Database', `${instanceClass}, ${zones}`, `rds-${engine}/${instanceClass}.${zones}`),
    monthly(
      'Database',
      `${gigabytes} GB ${storageType}, ${zones}`,
      `rds-${engine}/storage.${storageType}.${zones}`,
      'GB-month',
      gigabytes,
    ),
  ];
  if (numberOf(block.iops) !== undefined)
    charges.push(monthly('Database', 'IOPS', `rds-${engine}/${storageType}.iops`, 'IOPS-month', numberOf(block.iops)));
  if (isTrue(block.manage_master_user_password))
    charges.push(monthly('Secrets and keys', 'the secret of the master user', 'secrets-manager/secret', 'secret-month'));
  charges.push(...backups(block, gigabytes, change, engine));
  const primaryRegion = primary === undefined ? region : stacks.regionOf({ ...resource, block: primary });
  if (primaryRegion !== region)
    charges.push(
      ...used({
        kind: 'Database',
        what: `replication from ${primaryRegion}`,
        price: 'data-transfer/out.other-region',
        unit: 'GB',
        region: primaryRegion,
        quantity: gigabytes * (change / 100) * 30,
        assumption: `${change} % of the storage changes in a day`,
      }),
    );
  return charges;
};

/** Backups up to the size of the storage are free. */
function backups(block: Block, gigabytes: number, change: number, engine: string): readonly Charge[] {
  const days = numberOf(block.backup_retention_period) ?? 0;
  if (days === 0) return [];
  return used({
    kind: 'Database',
    what: `backups of ${days} days beyond the size of the storage`,
    price: `rds-${engine}/backup-storage.above-allocated`,
    unit: 'GB-month',
    quantity: Math.max(0, gigabytes * (HALF_FULL + (change / 100) * days) - gigabytes),
    assumption: `the storage is half full, and ${change} % of it changes in a day`,
  });
}

/** Memory of a node. Source: ElastiCache user guide, supported node types. */
const NODE_MEMORY_GB: Readonly<Record<string, number>> = {
  'cache.t3.micro': 0.5,
  'cache.t3.small': 1.37,
  'cache.t3.medium': 3.09,
  'cache.t4g.micro': 0.5,
  'cache.t4g.small': 1.37,
  'cache.t4g.medium': 3.09,
};

const ENGINES: Readonly<Record<string, string>> = { redis: 'redis-oss', valkey: 'valkey' };

const cache: Formula = (block) => {
  const type = textOf(block.node_type);
  const groups = numberOf(block.num_node_groups) ?? 1;
  const nodes = numberOf(block.num_cache_clusters) ?? groups * (1 + (numberOf(block.replicas_per_node_group) ?? 0));
  const engine = ENGINES[textOf(block.engine, 'redis')] ?? textOf(block.engine);
  const snapshots = numberOf(block.snapshot_retention_limit) ?? 0;
  return [
    { ...hourly('Cache', `${nodes} × ${type}`, `elasticache/${engine}.${type}`, nodes, 'node-hour'), quantity: HOURS * nodes },
    ...used({
      kind: 'Cache',
      what: `${Math.max(0, snapshots - 1)} snapshots beyond the free one`,
      price: 'elasticache/backup-storage',
      unit: 'GB-month',
      quantity: Math.max(0, snapshots - 1) * (NODE_MEMORY_GB[type] ?? 1) * HALF_FULL * groups,
      assumption: 'the memory is half full',
    }),
  ];
};

/** The lock table of a state store, and any other table on demand. */
const table: Formula = (block) =>
  block.billing_mode === 'PAY_PER_REQUEST'
    ? [
        ...used({ ...REQUESTS, what: 'writes', price: 'dynamodb/on-demand.write', unit: 'million WRU', quantity: 0.001 }),
        ...used({ ...REQUESTS, what: 'reads', price: 'dynamodb/on-demand.read', unit: 'million RRU', quantity: 0.001 }),
      ]
    : [
        hourly('Database', 'write capacity', 'dynamodb/provisioned.wcu', numberOf(block.write_capacity) ?? 0, 'WCU-hour'),
        hourly('Database', 'read capacity', 'dynamodb/provisioned.rcu', numberOf(block.read_capacity) ?? 0, 'RCU-hour'),
      ];

const REQUESTS = { kind: 'Database', assumption: '1,000 locks a month, which take less than a megabyte' } as const;

export const DATA: Readonly<Record<string, Formula>> = {
  aws_db_instance: database,
  aws_elasticache_replication_group: cache,
  aws_dynamodb_table: table,
};

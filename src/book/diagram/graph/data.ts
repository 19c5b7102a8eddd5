/** Databases, caches, file systems, buckets and queues. */
import type { Place } from '../types';
import { keyOf, textOf, type Estate, type Found } from './estate';
import { count, facts, type Graph } from './graph';
import { addRegion, whereIn } from './network';

const ENGINES: Readonly<Record<string, string>> = { postgres: 'PostgreSQL', redis: 'Redis', valkey: 'Valkey', mysql: 'MySQL' };

export function addData(graph: Graph, estate: Estate): void {
  for (const found of estate.all('aws_db_instance')) addDatabase(graph, estate, found);
  for (const found of estate.all('aws_db_instance')) addReplication(graph, estate, found);
  for (const found of estate.all('aws_elasticache_replication_group')) addCache(graph, estate, found);
  for (const found of estate.all('aws_efs_file_system')) addFileSystem(graph, estate, found);
  for (const found of estate.all('aws_s3_bucket')) addBucket(graph, estate, found);
  for (const found of estate.all('aws_sqs_queue')) addQueue(graph, found);
  for (const found of estate.all('aws_sqs_queue')) addDeadLetters(graph, estate, found);
}

function addDatabase(graph: Graph, estate: Estate, { place, name, block, region }: Found): void {
  const replica = block.replicate_source_db !== undefined;
  const engine = `${ENGINES[textOf(block.engine)] ?? textOf(block.engine)} ${textOf(block.engine_version)}`.trim();
  const kept = Number(block.backup_retention_period ?? 0);
  const multiZone = block.multi_az === true;
  const { group } = whereIn(graph, estate, subnetsOf(estate, place, block.db_subnet_group_name, 'aws_db_subnet_group'));
  const size = block.allocated_storage === undefined ? [] : [`${textOf(block.allocated_storage)} GB`];
  graph.addNode({
    id: keyOf(place),
    kind: 'database',
    group: group ?? addRegion(graph, region),
    title: replica ? `Replica ${afterLast(name, 'replica-').replace(/_instance$/, '')}` : engine || 'Database',
    lines: [
      ['RDS', textOf(block.instance_class)].join(' · '),
      [...size, multiZone ? 'Multi-AZ' : 'one zone'].join(' · '),
      ...(replica ? [] : [kept === 0 ? 'no backups' : `backups kept ${count(kept, 'day')}`]),
    ],
    addresses: [place],
    facts: facts({
      Engine: engine,
      Class: textOf(block.instance_class),
      Storage:
        block.allocated_storage === undefined
          ? undefined
          : `${textOf(block.allocated_storage)} GB, grows to ${textOf(block.max_allocated_storage, 'that')} GB`,
      'Multi-AZ': multiZone ? 'yes' : 'no',
      'Backups kept': count(kept, 'day'),
      'Backup window (UTC)': textOf(block.backup_window),
      'Maintenance window (UTC)': textOf(block.maintenance_window),
      'Deletion protection': textOf(block.deletion_protection),
    }),
  });
  graph.join(estate.referencesOf(place.stack, block.vpc_security_group_ids, 'aws_security_group'), { id: keyOf(place) });
}

function addReplication(graph: Graph, estate: Estate, { place, block }: Found): void {
  const source = graph.firstAt(estate.referencesOf(place.stack, block.replicate_source_db, 'aws_db_instance'));
  if (source !== undefined) graph.addEdge('copy', { from: source, to: keyOf(place), label: 'replicates', allowedBy: [place] });
}

function addCache(graph: Graph, estate: Estate, { place, block, region }: Found): void {
  const engine = `${ENGINES[textOf(block.engine)] ?? textOf(block.engine)} ${textOf(block.engine_version)}`.trim();
  const nodes = Number(block.num_cache_clusters ?? 1);
  const { group } = whereIn(graph, estate, subnetsOf(estate, place, block.subnet_group_name, 'aws_elasticache_subnet_group'));
  graph.addNode({
    id: keyOf(place),
    kind: 'cache',
    group: group ?? addRegion(graph, region),
    title: engine,
    lines: [`ElastiCache · ${nodes === 1 ? 'one node' : `${nodes} nodes`}`, textOf(block.node_type)],
    addresses: [place],
    facts: facts({
      Engine: engine,
      'Node type': textOf(block.node_type),
      Nodes: nodes,
      'Automatic failover': textOf(block.automatic_failover_enabled, 'false'),
      'Encrypted in transit': textOf(block.transit_encryption_enabled),
      'Snapshots kept (days)': textOf(block.snapshot_retention_limit),
    }),
  });
  graph.join(estate.referencesOf(place.stack, block.security_group_ids, 'aws_security_group'), { id: keyOf(place) });
}

function addFileSystem(graph: Graph, estate: Estate, { place, name, block, region }: Found): void {
  const mounts = estate.all('aws_efs_mount_target').filter((mount) => refersTo(estate, mount, mount.block.file_system_id, place));
  const subnets = mounts.flatMap((mount) => estate.referencesOf(mount.place.stack, mount.block.subnet_id, 'aws_subnet'));
  const { group, line } = whereIn(graph, estate, subnets);
  const id = graph.addNode({
    id: keyOf(place),
    kind: 'file-system',
    group: group ?? addRegion(graph, region),
    title: /^file-system-(.+)_file-system$/.exec(name)?.[1] ?? name,
    lines: [`EFS file system`, ...(line === undefined ? [] : [line])],
    addresses: [place, ...mounts.map((mount) => mount.place)],
    facts: facts({
      Throughput: textOf(block.throughput_mode),
      Encrypted: textOf(block.encrypted),
      'Mount targets': mounts.length,
    }),
  });
  const groups = mounts.flatMap((mount) =>
    estate.referencesOf(mount.place.stack, mount.block.security_groups, 'aws_security_group'),
  );
  graph.join(groups.slice(0, 1), { id });
}

function addBucket(graph: Graph, estate: Estate, { place, name, block, region }: Found): void {
  const versioned = estate.all('aws_s3_bucket_versioning').some((found) => refersTo(estate, found, found.block.bucket, place));
  const logs = estate.all('aws_s3_bucket_logging').find((found) => refersTo(estate, found, found.block.bucket, place));
  graph.addNode({
    id: keyOf(place),
    kind: 'bucket',
    group: addRegion(graph, region),
    title: /^bucket_(.+)_bucket$/.exec(name)?.[1] ?? name.replace(/_bucket.*$/, ''),
    lines: [`S3 bucket${versioned ? ' · versioned' : ''}`],
    addresses: [place],
    facts: facts({
      Name: textOf(block.bucket),
      Versioning: versioned ? 'on' : 'off',
      'Access logs': logs === undefined ? undefined : 'yes',
    }),
  });
}

function addQueue(graph: Graph, { place, name, block, region }: Found): void {
  const kept = Number(block.message_retention_seconds ?? 345_600) / 86_400;
  graph.addNode({
    id: keyOf(place),
    kind: 'queue',
    group: addRegion(graph, region),
    title: queueTitle(name),
    lines: [`SQS queue${block.fifo_queue === true ? ' · FIFO' : ''}`],
    addresses: [place],
    facts: facts({
      Name: textOf(block.name),
      'Messages kept': count(kept, 'day'),
      'Visibility timeout':
        block.visibility_timeout_seconds === undefined ? undefined : `${textOf(block.visibility_timeout_seconds)} s`,
    }),
  });
}

function queueTitle(name: string): string {
  const queue = /^queue-(.+)_(queue|dead-letters)$/.exec(name);
  if (queue !== null) return queue[2] === 'queue' ? (queue[1] ?? name) : `${queue[1] ?? ''} dead letters`;
  const schedule = /^(?:job-)?(.+?)_schedule_not-started$/.exec(name);
  return schedule === null ? name : `${schedule[1] ?? ''} not started`;
}

function addDeadLetters(graph: Graph, estate: Estate, { place, block }: Found): void {
  const [target] = estate.referencesOf(place.stack, block.redrive_policy, 'aws_sqs_queue');
  const to = target === undefined ? undefined : graph.at(target);
  if (to !== undefined) graph.addEdge('copy', { from: keyOf(place), to, label: 'failed', allowedBy: [place] });
}

function refersTo(estate: Estate, { place }: Found, value: unknown, target: Place): boolean {
  return estate.references(place.stack, value).some((one) => keyOf(one) === keyOf(target));
}

/** The subnets of a subnet group. */
function subnetsOf(estate: Estate, { stack }: Place, name: unknown, type: string): readonly Place[] {
  return estate.referencesOf(stack, name, type).flatMap((group) => {
    const ids = estate.blockAt(group)?.subnet_ids;
    return estate.referencesOf(group.stack, ids, 'aws_subnet');
  });
}

const afterLast = (name: string, mark: string): string => name.slice(name.lastIndexOf(mark) + mark.length);

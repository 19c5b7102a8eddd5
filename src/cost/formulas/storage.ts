/** S3, EFS, backups, images and builds. */
import { nestedBlocks, type Block } from '../../terraform/root-module';
import { blockOf, numberOf, textOf, type StackResource, type Stacks } from '../stacks';
import { HOURS, monthly, used, type Charge, type Formula } from '../charge';
import { snapshotGb, volumeCharges } from './compute';

/** Requests to buckets, for each request of the public. */
const OBJECT_READS = 0.1;
const OBJECT_WRITES = 0.01;

const bucket: Formula = (_, { stacks, usage }) => {
  const buckets = stacks.ofType('aws_s3_bucket').length;
  const requests = usage.requestsPerMonth.value / buckets / 1000;
  return [
    ...used({
      ...S3,
      what: 'objects',
      price: 's3/standard.storage.first-50TB',
      unit: 'GB-month',
      quantity: usage.storedGb.value / buckets,
    }),
    ...used({
      ...S3,
      what: 'writes',
      price: 's3/standard.put-copy-post-list',
      unit: '1000 requests',
      quantity: requests * OBJECT_WRITES,
    }),
    ...used({
      ...S3,
      what: 'reads',
      price: 's3/standard.get-and-other',
      unit: '1000 requests',
      quantity: requests * OBJECT_READS,
    }),
  ];
};

const S3 = {
  kind: 'Storage',
  assumption: 'divided equally between the buckets; a tenth of the requests reads an object, a hundredth writes one',
} as const;

/** Prices of the classes that objects are moved to. */
const CLASSES: Readonly<Record<string, string>> = {
  GLACIER: 's3/glacier-flexible.storage',
  STANDARD_IA: 's3/standard-ia.storage',
};

function transitionsOf({ rule }: Block): readonly string[] {
  return nestedBlocks(rule).flatMap(({ transition }) => nestedBlocks(transition).map((one) => textOf(one.storage_class)));
}

const lifecycle: Formula = (block, { stacks, usage }) => {
  const [storageClass] = transitionsOf(block).slice(-1);
  if (storageClass === undefined) return [];
  const archives = stacks.ofType('aws_s3_bucket_lifecycle_configuration').filter((one) => transitionsOf(one.block).length > 0);
  return used({
    kind: 'Storage',
    what: `objects in ${storageClass}`,
    price: CLASSES[storageClass] ?? `s3/${storageClass.toLowerCase()}.storage`,
    unit: 'GB-month',
    quantity: usage.archivedGb.value / archives.length,
  });
};

const fileSystem: Formula = (block, { stacks, usage }) => {
  const gigabytes = usage.filesGb.value / stacks.ofType('aws_efs_file_system').length;
  const isElastic = block.throughput_mode === 'elastic';
  return [
    ...used({ ...EFS, what: `${gigabytes} GB of files`, price: 'efs/standard.storage', unit: 'GB-month', quantity: gigabytes }),
    ...(isElastic
      ? [
          ...used({ ...EFS, what: 'reads', price: 'efs/elastic-throughput.read', unit: 'GB', quantity: gigabytes }),
          ...used({ ...EFS, what: 'writes', price: 'efs/elastic-throughput.write', unit: 'GB', quantity: gigabytes / 5 }),
        ]
      : []),
  ];
};

const EFS = {
  kind: 'Storage',
  assumption: 'all files stay in the standard class; each is read once a month, a fifth is written',
} as const;

/** Days that the plan of `aws_efs_backup_policy` keeps copies. Source: EFS user guide, automatic backups. */
const AUTOMATIC_BACKUP_DAYS = 35;

const fileBackup: Formula = (block, { stacks, usage }) => {
  if (blockOf(block.backup_policy).status !== 'ENABLED') return [];
  const gigabytes = usage.filesGb.value / stacks.ofType('aws_efs_file_system').length;
  return copies('files', 'aws-backup/efs.warm', gigabytes, AUTOMATIC_BACKUP_DAYS, usage.dailyChangePercent.value);
};

function copies(what: string, price: string, gigabytes: number, days: number, change: number): readonly Charge[] {
  return used({
    kind: 'Storage',
    what: `copies of ${what}, ${days} days`,
    price,
    unit: 'GB-month',
    quantity: gigabytes * (1 + (change / 100) * days),
    assumption: `${change} % changes in a day`,
  });
}

/** A plan of AWS Backup over the database and the file systems. */
const backupPlan: Formula = (block, { stacks, usage }) => {
  const retention = nestedBlocks(block.rule).map(({ lifecycle: kept }) => numberOf(blockOf(kept).delete_after) ?? 0);
  const days = Math.min(35, Math.max(0, ...retention));
  const months = Math.max(0, Math.floor((Math.max(0, ...retention) - days) / 30));
  const change = usage.dailyChangePercent.value;
  const databases = primaries(stacks).reduce((total, { block: { allocated_storage: size } }) => total + (numberOf(size) ?? 0), 0);
  const quantity = databases === 0 ? 0 : snapshotGb(databases, days + months, change);
  return [
    ...used({
      kind: 'Storage',
      what: `copies of the database, ${days} days${months === 0 ? '' : ` and ${months} months`}`,
      price: 'aws-backup/rds-snapshot.warm',
      unit: 'GB-month',
      quantity,
      assumption: `the storage is half full, and ${change} % of it changes in a day`,
    }),
    ...(stacks.ofType('aws_efs_file_system').length === 0
      ? []
      : copies('files', 'aws-backup/efs.warm', usage.filesGb.value, days + months, change)),
  ];
};

/** Hours from the start of a restore until AWS Backup has deleted what it restored. */
const DRILL_HOURS = 2;

/** A week's, as AWS's month of 730 hours has 4.35 of them. */
const DRILLS = HOURS / (7 * 24);

/** A restored instance for some hours a week, and the metric of its age. Restored files cost cents. */
const restoreTest: Formula = (block, { stacks, resource }) => {
  const [arn] = Array.isArray(block.protected_resource_arns) ? (block.protected_resource_arns as readonly unknown[]) : [];
  const instance = stacks.referred(arn, 'aws_db_instance', resource.stack)?.block;
  return [
    ...(instance === undefined
      ? []
      : used({
          kind: 'Database',
          what: 'the restored instance of weekly drills',
          price: `rds-${textOf(instance.engine, 'postgres')}/${textOf(instance.instance_class)}.single-az`,
          unit: 'hour',
          quantity: DRILLS * DRILL_HOURS,
          assumption: `a drill takes ${DRILL_HOURS} hours`,
        })),
    monthly('Monitoring', 'the metric of the last proven restore', 'cloudwatch/custom-metric.first-10000', 'metric-month'),
  ];
};

function primaries(stacks: Stacks): readonly StackResource[] {
  return stacks.ofType('aws_db_instance').filter(({ block }) => block.replicate_source_db === undefined);
}

const repository: Formula = (_, { stacks, usage }) =>
  used({
    kind: 'Images and builds',
    what: 'image layers',
    price: 'ecr/private.storage',
    unit: 'GB-month',
    quantity: usage.imagesGb.value / stacks.ofType('aws_ecr_repository').length,
  });

function builds(stacks: Stacks): number {
  return stacks.ofType('aws_codebuild_project').length + stacks.ofType('aws_amplify_app').length;
}

const codeBuild: Formula = (block, { stacks, usage }) => {
  const { compute_type: size, type } = blockOf(block.environment);
  const platform = textOf(type, 'LINUX_CONTAINER').startsWith('ARM') ? 'arm' : 'linux';
  return used({
    kind: 'Images and builds',
    what: 'build minutes',
    price: `codebuild/${platform}.${textOf(size, 'BUILD_GENERAL1_SMALL').replace('BUILD_', '').replace('_', '.').toLowerCase()}`,
    unit: 'minute',
    quantity: usage.buildMinutesPerMonth.value / builds(stacks),
  });
};

/** Share of the public's data that is the frontend's. */
const FRONTEND_SHARE = 0.5;

const amplify: Formula = (_, { stacks, usage }) => {
  const apps = stacks.ofType('aws_amplify_app').length;
  return [
    ...used({
      ...AMPLIFY,
      what: 'build minutes',
      price: 'amplify/build-minute.standard',
      unit: 'minute',
      quantity: usage.buildMinutesPerMonth.value / builds(stacks),
    }),
    ...used({
      ...AMPLIFY,
      what: 'data served',
      price: 'amplify/data-transfer-out',
      unit: 'GB',
      quantity: (usage.transferOutGb.value * FRONTEND_SHARE) / apps,
    }),
    monthly('Images and builds', 'stored build', 'amplify/storage', 'GB-month', 0.1),
  ];
};

const AMPLIFY = { kind: 'Images and builds', assumption: 'half of the data sent to the public is the frontend’s' } as const;

/** Disks that a chart claims: `storage: 20Gi` in its values. */
const helmRelease: Formula = ({ values }) => {
  const claimed = [...JSON.stringify(values ?? '').matchAll(/storage\\*"?:\s*\\*"?(\d+)Gi/g)].map(([, size]) => Number(size));
  return claimed.flatMap((size) => volumeCharges({ type: 'gp3', size }, 'claimed volume'));
};

export const STORAGE: Readonly<Record<string, Formula>> = {
  aws_s3_bucket: bucket,
  aws_s3_bucket_lifecycle_configuration: lifecycle,
  aws_efs_file_system: fileSystem,
  aws_efs_backup_policy: fileBackup,
  aws_backup_plan: backupPlan,
  aws_backup_restore_testing_selection: restoreTest,
  aws_ecr_repository: repository,
  aws_codebuild_project: codeBuild,
  aws_amplify_app: amplify,
  helm_release: helmRelease,
};

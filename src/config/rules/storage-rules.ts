/** Rules about buckets, file systems and logs. */
import { ACCESS_LOGS_BUCKET_KEY, auditBucketName, bucketName, CONFIGURATION_BUCKET_KEY } from '../names';
import { located } from './located';
import { finding, findingIf, repeated, sharedNames } from './finding';
import { defineRule, type Rule } from './rule';
import type { ParsedEnvironment } from '../schema/environment';

/** The names of all buckets that the environment creates, of the state bucket and of that of the audit trail. */
function bucketNames({
  name,
  buckets,
  backend,
  box,
  frontends,
}: Pick<ParsedEnvironment, 'name' | 'buckets' | 'backend' | 'box' | 'frontends'>) {
  const declared = located('buckets', buckets).map(({ key, path, value }) => ({
    path: value.name === undefined ? path : `${path}.name`,
    name: bucketName(name, key, value.name),
  }));
  return [
    ...(backend.kind === 's3' ? stateBuckets(backend.store) : []),
    ...(box === undefined ? [] : [{ path: 'box', name: bucketName(name, CONFIGURATION_BUCKET_KEY) }]),
    ...declared,
    ...located('frontends', frontends).flatMap(({ key, path, value }) =>
      value.kind === 'static-site' ? [{ path, name: bucketName(name, key) }] : [],
    ),
  ];
}

function stateBuckets({ bucket, singletons }: Extract<ParsedEnvironment['backend'], { kind: 's3' }>['store']) {
  const names = singletons.cloudTrail === 'create' ? [bucket, auditBucketName(bucket)] : [bucket];
  return names.map((name) => ({ path: 'backend.store.bucket', name }));
}

/** What S3 refuses beyond length and characters. Source: Amazon S3 user guide, "General purpose bucket naming rules". */
function refusedByS3(name: string): boolean {
  return (
    !/^[a-z0-9][a-z0-9.-]*[a-z0-9]$/.test(name) ||
    /\.\.|^(?:\d+\.){3}\d+$/.test(name) ||
    /^(?:xn--|sthree-|amzn-s3-demo-)/.test(name) ||
    /(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name)
  );
}

const bucketNamesLegal = defineRule({
  id: 'bucket-names',
  severity: 'refusal',
  summary: 'Bucket names follow the rules of S3.',
  reads: ['name', 'backend', 'box'],
  also: ['buckets', 'frontends'],
  check: (environment) =>
    bucketNames(environment).flatMap(({ path, name }) =>
      findingIf(
        refusedByS3(name),
        path,
        name,
        'lower-case letters, digits, single dots and hyphens; no IP address; none of the prefixes and suffixes that S3 reserves',
        'rename the bucket',
      ),
    ),
});

const bucketNamesDiffer = defineRule({
  id: 'bucket-names-unique',
  severity: 'refusal',
  summary: 'No two buckets have the same name, those of the state and of the audit trail included.',
  reads: ['name', 'backend', 'box'],
  also: ['buckets', 'frontends'],
  check: (environment) => sharedNames(bucketNames(environment), ({ name }) => name),
});

const oneLogsBucket = defineRule({
  id: 'one-logs-bucket',
  severity: 'refusal',
  summary: 'At most one bucket receives access logs; where none does, no other bucket has the key access-logs.',
  reads: ['buckets'],
  check: ({ buckets }) => {
    const [first, ...others] = located('buckets', buckets).filter(({ value }) => value.purpose === 'logs');
    const taken = first === undefined && ACCESS_LOGS_BUCKET_KEY in buckets;
    return [
      ...others.map(({ path }) =>
        finding(
          `${path}.purpose`,
          'logs',
          `"application": ${first?.path} already receives the logs`,
          'keep one bucket of purpose "logs"',
        ),
      ),
      ...findingIf(
        taken,
        `buckets.${ACCESS_LOGS_BUCKET_KEY}`,
        ACCESS_LOGS_BUCKET_KEY,
        'another key: Terrace creates the bucket for access logs under this one',
        "rename it, or give it purpose: 'logs'",
      ),
    ];
  },
});

const logsBucketEncryption = defineRule({
  id: 'logs-bucket-encryption',
  severity: 'refusal',
  summary: 'A bucket that receives access logs is encrypted with SSE-S3: log delivery cannot use a KMS key.',
  reads: [],
  also: ['buckets'],
  check: ({ buckets }) =>
    located('buckets', buckets).flatMap(({ path, value }) =>
      findingIf(
        value.purpose === 'logs' && value.encryption === 'kms',
        `${path}.encryption`,
        value.encryption,
        '"sse-s3" with purpose "logs"',
        'set it to "sse-s3"',
      ),
    ),
});

/** The minimum age at which S3 moves objects to the infrequent-access classes. Source: Amazon S3 user guide, lifecycle transitions. */
const YOUNGEST_INFREQUENT_DAYS = 30;

/** S3 moves objects down this list only. Source: Amazon S3 user guide, "Transitioning objects using Amazon S3 Lifecycle". */
const COLDER: readonly string[] = ['STANDARD_IA', 'INTELLIGENT_TIERING', 'ONEZONE_IA', 'GLACIER_IR', 'GLACIER', 'DEEP_ARCHIVE'];

const lifecycleOrder = defineRule({
  id: 'bucket-lifecycle',
  severity: 'refusal',
  summary: 'Objects move to colder storage in order, each class once, and before they are deleted.',
  reads: [],
  also: ['buckets'],
  check: ({ buckets }) =>
    located('buckets', buckets).flatMap(({ path, value: { transitions, expireAfterDays = Infinity } }) => [
      ...transitions.flatMap(({ afterDays, storageClass }, index) => {
        const at = `${path}.transitions[${index}].afterDays`;
        const previous = transitions[index - 1];
        const tooYoung = storageClass.endsWith('_IA') && afterDays < YOUNGEST_INFREQUENT_DAYS;
        const outOfOrder = previous !== undefined && previous.afterDays >= afterDays;
        const warmer = previous !== undefined && COLDER.indexOf(previous.storageClass) > COLDER.indexOf(storageClass);
        const tooSoon =
          !outOfOrder &&
          previous !== undefined &&
          previous.storageClass.endsWith('_IA') &&
          afterDays - previous.afterDays < YOUNGEST_INFREQUENT_DAYS;
        return [
          ...findingIf(
            afterDays >= expireAfterDays,
            `${path}.expireAfterDays`,
            expireAfterDays,
            `more than ${afterDays}, after which objects move to ${storageClass}`,
            'raise it, or remove the transition',
          ),
          ...findingIf(tooYoung, at, afterDays, `at least ${YOUNGEST_INFREQUENT_DAYS} for ${storageClass}`, 'raise it'),
          ...findingIf(
            outOfOrder,
            at,
            afterDays,
            `more than ${previous?.afterDays}, the transition before it`,
            'sort the transitions by days',
          ),
          ...findingIf(
            warmer,
            `${path}.transitions[${index}].storageClass`,
            storageClass,
            `a class that S3 moves objects to from ${previous?.storageClass}; it moves them down this list: ${COLDER.join(', ')}`,
            'choose a colder class, or change the order',
          ),
          ...findingIf(
            tooSoon,
            at,
            afterDays,
            `at least ${(previous?.afterDays ?? 0) + YOUNGEST_INFREQUENT_DAYS}: objects stay in ${previous?.storageClass} for ${YOUNGEST_INFREQUENT_DAYS} days`,
            'raise it, or remove the transition before it',
          ),
        ];
      }),
      ...repeated(transitions, ({ storageClass }) => storageClass).map(({ entry }) =>
        finding(`${path}.transitions`, entry, 'each storage class once', `remove the second ${entry.storageClass}`),
      ),
    ]),
});

const logsKey = defineRule({
  id: 'logs-encryption-key',
  severity: 'refusal',
  summary: "Logs are encrypted with the environment's key only where it has one.",
  reads: ['encryption', 'logs'],
  check: ({ encryption, logs }) =>
    findingIf(
      logs.encryption === 'kms' && encryption.key === 'aws-managed',
      'logs.encryption',
      logs.encryption,
      '"aws" with `encryption.key: "aws-managed"`',
      'set it to "aws": the key of existing data cannot change',
    ),
});

export const STORAGE_RULES: readonly Rule[] = [
  bucketNamesLegal,
  bucketNamesDiffer,
  oneLogsBucket,
  logsBucketEncryption,
  lifecycleOrder,
  logsKey,
];

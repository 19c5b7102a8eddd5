/** Rules about what buckets do besides keeping objects: locks, browsers of other origins, messages about objects. */
import { eventsOverlap } from '../tables/bucket-events';
import type { ParsedEnvironment } from '../schema/environment';
import { suggest } from '../problems/nearest';
import { finding, findingIf, listed, pairs, valueFinding } from './finding';
import { located } from './located';
import { defineRule, type Finding, type Rule } from './rule';

type Bucket = ParsedEnvironment['buckets'][string];
type Notification = Bucket['notifications'][number];
type Lock = NonNullable<Bucket['objectLock']>;

const DAYS_A_YEAR = 365;

/** How long a version is kept from its upload on, by the lock. */
function lockedDays(lock: Lock): number {
  return 'days' in lock ? lock.days : lock.years * DAYS_A_YEAR;
}

const lockPossible = defineRule({
  id: 'object-lock',
  severity: 'refusal',
  summary: 'A bucket with an object lock is protected, versioned, not for logs, and deletes nothing before its time.',
  reads: ['protect'],
  also: ['buckets'],
  check: ({ protect, buckets }) =>
    located('buckets', buckets).flatMap(({ path, value }) =>
      value.objectLock === undefined ? [] : judgeLock(path, value, value.objectLock, protect),
    ),
});

function judgeLock(path: string, bucket: Bucket, lock: Lock, protect: boolean): readonly Finding[] {
  const { versioning, purpose, expireAfterDays, oldVersionsDays } = bucket;
  const locked = lockedDays(lock);
  return [
    ...findingIf(
      !protect,
      `${path}.objectLock`,
      lock,
      'a lock only under `protect`',
      'set `protect: true`, or remove the lock: without it, destroying the environment deletes the objects, which the lock refuses',
    ),
    ...findingIf(
      versioning === false,
      `${path}.versioning`,
      versioning,
      'true with `objectLock`: a lock keeps versions',
      'omit it',
    ),
    ...findingIf(
      purpose === 'logs',
      `${path}.objectLock`,
      lock,
      'none with purpose "logs": S3 delivers no access logs to a bucket with a retention',
      'remove it, or lock the bucket that the logs are copied to',
    ),
    ...findingIf(
      expireAfterDays !== undefined && expireAfterDays + oldVersionsDays < locked,
      `${path}.expireAfterDays`,
      expireAfterDays,
      `at least ${locked - oldVersionsDays}, so that with \`oldVersionsDays\` (${oldVersionsDays}) nothing is to be deleted before its lock ends after ${locked} days`,
      'raise it: S3 would hide the objects and go on to store them',
    ),
  ];
}

const lockLiftable = defineRule({
  id: 'object-lock-compliance',
  severity: 'risk',
  summary: 'An object lock can be lifted in an emergency: nobody can lift one in compliance mode.',
  reads: [],
  also: ['buckets'],
  check: ({ buckets }) =>
    located('buckets', buckets).flatMap(({ path, value: { objectLock } }) =>
      objectLock?.mode === 'compliance'
        ? [
            valueFinding(
              `${path}.objectLock.mode`,
              `compliance for ${lockedDays(objectLock)} days`,
              '"governance", unless a regulation demands that no one can delete',
              'try the system with "governance" first: in "compliance" neither the account nor AWS deletes an object before its time',
            ),
          ]
        : [],
    ),
});

const originsNamed = defineRule({
  id: 'bucket-cors-any-origin',
  severity: 'risk',
  summary: 'Pages of named origins use a bucket from a browser, not those of any site.',
  reads: [],
  also: ['buckets'],
  check: ({ buckets }) =>
    located('buckets', buckets).flatMap(({ path, value: { cors } }) =>
      cors.flatMap(({ origins, methods }, rule) =>
        origins.flatMap((origin, index) =>
          origin === '*'
            ? [
                valueFinding(
                  `${path}.cors[${rule}].origins[${index}]`,
                  `* for ${methods.join(', ')}`,
                  'the origins of your own pages, such as "https://shop.example"',
                  'list them, or "https://*.shop.example"',
                ),
              ]
            : [],
        ),
      ),
    ),
});

const queueReceives = defineRule({
  id: 'bucket-notification-queue',
  severity: 'refusal',
  summary: 'A queue that a bucket notifies is declared, and not a FIFO queue.',
  reads: ['queues'],
  also: ['buckets'],
  check: ({ buckets, queues }) =>
    located('buckets', buckets).flatMap(({ path, value: { notifications } }) =>
      notifications.flatMap(({ queue }, index) => {
        const at = `${path}.notifications[${index}].queue`;
        const names = Object.keys(queues);
        const found = Object.hasOwn(queues, queue) ? queues[queue] : undefined;
        if (found === undefined) return [finding(at, queue, listed(names), suggest(queue, names, 'declare it under `queues`'))];
        return findingIf(
          found.fifo,
          at,
          queue,
          'a queue without `fifo`: S3 sends to no FIFO queue',
          'declare another queue for the messages',
        );
      }),
    ),
});

/** Whether some object is in both: texts that keys begin (or end) with, of which one continues the other. */
function textsOverlap(one = '', other = '', continues: (text: string, part: string) => boolean): boolean {
  return continues(one, other) || continues(other, one);
}

function overlap(one: Notification, other: Notification): boolean {
  return (
    one.events.some((event) => other.events.some((another) => eventsOverlap(event, another))) &&
    textsOverlap(one.prefix, other.prefix, (text, part) => text.startsWith(part)) &&
    textsOverlap(one.suffix, other.suffix, (text, part) => text.endsWith(part))
  );
}

const notificationsApart = defineRule({
  id: 'bucket-notifications-apart',
  severity: 'refusal',
  summary: 'No event of an object belongs to two notifications of its bucket: S3 refuses the configuration.',
  reads: [],
  also: ['buckets'],
  check: ({ buckets }) =>
    located('buckets', buckets).flatMap(({ path, value: { notifications } }) =>
      pairs(notifications.map((value, index) => ({ value, index }))).flatMap(([one, other]) =>
        findingIf(
          overlap(one.value, other.value),
          `${path}.notifications[${other.index}]`,
          other.value,
          `events, prefix or suffix that notifications[${one.index}] does not have`,
          'choose prefixes (or suffixes) of which none begins (ends) with another, or one notification whose reader passes messages on',
        ),
      ),
    ),
});

const eventsOnce = defineRule({
  id: 'bucket-notification-events',
  severity: 'refusal',
  summary: 'A notification names each event once: "s3:ObjectCreated:*" includes "s3:ObjectCreated:Put".',
  reads: [],
  also: ['buckets'],
  check: ({ buckets }) =>
    located('buckets', buckets).flatMap(({ path, value: { notifications } }) =>
      notifications.flatMap(({ events }, index) =>
        pairs(events).flatMap(([one, other]) =>
          findingIf(
            eventsOverlap(one, other),
            `${path}.notifications[${index}].events`,
            events,
            `no two events of which one includes the other, as ${one} and ${other} do`,
            'remove one of the two',
          ),
        ),
      ),
    ),
});

export const BUCKET_RULES: readonly Rule[] = [
  lockPossible,
  lockLiftable,
  originsNamed,
  queueReceives,
  eventsOnce,
  notificationsApart,
];

/** Scaling of a worker on a list in Redis, such as a queue of Sidekiq. */
import { z } from 'zod';
import { count, helped, seconds, withElsewhere } from './primitives';

const listName = helped(
  z
    .string()
    .max(512)
    .regex(/^[!-~]+$/),
  {
    allowed: 'the key of a list, at most 512 visible ASCII characters without spaces',
    fix: 'write it as Redis has it: Sidekiq\'s queue "default" is the list "queue:default"',
  },
);

export const redisListScaling = withElsewhere(
  z.strictObject({
    /**
     * Key of the list in the environment's cache whose entries count. Kubernetes only: KEDA reads its length; on Fargate nothing does.
     * @example 'queue:default' @danger Entries that a task works on are no longer in the list: see `scaleInCooldownSeconds`.
     */
    redisList: listName,
    /** Number of the database in Redis that has the list. @unit index @default 0 */
    redisDatabase: count(0, 15).default(0),
    /** Entries of the list for which one task runs. @unit entries @default 1 */
    entriesPerTask: count(1, 100_000).default(1),
    /** Time after tasks were added before more are added. @unit seconds @default 60 */
    scaleOutCooldownSeconds: seconds(0, 3600).default(60),
    /**
     * Time during which the list is empty before the tasks are removed down to `replicas.min`. Longer than the longest entry takes:
     * a task that still works on one then gets `SIGTERM`. @unit seconds @default 300
     */
    scaleInCooldownSeconds: seconds(300, 3600).default(300),
  }),
  { messagesPerTask: 'write `entriesPerTask`: a list in Redis has entries' },
);

/** When an environment sleeps: containers stopped, database stopped, nodes gone. */
import { z } from 'zod';
import { cron, timezone } from './primitives';

export const sleepSchema = z.strictObject({
  /** Times at which the environment goes to sleep: five cron fields in `timezone`. @example '0 20 * * 1-5' */
  from: cron,
  /** Times at which it wakes: five cron fields in `timezone`. @example '0 7 * * 1-5' */
  until: cron,
  /**
   * Time zone of `from` and `until`. Times that a change of the clocks skips are skipped.
   * @default 'UTC' @example 'Europe/Berlin'
   */
  timezone: timezone.default('UTC'),
  /**
   * What the managed database does: `stopped` stops it after the containers and starts it before them, `running` leaves it alone.
   * One with read replicas cannot be stopped. A start takes several minutes, of Multi-AZ longer. @default 'stopped'
   * @price A running db.t4g.micro is $11.70 a month, a stopped one $0; storage and backups are charged on (RDS, us-east-1, 2026-11).
   * @danger A stopped instance makes no daily backups, and no change can be applied to it.
   */
  database: z.enum(['stopped', 'running']).default('stopped'),
});

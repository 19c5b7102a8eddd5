/** The weekly restore test of what AWS Backup copies. */
import { z } from 'zod';
import { count } from './primitives';

export const restoreDrillSchema = z.strictObject({
  /** Day of the test, in UTC. @default 'sun' */
  weekday: z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']).default('sun'),
  /** Hour in which the test begins, in UTC; AWS Backup starts it within an hour. @unit hour of the day @default 10 */
  hour: count(0, 23).default(10),
  /**
   * Age of the last successful test above which an alarm is raised: more than the 168 hours between two tests. @unit hours
   * @default 192
   */
  alarmAfterHours: count(169, 9000).default(192),
});

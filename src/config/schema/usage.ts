/** What an environment is expected to use: the quantities that the synthesised resources do not say. */
import { z } from 'zod';
import { helped, key } from './primitives';

const quantity = helped(z.number().nonnegative(), {
  allowed: 'a number of 0 or more',
  fix: 'write what a month uses; omit the field for the assumption in `npm run cost`',
});

export const usageSchema = z.strictObject({
  /** Requests from the public. @unit requests a month @default 1,000,000 for each task of a service with routes @example 5_000_000 */
  requestsPerMonth: quantity.optional(),
  /** Data sent to the public. @unit GB a month @default 20 GB for a million requests: 20 kB each @example 300 */
  transferOutGb: quantity.optional(),
  /**
   * Data that private containers exchange with the internet: images, packages, calls to other services. It passes NAT, or the
   * interface endpoints where there is no NAT. @unit GB a month @default 5 for each task @example 200
   */
  natGb: quantity.optional(),
  /** Objects in S3's standard class, over all buckets. @unit GB @default 10 for each bucket @example 250 */
  storedGb: quantity.optional(),
  /** Objects in the classes that `transitions` of a bucket move them to. @unit GB @default 10 for each such bucket @example 500 */
  archivedGb: quantity.optional(),
  /** Files in EFS, over all file systems. @unit GB @default 10 for each file system @example 50 */
  filesGb: quantity.optional(),
  /** Image layers in ECR, over all repositories. @unit GB @default 1 for each image @example 10 */
  imagesGb: quantity.optional(),
  /** Logs written to CloudWatch. @unit GB a month @default 1 for each service and worker @example 20 */
  logsGb: quantity.optional(),
  /** Messages in the queues. @unit messages a month @default 100,000 for each queue @example 1_000_000 */
  messagesPerMonth: quantity.optional(),
  /** E-mails that SES sends; each receiver counts. @unit messages a month @default 10,000 with `email` @example 200_000 */
  emailsPerMonth: quantity.optional(),
  /** Time that the tasks of jobs run, all together. @unit hours a month @default 5 for each scheduled job, 1 for each other @example 60 */
  jobHoursPerMonth: quantity.optional(),
  /** Time of builds in CodeBuild and Amplify. @unit minutes a month @default 100 for each builder and Amplify frontend @example 600 */
  buildMinutesPerMonth: quantity.optional(),
  /** Share of the database and of volumes that changes in a day, which backups store. @unit percent @default 2 percent @example 5 */
  dailyChangePercent: helped(z.number().min(0).max(100), {
    allowed: 'a percentage from 0 to 100',
    fix: 'for example 2',
  }).optional(),
  /**
   * Average number of running tasks, by service or worker, on tier fargate; for those that are not listed, a quarter of the way
   * from the minimum to the maximum of `replicas`. @default {} @example { api: 2.5 }
   */
  averageTasks: z.record(key, quantity).default({}),
});

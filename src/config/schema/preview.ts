/** Previews of an environment: short-lived copies, one for each pull request, that share what is slow and expensive. */
import { z } from 'zod';
import { count, days, helped, key } from './primitives';

/** The tag of an image of a pull request. It needs the number: otherwise every preview would run the same image. */
const imageTag = helped(z.string().regex(/^(?=.{1,120}$)[A-Za-z0-9_][A-Za-z0-9_.-]*\{number\}[A-Za-z0-9_.-]*$/), {
  allowed:
    'a tag with {number} in it, such as "pr-{number}": letters, digits and . _ - around it, starting with a letter or digit',
  fix: 'write the tag that your pipeline pushes, with {number} in the place of the number of the pull request',
});

export const previewSchema = z.strictObject({
  /**
   * Time after the last deployment of a preview, after which the nightly job destroys it. @unit days @default 3
   * @price $0.89 in three days for a task with 0.25 vCPU and 512 MiB (Fargate, us-east-1, 2026-11).
   * @danger What is in the database and the buckets of a preview is deleted with it.
   */
  lifetimeDays: days(1, 30).default(3),
  /**
   * Services and workers that a preview runs, one task of each. @default all of them @example ['api', 'worker']
   * @price Each costs its `vcpu` and `memoryMib` for as long as the preview lives (Fargate): $36 a month for 1 vCPU and 2048 MiB
   * (Fargate, us-east-1, 2026-11).
   */
  containers: z.array(key).min(1).optional(),
  /**
   * Jobs that a preview has. They run in this order when its database exists, at every deployment of the preview, and on demand
   * afterwards, never on their schedule. @default [] @example ['migrate', 'seed']
   */
  jobs: z.array(key).default([]),
  /**
   * Images that are built for each pull request, with the tag that the pipeline pushes; `{number}` is the number of the pull
   * request. The option `--image` names another tag. Other images are those that the environment runs.
   * @default {} @example { api: 'pr-{number}' }
   */
  images: z.record(key, imageTag).default({}),
  /**
   * Connections that the containers of one preview may open to its database, so that they cannot take all connections of the
   * server, which they share with the environment. @unit connections @default 20
   */
  databaseConnections: count(2, 1000).default(20),
});

/** What a bucket does besides keeping objects: browsers, locks on objects, and messages about them. */
import { z } from 'zod';
import { BUCKET_EVENTS } from '../tables/bucket-events';
import { count, days, helped, keyOf, seconds, withElsewhere } from './primitives';

const origin = helped(z.string().regex(/^(?:\*|https?:\/\/(?:\*\.)?[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?)$/), {
  allowed: 'an origin such as "https://shop.example" or "https://*.shop.example", or "*" for all',
  fix: 'write scheme, host and port as the browser sends them in `Origin`: lower case, no path, no slash at the end',
});

const HEADER = "A-Za-z0-9!#$%&'+.^_`|~-";

const requestHeader = helped(
  z
    .string()
    .regex(new RegExp(`^[${HEADER}]*\\*?[${HEADER}]*$`))
    .min(1)
    .max(256),
  {
    allowed: 'the name of a request header such as "content-type", with one * at most',
    fix: 'list the headers that the page sends, or write "*" for any',
  },
);

const responseHeader = helped(z.string().regex(new RegExp(`^[${HEADER}]{1,256}$`)), {
  allowed: 'the name of a response header such as "ETag"',
  fix: 'list each header: S3 takes no wildcard here',
});

/** A rule by which S3 answers the browser when a page of another origin uses the bucket. */
export const corsRule = z.strictObject({
  /**
   * Origins whose pages may use the bucket. @example ['https://shop.example']
   * @danger `*` lets a page of any site use a presigned URL that it gets hold of; it needs an acknowledgement.
   */
  origins: z.array(origin).min(1),
  /** Methods that such a page may use: `PUT` and `POST` upload, `GET` and `HEAD` read. @example ['PUT'] */
  methods: z.array(z.enum(['GET', 'HEAD', 'PUT', 'POST', 'DELETE'])).min(1),
  /** Request headers that such a page may send. @default [] @example ['content-type'] */
  headers: z.array(requestHeader).default([]),
  /** Response headers that such a page may read. @default [] @example ['ETag'] */
  exposedHeaders: z.array(responseHeader).default([]),
  /** Time for which a browser keeps the answer instead of asking again. @unit seconds @default 3600 */
  maxAgeSeconds: seconds(0, 86_400).default(3600),
});

const lockMode = {
  /**
   * `governance` can be lifted by principals with `s3:BypassGovernanceRetention`, which no pipeline has. `compliance` can be
   * lifted by no one, the root user of the account included.
   * @danger In `compliance`, an object is paid for until its time is over, even if it was uploaded by mistake; choosing it needs an
   * acknowledgement.
   */
  mode: z.enum(['governance', 'compliance']),
};

const ONE_TIME = 'write the time either in days or in years';

/** For how long no version of an object can be deleted or overwritten. */
export const objectLock = helped(
  z.union([
    withElsewhere(
      z.strictObject({
        ...lockMode,
        /** Time from the upload of a version. @unit days @example 30 */
        days: helped(days(1, 36_500), { allowed: 'a whole number of days from 1 to 36500, or `years` instead', fix: ONE_TIME }),
      }),
      { years: ONE_TIME },
    ),
    z.strictObject({
      ...lockMode,
      /** Time from the upload of a version. @unit years @example 7 */
      years: count(1, 100),
    }),
  ]),
  { allowed: "{ mode: 'governance', days: 30 } or { mode: 'compliance', years: 7 }", fix: ONE_TIME },
);

const objectKeyPart = helped(
  z
    .string()
    .min(1)
    .max(1024)
    .regex(/^[^*]*$/),
  {
    allowed: 'text that keys begin or end with, such as "photos/" or ".jpg", without *',
    fix: 'omit it for all objects: S3 takes no wildcard here',
  },
);

/** Messages of S3 about objects, into a queue. */
export const bucketNotification = z.strictObject({
  /** Key of a declared queue that receives a message for each event; not a FIFO queue. @example 'uploaded' */
  queue: keyOf<'queues'>(),
  /** What S3 sends a message about, as S3 names it. @default ['s3:ObjectCreated:*'] @example ['s3:ObjectRemoved:*'] */
  events: z.array(z.enum(BUCKET_EVENTS)).min(1).default(['s3:ObjectCreated:*']),
  /** What the keys of the objects begin with. @default every key @example 'photos/' */
  prefix: objectKeyPart.optional(),
  /** What the keys of the objects end with. @default every key @example '.jpg' */
  suffix: objectKeyPart.optional(),
});

/** Where the collectors of an environment send traces. */
import { z } from 'zod';
import { secretOf } from './containers';
import { helped } from './primitives';

const endpoint = helped(z.string().regex(/^https:\/\/[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::443)?(?:\/[A-Za-z0-9._~-]+)*\/?$/), {
  allowed: 'an HTTPS URL without user, query and fragment, such as "https://api.honeycomb.io"; containers reach port 443 only',
  fix: 'write the base URL of OTLP over HTTP: the collector adds /v1/traces and /v1/metrics',
});

const headerName = helped(z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/), {
  allowed: 'the name of a header: letters, digits and hyphens, at most 64',
  fix: 'copy it from the documentation of the service, such as "x-honeycomb-team" or "authorization"',
});

const otlp = z.strictObject({
  /** Base URL of OTLP over HTTP. @example 'https://api.honeycomb.io' @danger Traces hold URLs and SQL, and leave AWS. */
  endpoint,
  /**
   * Headers with the credentials, each from a declared secret that holds the whole value, such as `Basic ...`. Never in clear text.
   * @default {} @example { 'x-honeycomb-team': { secret: 'honeycomb', key: 'api-key' } }
   */
  headers: z
    .record(
      headerName,
      helped(secretOf, {
        allowed: '{ secret: "honeycomb", key: "api-key" } or { secret: "honeycomb" }',
        fix: 'declare the value under `secrets` of the environment',
      }),
    )
    .default({}),
});

export const tracingSchema = helped(z.union([z.enum(['none', 'xray']), otlp]), {
  allowed: '"none", "xray" or { endpoint, headers }',
  fix: 'name the endpoint of a service that takes OTLP over HTTP, or choose "xray"',
});

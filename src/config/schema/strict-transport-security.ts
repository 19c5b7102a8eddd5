/** HTTP Strict Transport Security: for how long browsers insist on HTTPS. */
import { z } from 'zod';
import { days } from './primitives';

export const strictTransportSecuritySchema = z.strictObject({
  /**
   * How long a browser refuses plain HTTP for a host name after its last visit. @unit days @default 365
   * @danger Cannot be recalled from browsers that have seen it. To give HTTPS up, set it to 0 (browsers forget) and keep HTTPS
   * for as long as the previous value.
   */
  maxAgeDays: days(0, 730).default(365),
  /**
   * Whether it also applies to all host names below the environment's names. @default false
   * @danger Hosts below them without HTTPS become unreachable, including those that others operate.
   */
  includeSubdomains: z.boolean().default(false),
  /**
   * Whether the names may be entered in the list that browsers ship with (hstspreload.org). @default false
   * @danger Removal from that list takes months.
   */
  preload: z.boolean().default(false),
});

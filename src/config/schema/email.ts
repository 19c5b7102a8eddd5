/** Sending e-mail with SES: the domain of the senders, and the records by which receivers recognise it. */
import { z } from 'zod';
import { email, helped, hostname } from './primitives';

const label = helped(z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/), {
  allowed: 'one label of a DNS name, such as "bounce"',
  fix: 'write the part before the domain only',
});

const dmarc = helped(
  z.union([
    z.literal('existing'),
    z.strictObject({
      /**
       * What receivers do with mail in the name of the domain that neither DKIM nor SPF confirms: nothing, treat it as spam, or
       * refuse it. @danger It holds for every sender of the domain, not only for this environment: begin with `none` and read the
       * reports where others send, too.
       */
      policy: z.enum(['none', 'quarantine', 'reject']),
      /**
       * Address that receivers send daily reports to. An address of another domain needs a record there that accepts them.
       * @default no reports @example 'dmarc@shop.example'
       */
      reports: email.optional(),
    }),
  ]),
  {
    allowed: "{ policy: 'quarantine' } or another policy, or 'existing' for a record that is there already",
    fix: 'look for a TXT record `_dmarc.<domain>`: where there is one, write "existing"',
  },
);

export const emailSchema = z.strictObject({
  /**
   * Domain of the senders' addresses: the zone of `domain`, or a name below it. No other environment may have the same.
   * @example 'shop.example' @danger Changing it stops mail from the former domain.
   */
  domain: hostname,
  /**
   * Name below `domain` that bounces return to (MAIL FROM): an MX and an SPF record are written for it, so no other mail may use
   * it. @default 'bounce'
   */
  mailFrom: label.default('bounce'),
  /** The DMARC record of the domain: written as described, or left as it is. @example { policy: 'quarantine' } */
  dmarc,
});

/** What an environment sends e-mail with, complete. */
export interface ResolvedEmail {
  /** The identity in SES. */
  readonly domain: string;
  /** Where bounces return to. */
  readonly mailFromDomain: string;
  /** The DMARC record that is written; left out where one exists already. */
  readonly dmarc?: { readonly policy: 'none' | 'quarantine' | 'reject'; readonly reports?: string };
  /** The name of the configuration set. */
  readonly configurationSet: string;
}

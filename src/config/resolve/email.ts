/** E-mail with every default filled. Pure. */
import type { ResolvedEmail } from '../resolved/email';
import type { ParsedEnvironment } from '../schema/environment';

/** Resolves what the environment sends with, if it sends. */
export function resolveEmail({ name, email }: Pick<ParsedEnvironment, 'name' | 'email'>): ResolvedEmail | undefined {
  if (email === undefined) return undefined;
  const { domain, mailFrom, dmarc } = email;
  return {
    domain,
    mailFromDomain: `${mailFrom}.${domain}`,
    dmarc: dmarc === 'existing' ? undefined : dmarc,
    configurationSet: name,
  };
}

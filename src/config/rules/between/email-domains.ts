/** Domains of e-mail: an identity and its records belong to one environment. */
import { show } from '../../problems/problem';
import type { BetweenRule } from './rule';

export const emailDomainRule: BetweenRule = {
  id: 'email-domain-owner',
  summary: 'No two environments send e-mail from the same domain: each would write its records.',
  check: ({ environments }) =>
    environments.flatMap(({ identity, data }, index) => {
      const domain = data.email?.domain;
      const earlier = environments.slice(0, index).find((other) => domain !== undefined && other.data.email?.domain === domain);
      if (earlier === undefined || domain === undefined) return [];
      return [
        {
          environment: identity.environment,
          path: 'email.domain',
          received: show(domain),
          allowed: `a domain that ${earlier.identity.environment} does not send from`,
          fix: `use a name below it, such as "${identity.shortName}.${domain}"`,
        },
      ];
    }),
};

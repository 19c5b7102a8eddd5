/** Rules about the endpoint that traces are sent to. */
import { suggest } from '../problems/nearest';
import { finding, listed } from './finding';
import { located } from './located';
import { defineRule, type Rule } from './rule';
import { judgeKey } from './secret-rules';

const headersKnown = defineRule({
  id: 'tracing-secret',
  severity: 'refusal',
  summary: 'A header of the endpoint of traces comes from a declared secret, with the JSON key that it takes.',
  reads: ['observability', 'secrets'],
  check: ({ observability: { tracing }, secrets }) => {
    if (typeof tracing === 'string') return [];
    return located('observability.tracing.headers', tracing.headers).flatMap(({ path, value }) => {
      const names = Object.keys(secrets);
      const secret = names.includes(value.secret) ? secrets[value.secret] : undefined;
      if (secret !== undefined) return judgeKey(path, value.secret, value.key, secret);
      return [finding(`${path}.secret`, value.secret, listed(names), suggest(value.secret, names, 'declare it under `secrets`'))];
    });
  },
});

export const TRACING_RULES: readonly Rule[] = [headersKnown];

/** The toy tier, as the configuration knows it: one rule, one ignored setting, one default. */
import type { ParsedEnvironment } from '../../schema/environment';
import { findingIf } from '../../rules/finding';
import { defineRule } from '../../rules/rule';
import type { TierPolicy } from '../tier-policy';

const polite = defineRule({
  id: 'toy-message',
  severity: 'refusal',
  summary: 'The toy does not shout.',
  reads: ['toy'],
  check: ({ toy }) =>
    findingIf(toy.message === toy.message.toUpperCase(), 'toy.message', toy.message, 'lower case', 'write it in lower case'),
});

export const toyPolicy = {
  rules: [polite],
  ignores: [
    {
      field: 'scaling',
      appliesTo: ['services', 'workers'],
      requested: ({ scaling }) => scaling,
      instead: 'the toy scales nothing',
      fix: 'remove it',
    },
  ],
  resolve: ({ toy, name }: ParsedEnvironment) => ({ kind: 'toy', message: `${toy.message} from ${name}` }) as const,
} satisfies TierPolicy<'toy'>;

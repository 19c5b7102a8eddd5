/** The secrets of infrar besides the database's, by the document's paths below /infrar/production/ and the like. */
import type { EmulatedInput, Secret } from '../../src/config';

/**
 * Keys of other companies ("manual rotation"), which people enter, and the platform's own JWT keys.
 * Assumption: a developer's machine has the same ones as production, with other values.
 */
export const keysOf = (stage: 'production' | 'local') =>
  ({
    'stripe-secret-key': { name: `/infrar/${stage}/api-keys/stripe-secret-key`, description: 'Stripe secret key' },
    'sendgrid-api-key': { name: `/infrar/${stage}/api-keys/sendgrid-api-key`, description: 'SendGrid API key' },
    'github-oauth-secret': {
      name: `/infrar/${stage}/api-keys/github-oauth-secret`,
      description: 'GitHub OAuth client secret',
    },
    // Assumption: both are symmetric keys, for which any long random text will do.
    'jwt-signing-key': { name: `/infrar/${stage}/jwt/signing-key`, description: 'Signs access tokens', value: 'generated' },
    'jwt-refresh-key': { name: `/infrar/${stage}/jwt/refresh-key`, description: 'Signs refresh tokens', value: 'generated' },
  }) satisfies EmulatedInput['secrets'];

const production = keysOf('production');
const readers = ['platform'] as const;

/** Choice: the document lets the task role read /infrar/production/*; here it reads these by their exact names. */
export const apiKeys = {
  'stripe-secret-key': { ...production['stripe-secret-key'], readers },
  'sendgrid-api-key': { ...production['sendgrid-api-key'], readers },
  'github-oauth-secret': { ...production['github-oauth-secret'], readers },
  'jwt-signing-key': { ...production['jwt-signing-key'], readers },
  'jwt-refresh-key': { ...production['jwt-refresh-key'], readers },
} satisfies Record<string, Secret>;

/** The secrets of infrar-production besides the database's, by the document's paths below /infrar/production/. */
import type { EnvironmentInput } from '../../src/config';

const readers = ['platform'];

/**
 * Keys of other companies ("manual rotation"), which people enter, and the platform's own JWT keys.
 * Choice: the document lets the task role read /infrar/production/*; here it reads these by their exact names.
 */
export const apiKeys: NonNullable<EnvironmentInput['secrets']> = {
  'stripe-secret-key': { name: '/infrar/production/api-keys/stripe-secret-key', description: 'Stripe secret key', readers },
  'sendgrid-api-key': { name: '/infrar/production/api-keys/sendgrid-api-key', description: 'SendGrid API key', readers },
  'github-oauth-secret': {
    name: '/infrar/production/api-keys/github-oauth-secret',
    description: 'GitHub OAuth client secret',
    readers,
  },
  // Assumption: both are symmetric keys, for which any long random text will do.
  'jwt-signing-key': {
    name: '/infrar/production/jwt/signing-key',
    description: 'Signs access tokens',
    value: 'generated',
    readers,
  },
  'jwt-refresh-key': {
    name: '/infrar/production/jwt/refresh-key',
    description: 'Signs refresh tokens',
    value: 'generated',
    readers,
  },
};

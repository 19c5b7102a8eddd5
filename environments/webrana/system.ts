/** Webrana AI Proxy: what is the same on every tier. Source: its document "AWS Infrastructure Options". */
import type { EnvironmentInput } from '../../src/config';

export const backend: EnvironmentInput['backend'] = {
  kind: 's3',
  // Assumption: the document names no state bucket.
  store: { name: 'webrana', region: 'ap-southeast-1', bucket: 'webrana-terraform-state' },
};

/**
 * webrana.id and api.webrana.id.
 * Choice: the diagrams show Route 53 in front of Cloudflare; Cloudflare can proxy only names of zones that it answers for,
 * so the zone is Cloudflare's ("in Route 53 or Cloudflare").
 */
export const domain: NonNullable<EnvironmentInput['domain']> = {
  zone: 'webrana.id',
  provider: 'cloudflare',
  names: ['webrana.id', 'api.webrana.id'],
  // Certificates of the box come from Let's Encrypt, those of load balancers from Amazon.
  certificateAuthorities: ['amazon.com', 'letsencrypt.org'],
};

/** The document's secrets besides the database's password. */
export const secrets: EnvironmentInput['secrets'] = {
  'master-encryption-key': {
    description: 'Encrypts the API keys that users entrust to the proxy; made by `openssl rand -base64 32`, and never changed',
  },
  jwt: {
    description: 'Signs the JSON Web Tokens of the backend',
    // Assumption: any long random text serves as well as the document's 64 bytes in base64.
    value: 'generated',
  },
};

/** The user of the document's `pg_dump -U webrana webrana`. */
export const roles = { webrana: { privileges: 'owner' } } as const;

/** Backend in Rust, at api.webrana.id. Assumption: port, health path and names of variables other than the three secrets'. */
export const backendService = {
  image: 'backend',
  port: 8080,
  health: { path: '/health' },
  routes: [{ host: 'api.webrana.id' }],
  environment: {
    DATABASE_URL: { databaseRole: 'webrana', key: 'url' },
    DB_PASSWORD: { databaseRole: 'webrana', key: 'password' },
    REDIS_URL: { from: 'cache.url' },
    MASTER_ENCRYPTION_KEY: { secret: 'master-encryption-key' },
    JWT_SECRET: { secret: 'jwt' },
  },
} satisfies Partial<NonNullable<EnvironmentInput['services']>[string]>;

/** Next.js frontend, at webrana.id. Assumption: port, health path and names of variables. */
export const frontendService = {
  image: 'frontend',
  port: 3000,
  health: { path: '/' },
  routes: [{ host: 'webrana.id' }],
  environment: { NEXT_PUBLIC_API_URL: 'https://api.webrana.id' },
} satisfies Partial<NonNullable<EnvironmentInput['services']>[string]>;

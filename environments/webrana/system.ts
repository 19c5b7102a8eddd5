/** Webrana AI Proxy: what is the same on every tier. Source: its document "AWS Infrastructure Options". */
import { defineSystem } from '../../src/config';
import { domain } from './zone';

export const webrana = defineSystem({
  system: 'webrana',
  region: 'ap-southeast-1',
  backend: {
    kind: 's3',
    // Assumption: the document names no state bucket.
    store: { name: 'webrana', region: 'ap-southeast-1', bucket: 'webrana-terraform-state' },
  },
  domain,
  // Only Cloudflare reaches what serves the names; the proxy and its rules are the zone's (zone.ts).
  edge: { cloudflare: { zoneRules: 'shared', origin: 'cloudflare' } },
  // Assumption: Next.js gives the files of its build names that change with their content.
  frontends: { web: { kind: 'service', service: 'frontend', cachedPaths: ['/_next/static/*'] } },
  database: {
    // Assumption: the version.
    version: '16',
    name: 'webrana',
    // The user of the document's `pg_dump -U webrana webrana`.
    roles: { webrana: { privileges: 'owner' } },
  },
  // The document's secrets besides the database's password.
  secrets: {
    'master-encryption-key': {
      description: 'Encrypts the API keys that users entrust to the proxy; made by `openssl rand -base64 32`, and never changed',
    },
    jwt: {
      description: 'Signs the JSON Web Tokens of the backend',
      // Assumption: any long random text serves as well as the document's 64 bytes in base64.
      value: 'generated',
    },
  },
  images: { backend: {}, frontend: {} },
  // Assumption: no address is named.
  observability: { notifications: { emails: ['admin@webrana.id'] } },
  services: {
    // Rust, at api.webrana.id. Assumption: port, health path and names of variables other than the three secrets'.
    backend: {
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
    },
    // Next.js, at webrana.id. Assumption: port, health path and names of variables.
    frontend: {
      image: 'frontend',
      port: 3000,
      health: { path: '/' },
      routes: [{ host: 'webrana.id' }],
      // Next.js writes variables that begin with NEXT_PUBLIC_ into the browser's code when the image is built, so the build of the
      // image must set this one too (`docker build --build-arg`). Here it reaches only what runs on the server.
      environment: { NEXT_PUBLIC_API_URL: 'https://api.webrana.id' },
    },
  },
});

/**
 * "CPU > 80%" and "Database connections > 80%", both for two periods of 300 seconds. The command for the second counts
 * connections (DatabaseConnections, threshold 80), of which a db.t3.micro takes 112.
 */
export const alarms = {
  cpu: { threshold: 80, periodSeconds: 300, periods: 2 },
  connections: { threshold: 80, periodSeconds: 300, periods: 2 },
};

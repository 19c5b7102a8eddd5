/**
 * A system that uses what no sample does: two web services, a worker on a queue in Redis, a static site on its own host, WebSockets,
 * uploads by browsers, a nightly job in Berlin's time, e-mail, a worker that must not run twice, and arm64.
 */
import { defineSystem } from '../../../src/config';

const rails = { image: 'api', architecture: 'arm64' } as const;

export const gallery = defineSystem({
  system: 'gallery',
  region: 'eu-west-1',
  account: '123456789012',
  backend: { kind: 's3', store: { name: 'gallery', region: 'eu-west-1', bucket: 'gallery-terraform-state' } },
  frontends: { site: { kind: 'static-site', pages: 'directories' } },
  database: { roles: { app: { privileges: 'owner' } } },
  queues: {},
  buckets: { uploads: {} },
  images: { web: {}, api: {} },
  observability: { notifications: { emails: ['ops@gallery.example'] } },
  services: {
    web: { image: 'web', architecture: 'arm64', port: 3000, health: { path: '/' } },
    api: {
      ...rails,
      port: 8080,
      health: { path: '/up', matcher: '200-204', command: 'curl -fsS http://localhost:8080/up' },
      callers: ['web', 'digest'],
      stopTimeoutSeconds: 90,
      secrets: ['RAILS_MASTER_KEY', 'STRIPE_KEY'],
      environment: {
        DATABASE_URL: { databaseRole: 'app', key: 'url' },
        REDIS_URL: { from: 'cache.url' },
        UPLOADS: { from: 'bucket.uploads.name' },
      },
      permissions: [{ bucket: 'uploads', access: 'read-write' }],
    },
  },
  workers: {
    sidekiq: {
      ...rails,
      command: ['bundle', 'exec', 'sidekiq'],
      secrets: ['RAILS_MASTER_KEY'],
      environment: { DATABASE_URL: { databaseRole: 'app', key: 'url' }, REDIS_URL: { from: 'cache.url' } },
      permissions: [{ bucket: 'uploads', access: 'read-write' }],
    },
    clock: {
      ...rails,
      command: ['bundle', 'exec', 'clockwork', 'clock.rb'],
      singleton: true,
      environment: { REDIS_URL: { from: 'cache.url' } },
    },
  },
  jobs: {
    digest: {
      ...rails,
      command: ['bin/rails', 'digest:send'],
      schedule: '15 3 * * *',
      timezone: 'Europe/Berlin',
      environment: { API_URL: { from: 'service.api.url' } },
    },
  },
});

/** On Fargate; sleeps at night, and has previews of pull requests. */
import { defineEnvironment } from '../../../src/config';
import { gallery } from './system';

const { web, api } = gallery.services;
const { sidekiq, clock } = gallery.workers;

export default defineEnvironment({
  ...gallery,
  name: 'gallery-staging',
  tier: 'fargate',
  protect: false,
  network: { cidr: '10.61.0.0/16', nat: 'instance' },
  domain: {
    zone: 'gallery.example',
    provider: 'route53',
    names: ['app.staging.gallery.example', 'api.staging.gallery.example', 'www.staging.gallery.example'],
    certificateAuthorities: [],
  },
  edge: { idleTimeoutSeconds: 600 },
  frontends: { site: { kind: 'static-site', pages: 'directories', hosts: ['www.staging.gallery.example'] } },
  database: {
    placement: 'managed',
    version: '17',
    name: 'gallery',
    instanceClass: 'db.t4g.micro',
    backupWindow: '11:00-12:00',
    maintenanceWindow: 'wed:12:00-wed:13:00',
    ...gallery.database,
  },
  cache: { placement: 'managed', nodeType: 'cache.t4g.micro', purpose: 'queue' },
  buckets: { uploads: { cors: [{ origins: ['https://app.staging.gallery.example'], methods: ['PUT'] }] } },
  email: { domain: 'staging.gallery.example', dmarc: { policy: 'none' } },
  sleep: { from: '0 20 * * 1-5', until: '0 7 * * 1-5', timezone: 'Europe/Berlin' },
  preview: { containers: ['web', 'api', 'sidekiq'], images: { web: 'pr-{number}', api: 'pr-{number}' } },
  services: {
    web: { ...web, vcpu: 0.25, memoryMib: 512, routes: [{ host: 'app.staging.gallery.example' }] },
    api: { ...api, vcpu: 0.5, memoryMib: 1024, routes: [{ host: 'api.staging.gallery.example' }] },
  },
  workers: { sidekiq: { ...sidekiq, vcpu: 0.5, memoryMib: 1024 }, clock: { ...clock, vcpu: 0.25, memoryMib: 512 } },
  // At night there is nobody to send to: it is asleep.
  jobs: { digest: { ...gallery.jobs.digest, schedule: '15 9 * * 1-5', vcpu: 0.25, memoryMib: 512 } },
});

/** On one host, in an account that pays little. */
import { defineEnvironment } from '../../../src/config';
import { gallery } from './system';

const { web, api } = gallery.services;
const { sidekiq, clock } = gallery.workers;

export default defineEnvironment({
  ...gallery,
  name: 'gallery-dev',
  tier: 'box',
  protect: false,
  network: { cidr: '10.60.0.0/16', zones: 2, nat: 'none' },
  domain: {
    zone: 'gallery.example',
    provider: 'route53',
    names: ['app.dev.gallery.example', 'api.dev.gallery.example', 'www.dev.gallery.example'],
    certificateAuthorities: [],
  },
  edge: { idleTimeoutSeconds: 600 },
  frontends: { site: { kind: 'static-site', pages: 'directories', hosts: ['www.dev.gallery.example'] } },
  database: { placement: 'host', version: '17', name: 'gallery', ...gallery.database },
  cache: { placement: 'host', purpose: 'queue' },
  buckets: {
    uploads: { cors: [{ origins: ['https://app.dev.gallery.example'], methods: ['PUT'] }] },
    backups: { expireAfterDays: 30 },
  },
  box: {
    instanceType: 't4g.large',
    operatingSystem: 'ubuntu-24.04',
    rootVolumeGb: 16,
    dataVolumeGb: 20,
    applicationDirectory: '/opt/gallery',
    certificateEmail: 'ops@gallery.example',
    timezone: 'Europe/Berlin',
    backup: { bucket: 'backups' },
  },
  email: { domain: 'dev.gallery.example', dmarc: { policy: 'none' } },
  sleep: { from: '0 20 * * 1-5', until: '0 7 * * 1-5', timezone: 'Europe/Berlin' },
  services: {
    web: { ...web, vcpu: 0.5, memoryMib: 512, routes: [{ host: 'app.dev.gallery.example' }] },
    api: { ...api, vcpu: 0.5, memoryMib: 1024, routes: [{ host: 'api.dev.gallery.example' }] },
  },
  workers: { sidekiq: { ...sidekiq, vcpu: 0.5, memoryMib: 1024 }, clock: { ...clock, vcpu: 0.25, memoryMib: 256 } },
  // At night there is nobody to send to: it is asleep.
  jobs: { digest: { ...gallery.jobs.digest, schedule: '15 9 * * 1-5', vcpu: 0.25, memoryMib: 512 } },
});

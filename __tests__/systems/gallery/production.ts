/** On Kubernetes, where the worker follows the queue in Redis. */
import { defineEnvironment } from '../../../src/config';
import { gallery } from './system';

const { web, api } = gallery.services;
const { sidekiq, clock } = gallery.workers;
const scaled = { replicas: { min: 2, max: 4 }, scaling: { cpuPercent: 70 } };
const byQueue = { replicas: { min: 0, max: 8 }, scaling: { redisList: 'queue:default', entriesPerTask: 50 } };
const SENDER = 'digest@gallery.example';

export default defineEnvironment({
  ...gallery,
  name: 'gallery-production',
  tier: 'kubernetes',
  protect: true,
  network: { cidr: '10.62.0.0/16', nat: 'per-az', flowLogs: {} },
  domain: {
    zone: 'gallery.example',
    provider: 'route53',
    names: ['app.gallery.example', 'api.gallery.example', 'www.gallery.example'],
    // The host of gallery-dev has its certificates from Let's Encrypt.
    certificateAuthorities: ['amazon.com', 'letsencrypt.org'],
  },
  edge: {
    idleTimeoutSeconds: 600,
    redirects: { 'gallery.example': 'www.gallery.example' },
    waf: { rules: { 'bad-inputs': { kind: 'managed', priority: 10, group: 'AWSManagedRulesKnownBadInputsRuleSet' } } },
  },
  frontends: { site: { kind: 'static-site', pages: 'directories', hosts: ['www.gallery.example'] } },
  database: {
    placement: 'managed',
    version: '17',
    name: 'gallery',
    instanceClass: 'db.t4g.medium',
    multiAz: true,
    ...gallery.database,
  },
  cache: { placement: 'managed', nodeType: 'cache.t4g.small', replicas: 1, purpose: 'queue' },
  buckets: {
    uploads: {
      cors: [{ origins: ['https://app.gallery.example'], methods: ['PUT'] }],
      objectLock: { mode: 'governance', years: 10 },
    },
  },
  email: { domain: 'gallery.example', dmarc: { policy: 'quarantine' } },
  kubernetes: { monitoring: 'prometheus', nodes: { instanceTypes: ['t4g.large'], min: 2, max: 7 } },
  services: {
    web: { ...web, ...scaled, vcpu: 0.25, memoryMib: 512, routes: [{ host: 'app.gallery.example' }] },
    api: { ...api, ...scaled, vcpu: 0.5, memoryMib: 1024, routes: [{ host: 'api.gallery.example' }] },
  },
  workers: {
    sidekiq: { ...sidekiq, ...byQueue, vcpu: 0.5, memoryMib: 1024 },
    clock: { ...clock, vcpu: 0.1, memoryMib: 256 },
  },
  jobs: { digest: { ...gallery.jobs.digest, vcpu: 0.25, memoryMib: 512, permissions: [{ emailFrom: [SENDER] }] } },
});

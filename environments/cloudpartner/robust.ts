/** cloudpartner-robust: "Option 2: Slightly More Robust"; about $20 to $25 a month. */
import { defineEnvironment } from '../../src/config';
import { backend, box, buckets, cache, database, domain, edge, network, observability, secrets, services } from './system';

export default defineEnvironment({
  system: 'cloudpartner',
  name: 'cloudpartner-robust',
  region: 'us-east-1',
  tier: 'box',
  protect: true,
  backend,
  network,
  // cloudpartner-mvp says who may issue certificates for the zone: a zone has one set of CAA records.
  domain: { ...domain, certificateAuthorities: [] },
  database,
  cache,
  buckets,
  secrets,
  images: { backend: {}, frontend: {} },
  box: { ...box, instanceType: 't3.small' },
  edge,
  observability,
  services,
});

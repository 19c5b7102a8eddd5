/** cloudpartner-mvp: "Option 1: Ultra-Low Cost (Recommended for MVP)"; $2 to $4 a month in the first year, then $12 to $15. */
import { defineEnvironment } from '../../src/config';
import { backend, box, buckets, cache, database, domain, edge, network, observability, secrets, services } from './system';

export default defineEnvironment({
  system: 'cloudpartner',
  name: 'cloudpartner-mvp',
  region: 'us-east-1',
  tier: 'box',
  protect: true,
  backend,
  network,
  // Both authorities may certify the names: Let's Encrypt for the host, Amazon for the load balancer of the upgrade path.
  domain: { ...domain, certificateAuthorities: ['amazon.com', 'letsencrypt.org'] },
  database,
  cache,
  buckets,
  secrets,
  images: { backend: {}, frontend: {} },
  box: { ...box, instanceType: 't3.micro' },
  edge,
  observability,
  services,
});

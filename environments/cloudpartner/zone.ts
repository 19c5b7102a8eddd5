/** cloudpartner.pro, which cloudpartner-mvp and cloudpartner-robust share. Route 53 keeps the zone ($0.50 a month). */
import { defineZone, type Domain } from '../../src/config';

const zone = defineZone({
  zone: 'cloudpartner.pro',
  provider: 'route53',
  // Assumption: the smaller option, which the document recommends, is the one in use.
  servedBy: 'cloudpartner-mvp',
  // Let's Encrypt for the hosts, Amazon for the load balancer of the upgrade path.
  certificateAuthorities: ['amazon.com', 'letsencrypt.org'],
});

/** The two names that nginx serves, and api.cloudpartner.pro, which the frontend calls. */
export const domain: Domain = {
  kind: 'shared',
  zone,
  names: ['cloudpartner.pro', 'www.cloudpartner.pro', 'api.cloudpartner.pro'],
};

/** Where containers may connect to besides HTTPS, the data of the environment and the services that admit them. */
import { z } from 'zod';
import { SMTP_PORTS } from '../tables/smtp';
import { cidr, count, helped, withElsewhere } from './primitives';

/** The fix for a destination by name. */
const NO_HOSTS =
  "write its addresses as `cidr`: security groups and network policies cannot compare host names. For a host without fixed addresses, open the port to '0.0.0.0/0' and acknowledge it";

const byAddress = z.strictObject({
  /**
   * IPv4 addresses of the destination. @example '203.0.113.0/24'
   * @danger More than a /16 of public addresses, such as '0.0.0.0/0', has to be acknowledged: an intruder sends data to any
   * server on this port.
   */
  cidr,
  /** TCP port of the destination. @unit port number @example 22 */
  port: count(1, 65535),
});

const byEndpoint = z.strictObject({
  /** The interface endpoint of SES for SMTP; it has to be in `network.interfaceEndpoints`. */
  endpoint: z.literal('email-smtp'),
  /** The port of the endpoint: 25, 587 and 2587 with STARTTLS, 465 and 2465 with TLS from the start. @unit port number */
  port: z.literal(SMTP_PORTS),
});

const destination = helped(
  z.union([withElsewhere(byAddress, { host: NO_HOSTS }), withElsewhere(byEndpoint, { host: NO_HOSTS })]),
  {
    allowed: "{ cidr: '203.0.113.0/24', port: 22 } or { endpoint: 'email-smtp', port: 587 }",
    fix: 'name the addresses and the port of the destination, or the endpoint',
  },
);

/** The destinations of a container, or of all containers of an environment. */
export const destinations = z.array(destination).max(20);

/** Alarms on the way of requests: load balancer, NAT, certificates, CloudFront, health checks. */
import {
  above,
  alarms,
  ALWAYS_MEASURED,
  below,
  breaching,
  during,
  FIVE_MINUTES,
  notBreaching,
  TEN_MINUTES,
  unchanged,
} from './alarm-default';

const NO_TRAFFIC = notBreaching('without requests nothing is measured, and nothing is wrong');

export const LOAD_BALANCER_ALARMS = alarms('load balancer', {
  'error-rate': {
    measures: 'Requests that were answered with a 5xx, by the services or by the load balancer itself',
    ...above(1, '%', FIVE_MINUTES),
    ...NO_TRAFFIC,
    remedy: 'Read the logs of the services since the alarm began; if a release went before it, roll that back.',
  },
  latency: {
    measures: 'Seconds that 95 of 100 requests are answered within',
    ...above(2, 's', TEN_MINUTES),
    ...NO_TRAFFIC,
    remedy: 'Compare with CPU of services and database and with the mean query time: whichever rose first is the cause.',
  },
  'unhealthy-targets': {
    measures: 'Tasks of a service that fail the health check',
    ...above(0, 'tasks', during(5, 60)),
    ...notBreaching('it is measured only while tasks are registered; healthy-targets tells of none'),
    remedy: 'ECS replaces them by itself; when it goes on, read the log of the newest task and call its health path in it.',
  },
  'healthy-targets': {
    measures: 'Tasks of a service that can take requests',
    ...below(1, 'tasks', during(3, 60)),
    ...breaching('without any registered task nothing is measured, and the service is down'),
    remedy: 'The service is down. Read its events and the log of its last task; roll the last release back.',
  },
});

export const NAT_GATEWAY_ALARMS = alarms('NAT gateway', {
  'nat-ports': {
    measures: 'Connections that a NAT gateway could not open for want of ports',
    ...above(0, 'connections', FIVE_MINUTES),
    ...ALWAYS_MEASURED,
    remedy: 'Some task opens very many connections to one address. Reuse connections; nat: "per-az" spreads them.',
  },
});

export const NAT_INSTANCE_ALARMS = alarms('NAT instance', {
  'nat-instance': {
    measures: 'Failed status checks of the NAT instance',
    ...above(0, 'checks', TEN_MINUTES),
    ...breaching('no instance, no measurement, and no way out for private subnets'),
    remedy: 'It replaces itself within three minutes. If not, read the activity of its auto-scaling group.',
  },
});

export const CERTIFICATE_ALARMS = alarms('certificate', {
  'certificate-expiry': {
    measures: 'Days until a certificate ends',
    ...below(30, 'days', during(1, 86400)),
    ...unchanged('ACM measures twice a day: a gap says nothing'),
    remedy: 'ACM renews 60 days before the end if its proof stands in DNS. Apply the domain stack again to put it back.',
  },
});

export const DISTRIBUTION_ALARMS = alarms('distribution', {
  'edge-error-rate': {
    measures: 'Requests that CloudFront answered with a 5xx',
    ...above(1, '%', TEN_MINUTES),
    ...NO_TRAFFIC,
    remedy:
      'If error-rate went off too, it is the services. If not, CloudFront does not reach its origin: DNS, certificate, firewall.',
  },
});

export const HEALTH_CHECK_ALARMS = alarms('health check', {
  'health-check': {
    measures: 'Whether Route 53 reaches the environment from outside',
    ...below(1, '', during(3, 60)),
    ...breaching('a health check always reports'),
    remedy: 'The public cannot reach it. Look from the outside in: DNS, certificate, CDN, load balancer, services.',
  },
});

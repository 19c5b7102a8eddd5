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

/** Per measurement of five minutes. A service that is down altogether has no healthy targets, which has its own alarm. */
const ENOUGH_REQUESTS = { minimumRequests: 50 } as const;

const NO_TRAFFIC = notBreaching('without requests there is no data, and nothing is wrong');

export const LOAD_BALANCER_ALARMS = alarms('load balancer', {
  'error-rate': {
    measures: 'Requests answered with a 5xx, by the services or by the load balancer',
    ...above(1, '%', FIVE_MINUTES),
    ...ENOUGH_REQUESTS,
    ...NO_TRAFFIC,
    remedy: 'Read the logs of the services since the alarm began; if a release preceded it, roll that back.',
  },
  latency: {
    measures: 'Response time that 95 % of requests stay within',
    ...above(2, 's', TEN_MINUTES),
    ...NO_TRAFFIC,
    remedy:
      'Compare with the CPU of services and database and with the mean query time: whichever rose first is the likely cause.',
  },
  'unhealthy-targets': {
    measures: 'Tasks of a service that fail the health check',
    ...above(0, 'tasks', during(5, 60)),
    ...notBreaching('it is measured only while tasks are registered; healthy-targets reports when there are none'),
    remedy:
      'ECS replaces them. If that does not help, read the log of the newest task and request its health path from inside it.',
  },
  'healthy-targets': {
    measures: 'Tasks of a service that pass the health check',
    ...below(1, 'tasks', during(3, 60)),
    ...breaching('without a registered task there is no data, and the service is down'),
    remedy: 'The service is down. Read its events and the log of its last task; roll back the last release.',
  },
});

export const NAT_GATEWAY_ALARMS = alarms('NAT gateway', {
  'nat-ports': {
    measures: 'Connections that a NAT gateway could not open because no port was free',
    ...above(0, 'connections', FIVE_MINUTES),
    ...ALWAYS_MEASURED,
    remedy: 'A task opens very many connections to one address. Reuse connections; nat: "per-az" spreads them.',
  },
});

export const NAT_INSTANCE_ALARMS = alarms('NAT instance', {
  'nat-instance': {
    measures: 'Failed status checks of the NAT instance',
    ...above(0, 'checks', TEN_MINUTES),
    ...breaching('without an instance there is no data, and private subnets have no egress'),
    remedy: 'It is replaced within three minutes. If not, read the activity history of its Auto Scaling group.',
  },
});

export const CERTIFICATE_ALARMS = alarms('certificate', {
  'certificate-expiry': {
    measures: 'Days until a certificate expires',
    ...below(30, 'days', during(1, 86400)),
    ...unchanged('ACM measures twice a day: a gap means nothing'),
    remedy:
      'ACM renews 45 days before expiry (60 for certificates of 13 months) while its validation record is in DNS. Apply the domain stack again to restore the record.',
  },
});

export const DISTRIBUTION_ALARMS = alarms('distribution', {
  'edge-error-rate': {
    measures: 'Requests that CloudFront answered with a 5xx',
    ...above(1, '%', TEN_MINUTES),
    ...ENOUGH_REQUESTS,
    ...NO_TRAFFIC,
    remedy:
      'If error-rate is in alarm too, the services fail. If not, CloudFront does not reach its origin: check DNS, certificate, security groups.',
  },
});

export const HEALTH_CHECK_ALARMS = alarms('health check', {
  'health-check': {
    measures: 'Whether Route 53 reaches the environment from outside',
    ...below(1, '', during(3, 60)),
    ...breaching('a health check always reports'),
    remedy: 'Visitors cannot reach it. Check from the outside in: DNS, certificate, CDN, load balancer, services.',
  },
});

/** The VPC, its subnets, the way out, and the small networks of replica regions. */
import { z } from 'zod';
import { REGIONS } from '../tables/regions';
import { destinations } from './egress';
import { cidr, helped, LOG_RETENTION_DAYS } from './primitives';

/**
 * AWS services that private subnets can reach without a way out to the internet; each costs about $7 a zone and month
 * (us-east-1).
 */
const INTERFACE_ENDPOINTS = [
  'ecr.api',
  'ecr.dkr',
  'logs',
  'secretsmanager',
  'ssm',
  'ssmmessages',
  'ec2messages',
  'ecs',
  'ecs-agent',
  'ecs-telemetry',
  'sts',
  'kms',
  'sqs',
  'sns',
  'monitoring',
  'elasticfilesystem',
  'rds',
  'xray',
  'bedrock-runtime',
  'email-smtp',
] as const;

const subnetCidrs = z.array(cidr).min(1).max(3);

const zones = helped(
  z.union([
    z.number().int().min(1).max(3),
    z
      .array(helped(z.string().regex(/^[a-z]$/), { allowed: 'the letter of a zone such as "a"', fix: 'leave out the region' }))
      .min(1)
      .max(3),
  ]),
  {
    allowed: 'a number from 1 to 3, or the zones\' letters such as ["a", "c"]',
    fix: 'RDS, ElastiCache and load balancers need two zones even when only one is used',
  },
);

/** The network of an environment. Replacing it replaces everything in it: choose the CIDR once. */
export const networkSchema = z.strictObject({
  /**
   * Addresses of the VPC: a /16 to /22 when subnets are carved from it, a private range. @example '10.0.0.0/16'
   * @danger Changing it replaces the VPC and with it every resource inside.
   */
  cidr,
  /**
   * Number of availability zones, or the letters of the zones. Subnets are planned for three zones, so that a step from two to
   * three moves none. RDS, ElastiCache and load balancers need two. @unit zones @default 2 @example ['a', 'c']
   */
  zones: zones.default(2),
  /**
   * Explicit subnets, one CIDR for each zone and kind, for a network that a document prescribes.
   * @default carved from `cidr`: a /18 private, a /20 public and a /22 isolated subnet for each zone of a /16
   * @example
   * { public: ['10.0.1.0/24', '10.0.2.0/24'],
   *   private: ['10.0.11.0/24', '10.0.12.0/24'],
   *   isolated: ['10.0.21.0/24', '10.0.22.0/24'] }
   * @danger Changing the CIDR of a subnet replaces the subnet and what is attached to it.
   */
  subnets: z
    .strictObject({
      /** Subnets with a route to the internet gateway: load balancers, NAT, the box. One CIDR for each zone. */
      public: subnetCidrs,
      /** Subnets whose route to the internet is the NAT: containers, interface endpoints. One CIDR for each zone. */
      private: subnetCidrs,
      /** Subnets without a route to the internet: databases, caches, file systems. One CIDR for each zone. */
      isolated: subnetCidrs,
    })
    .optional(),
  /**
   * How private subnets reach the internet: `none` (not at all), `instance` (one t4g.nano that is replaced automatically),
   * `single` (one NAT gateway), `per-az` (one NAT gateway in each zone, so that the loss of a zone affects only that zone).
   * @price `instance` about $7 a month with disk and address (EC2, us-east-1, 2026-11); a gateway $36.50 a month with its
   * address, and $0.045 per GB (VPC, us-east-1, 2026-11).
   * @danger A change interrupts open connections; between `instance` and a gateway the public address changes too.
   */
  nat: z.enum(['none', 'instance', 'single', 'per-az']),
  /**
   * Interface endpoints, by the short name of the AWS service: private subnets reach that service without NAT. Gateway
   * endpoints for S3 and DynamoDB always exist and are free. @default [] @example ['ecr.api', 'ecr.dkr', 'logs']
   * @price $7.30 a month for each endpoint and zone, and $0.01 per GB (VPC, us-east-1, 2026-11).
   */
  interfaceEndpoints: z.array(z.enum(INTERFACE_ENDPOINTS)).default([]),
  /**
   * Where containers without `egress` of their own may open TCP connections, besides HTTPS anywhere and the environment's data.
   * @default [] @example [{ endpoint: 'email-smtp', port: 587 }]
   * @danger An intruder in any of these containers can connect there, too.
   */
  egress: destinations.default([]),
  /**
   * VPC flow logs: records of accepted or refused connections, in the log group
   * `/<system>/<short name>/vpc-flow-logs`. @default no flow logs
   * @price $0.50 per GB of logs (CloudWatch, us-east-1, 2026-11).
   */
  flowLogs: z
    .strictObject({
      /** How long the records are kept. @unit days @default 30 */
      retentionDays: z.literal(LOG_RETENTION_DAYS).default(30),
      /**
       * Which connections are recorded. `REJECT` suffices to find a blocked port; `ALL` is what auditors ask for.
       * @default 'REJECT'
       */
      traffic: z.enum(['ALL', 'ACCEPT', 'REJECT']).default('REJECT'),
    })
    .optional(),
  /**
   * A small isolated VPC in each region that holds a database replica, by region: two subnets, no gateway, no route.
   * @default {} @example { 'us-west-2': { cidr: '10.9.0.0/24' } }
   */
  replicaNetworks: z
    .partialRecord(
      z.enum(REGIONS),
      z.strictObject({
        /**
         * Addresses of the VPC, /16 to /27, outside `network.cidr` and the other replica networks. @example '10.9.0.0/24'
         * @danger Changing it replaces the VPC and the replica in it.
         */
        cidr,
      }),
    )
    .default({}),
});

/** The VPC, its subnets, the way out, and the small networks of replica regions. */
import { z } from 'zod';
import { REGIONS } from '../tables/regions';
import { cidr, helped, LOG_RETENTION_DAYS } from './primitives';

/** AWS services that private subnets can reach without a way out to the internet; each costs about $7 a zone and month (us-east-1). */
export const INTERFACE_ENDPOINTS = [
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
      .array(z.string().regex(/^[a-z]$/))
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
  /** The VPC's addresses, /16 to /22 when subnets are carved. Cannot be changed later without replacing the VPC. */
  cidr,
  /** How many zones, or which. Subnets are planned for three, so that going from two to three moves nothing. @default 2 */
  zones: zones.default(2),
  /** Subnet CIDRs as a document draws them, one a zone. @default carved from `cidr` */
  subnets: z.strictObject({ public: subnetCidrs, private: subnetCidrs, isolated: subnetCidrs }).optional(),
  /**
   * How private subnets reach the internet: `none`; `instance` (one t4g.nano that replaces itself, about $5 a month);
   * `single` (one NAT gateway, about $35); `per-az` (one a zone, survives the loss of a zone).
   */
  nat: z.enum(['none', 'instance', 'single', 'per-az']),
  /** Interface endpoints, by the service's short name. S3 and DynamoDB gateway endpoints are always there and free. @default [] */
  interfaceEndpoints: z.array(z.enum(INTERFACE_ENDPOINTS)).default([]),
  /** Records of accepted and refused connections in CloudWatch Logs; costs by volume. @default none */
  flowLogs: z
    .strictObject({
      /** @default 30 */
      retentionDays: z.literal(LOG_RETENTION_DAYS).default(30),
      /** @default 'REJECT' */
      traffic: z.enum(['ALL', 'ACCEPT', 'REJECT']).default('REJECT'),
    })
    .optional(),
  /** A small isolated VPC in each region that holds a database replica. @default {} */
  replicaNetworks: z.partialRecord(z.enum(REGIONS), z.strictObject({ cidr })).default({}),
});

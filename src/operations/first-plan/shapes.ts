/**
 * What the values look like that AWS gives out when it creates something: providers check some formats while they plan. Every one
 * is recognisable, by the word `assumed` or by zeros in the place of an account or a number. Pure.
 */

/** The thing whose attribute is invented. */
export interface Subject {
  /** `aws_vpc` */
  readonly type: string;
  /** Its name where the configuration has one, otherwise an invented one. */
  readonly name: string;
  /** Of the things of its type in its stack, from 1: two of them have different values. */
  readonly number: number;
  readonly region: string;
}

/** The account of every invented ARN. */
export const ASSUMED_ACCOUNT = '000000000000';

type Shape = (subject: Subject) => string;

/** Hexadecimal in AWS: 17 places. */
const id =
  (prefix: string): Shape =>
  ({ number }) =>
    `${prefix}-assumed${zeros(number, 10)}`;

const uuid: Shape = ({ number }) => `00000000-0000-0000-0000-${zeros(number, 12)}`;

const upperCase =
  (prefix: string): Shape =>
  ({ number }) =>
    `${prefix}0ASSUMED${zeros(number, 5)}`;

const host =
  (service: string): Shape =>
  ({ number, region }) =>
    `assumed-${number}.${region}.${service}.amazonaws.com`;

const named: Shape = ({ name }) => name;

/** 192.0.2.0/24 is for documentation: no host has such an address. Source: RFC 5737. */
const address: Shape = ({ number }) => `192.0.2.${number % 256}`;

function zeros(number: number, length: number): string {
  return String(number).padStart(length, '0');
}

/** @param resource what follows the account */
const arn =
  (service: string, resource: Shape, isGlobal = false): Shape =>
  (subject) =>
    `arn:aws:${service}:${isGlobal ? '' : subject.region}:${ASSUMED_ACCOUNT}:${resource(subject)}`;

const path =
  (prefix: string, shape: Shape): Shape =>
  (subject) =>
    `${prefix}${shape(subject)}`;

/** What CloudWatch calls a load balancer or a target group: the end of its ARN. */
const suffix =
  (prefix: string): Shape =>
  ({ number }) =>
    `${prefix}/assumed/${zeros(number, 16)}`;

const ID: Readonly<Record<string, Shape>> = {
  aws_acm_certificate: arn('acm', path('certificate/', uuid)),
  aws_amplify_app: ({ number }) => `d0assumed${zeros(number, 5)}`,
  aws_cloudfront_distribution: upperCase('E'),
  aws_ebs_volume: id('vol'),
  aws_efs_access_point: id('fsap'),
  aws_efs_file_system: id('fs'),
  aws_eip: id('eipalloc'),
  aws_instance: id('i'),
  aws_kms_key: uuid,
  aws_launch_template: id('lt'),
  aws_nat_gateway: id('nat'),
  aws_network_interface: id('eni'),
  aws_route53_health_check: uuid,
  aws_route53_zone: upperCase('Z'),
  aws_route_table: id('rtb'),
  aws_security_group: id('sg'),
  aws_subnet: id('subnet'),
  aws_vpc: id('vpc'),
  aws_vpc_endpoint: id('vpce'),
};

const ARN: Readonly<Record<string, Shape>> = {
  aws_acm_certificate: arn('acm', path('certificate/', uuid)),
  aws_appautoscaling_target: arn('application-autoscaling', path('scalable-target/', uuid)),
  aws_cloudtrail: arn('cloudtrail', path('trail/', named)),
  aws_cloudwatch_log_group: arn('logs', path('log-group:', named)),
  aws_db_instance: arn('rds', path('db:', named)),
  aws_ecr_repository: arn('ecr', path('repository/', named)),
  aws_ecs_cluster: arn('ecs', path('cluster/', named)),
  aws_ecs_service: arn('ecs', path('service/assumed/', named)),
  aws_efs_access_point: arn('elasticfilesystem', path('access-point/', id('fsap'))),
  aws_efs_file_system: arn('elasticfilesystem', path('file-system/', id('fs'))),
  aws_eks_cluster: arn('eks', path('cluster/', named)),
  aws_eks_node_group: arn(
    'eks',
    path('nodegroup/assumed/', (subject) => `${named(subject)}/${uuid(subject)}`),
  ),
  aws_iam_role: arn('iam', path('role/', named), true),
  aws_kms_key: arn('kms', path('key/', uuid)),
  aws_lb: arn('elasticloadbalancing', path('loadbalancer/', suffix('app'))),
  aws_lb_listener: arn('elasticloadbalancing', (subject) => `${suffix('listener/app')(subject)}/${zeros(subject.number, 16)}`),
  aws_lb_target_group: arn('elasticloadbalancing', suffix('targetgroup')),
  aws_s3_bucket: ({ name }) => `arn:aws:s3:::${name}`,
  aws_secretsmanager_secret: arn(
    'secretsmanager',
    path('secret:', ({ name, number }) => `${name}-${zeros(number, 6)}`),
  ),
  aws_sns_topic: arn('sns', named),
  aws_sqs_queue: arn('sqs', named),
  aws_wafv2_web_acl: arn(
    'wafv2',
    path('regional/webacl/', (subject) => `${named(subject)}/${uuid(subject)}`),
  ),
};

/** Other attributes: `type.attribute`, without indices. */
const OTHER: Readonly<Record<string, Shape>> = {
  'aws_acm_certificate_validation.certificate_arn': arn('acm', path('certificate/', uuid)),
  'aws_caller_identity.account_id': () => ASSUMED_ACCOUNT,
  'aws_cloudfront_distribution.domain_name': ({ number }) => `d0assumed${zeros(number, 5)}.cloudfront.net`,
  'aws_db_instance.address': host('rds'),
  'aws_db_instance.master_user_secret.secret_arn': arn(
    'secretsmanager',
    path('secret:', ({ number }) => `rds!db-${uuid({ number } as Subject)}-${zeros(number, 6)}`),
  ),
  'aws_db_instance.resource_id': upperCase('db-'),
  'aws_ecr_repository.repository_url': ({ name, region }) => `${ASSUMED_ACCOUNT}.dkr.ecr.${region}.amazonaws.com/${name}`,
  'aws_eip.allocation_id': id('eipalloc'),
  'aws_eip.public_ip': address,
  'aws_eks_cluster.certificate_authority.data': () => Buffer.from('assumed').toString('base64'),
  'aws_eks_cluster.endpoint': ({ number, region }) =>
    `https://00000000ASSUMED${zeros(number, 17)}.gr7.${region}.eks.amazonaws.com`,
  'aws_eks_cluster.vpc_config.cluster_security_group_id': id('sg'),
  'aws_eks_node_group.resources.autoscaling_groups.name': ({ number }) => `eks-assumed-${zeros(number, 8)}`,
  'aws_elasticache_replication_group.primary_endpoint_address': host('cache'),
  'aws_lb.arn_suffix': suffix('app'),
  'aws_lb.dns_name': host('elb'),
  'aws_lb.zone_id': upperCase('Z'),
  'aws_lb_target_group.arn_suffix': suffix('targetgroup'),
  'aws_route53_zone.zone_id': upperCase('Z'),
  'aws_sqs_queue.url': ({ name, region }) => `https://sqs.${region}.amazonaws.com/${ASSUMED_ACCOUNT}/${name}`,
  'cloudflare_zone.zone_id': ({ number }) => zeros(number, 32),
  'kubernetes_ingress_v1.status.load_balancer.ingress.hostname': host('elb'),
};

/** Endings of attributes that look the same on every type; the first that fits. */
const BY_ENDING: readonly (readonly [RegExp, Shape])[] = [
  [/(^|_)arns?$/, ({ type, name, region }) => `arn:aws:${serviceOf(type)}:${region}:${ASSUMED_ACCOUNT}:${name}`],
  [/(^|_)(account|account_id|owner_id)$/, () => ASSUMED_ACCOUNT],
  [/(^|_)security_group_ids?$/, id('sg')],
  [/(^|_)subnet_ids?$/, id('subnet')],
  [/(^|_)vpc_id$/, id('vpc')],
  [/(^|_)zone_id$/, upperCase('Z')],
  [/(^|_)(ip|ips|ip_address|public_ip|private_ip)$/, address],
  [/(^|_)cidr(_blocks?)?$/, () => '192.0.2.0/24'],
  [/(^|_)(url|uri|endpoint)$/, ({ number }) => `https://assumed-${number}.invalid`],
  [/(^|_)(host|hostname|dns_name|domain_name|address)$/, ({ number }) => `assumed-${number}.invalid`],
];

function serviceOf(type: string): string {
  return type.split('_')[1] ?? type;
}

/** A value, and whether its form is that of AWS or a guess by the name alone. */
export interface Shaped {
  readonly value: string;
  readonly isGuessed: boolean;
}

/**
 * The invented value of an attribute.
 * @param attribute with its parents, without indices: `master_user_secret.secret_arn`
 */
export function shaped(subject: Subject, attribute: string): Shaped {
  const { type } = subject;
  const known = OTHER[`${type}.${attribute}`] ?? (attribute === 'id' ? ID[type] : attribute === 'arn' ? ARN[type] : undefined);
  if (known !== undefined) return { value: known(subject), isGuessed: false };
  const last = attribute.split('.').at(-1) ?? attribute;
  const [, guess] = BY_ENDING.find(([ending]) => ending.test(last)) ?? [];
  return { value: guess?.(subject) ?? `assumed-${last.replaceAll('_', '-')}-${subject.number}`, isGuessed: true };
}

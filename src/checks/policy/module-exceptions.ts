/** Exceptions about Terrace's own modules, in any environment. Those about particular environments: policy-exceptions.yaml. */

export interface ModuleException {
  /** `CKV_AWS_21`, or the id of one of our own rules. */
  readonly check: string;
  /** The stacks, as a glob over their ids. @default every stack */
  readonly stacks?: string;
  /** The resources, as a glob over their addresses. @default every resource */
  readonly resources?: string;
  /** `cost`: acceptable where nothing is protected, and only there. `design`: right in production too. */
  readonly kind: 'cost' | 'design';
  readonly reason: string;
}

type Where = Pick<ModuleException, 'stacks' | 'resources'>;

const exception =
  (kind: ModuleException['kind']) =>
  (check: string, reason: string, where: Where = {}): ModuleException => ({ check, ...where, kind, reason });

const [cost, design] = [exception('cost'), exception('design')];

const BOOTSTRAP = 'bootstrap-*';

/** Those that restart services after a rotation or a failed first deployment, and those that run jobs. */
const STATE_MACHINES = 'aws_sfn_state_machine.{rotation_redeploy,service-restart_machine,job-*_run_machine}';

/** Of `edge.cdn`, of frontends with their own host names, and of redirects. */
const DISTRIBUTIONS = 'aws_cloudfront_distribution.{cdn,cdn-*,redirects}_distribution';

const KEY_COST = "a customer-managed key costs $1 a month; data is encrypted with the service's own key";

/** The first row that covers a finding explains it. */
export const MODULE_EXCEPTIONS: readonly ModuleException[] = [
  // Network
  cost('CKV2_AWS_11', 'flow logs are billed by volume; `network.flowLogs` adds them'),
  design('CKV2_AWS_11', 'the replica network holds one database, and has no routes and no ingress rules', {
    resources: 'aws_vpc.replica-*',
  }),
  design(
    'CKV2_AWS_19',
    'the NAT instance associates the address at boot, and the box in another stack, which checkov does not see',
    { resources: 'aws_eip.{nat_instance_address,box_address}' },
  ),
  design('CKV2_AWS_23', 'the target of the record is in another stack, which checkov does not see', {
    resources: 'aws_route53_record.record-*',
  }),
  design('CKV2_AWS_5', 'databases, caches and mount targets of the data stack use it, which checkov does not see', {
    resources: 'aws_security_group.{data_*,replica-*}',
  }),
  design('CKV2_AWS_5', 'tasks that run on demand or by schedule, and the rotation function, name it when they start', {
    resources: 'aws_security_group.{job-*,database_rotation_access_group,builder-*}',
  }),
  design('CKV_AWS_260', "port 80 only redirects to HTTPS, and on the box also serves the certificate authority's challenge", {
    resources: 'aws_vpc_security_group_ingress_rule.{load-balancer_http,security_http-world}',
  }),
  // Web
  cost('CKV2_AWS_28', 'a web firewall costs $5 a month and a price per request; `edge.waf` adds it'),
  cost('CKV_AWS_68', 'a web firewall costs $5 a month and a price per request; `edge.waf` adds it'),
  design(
    'CKV2_AWS_47',
    "AWS's rules for known bad inputs, including Log4j, are in every firewall; the check also requires anonymous addresses to be blocked, which excludes users of VPNs",
  ),
  design('CKV2_AWS_76', 'as CKV2_AWS_47, for the load balancer'),
  design('CKV_AWS_378', 'TLS ends at the load balancer; only its own security group reaches the tasks behind it', {
    resources: 'aws_lb_target_group.*',
  }),
  cost('CKV_AWS_150', 'an environment without `protect` can be destroyed'),
  design(
    'CKV_AWS_259',
    'HTTPS is enforced for a year; preloading and subdomains would bind every other name of the domain, for years',
  ),
  design('CKV_AWS_305', 'the application answers `/` itself', { resources: DISTRIBUTIONS }),
  design(
    'CKV_AWS_310',
    'the one origin is a load balancer or a bucket over several zones; a second origin would need a second system',
    {
      resources: DISTRIBUTIONS,
    },
  ),
  design('CKV_AWS_374', 'a distribution serves every country; `edge.waf` blocks countries where an environment asks for it'),
  design(
    'CKV_AWS_86',
    "requests that reach the origin are in the load balancer's access log, and those that the firewall blocks are in the firewall's log",
    { resources: DISTRIBUTIONS },
  ),
  design(
    'CKV2_AWS_38',
    'signing a delegated zone needs a record in the parent zone; while only one of them exists, validating resolvers reject the name',
    { resources: 'aws_route53_zone.delegated_created' },
  ),
  design('CKV2_AWS_39', 'a public zone with a few names: its queries hold nothing worth keeping', {
    resources: 'aws_route53_zone.delegated_created',
  }),
  // Data
  cost('CKV_AWS_157', 'a standby doubles the price of the database'),
  design('CKV_AWS_157', 'a replica is itself the copy, and can be recreated from the primary', {
    resources: 'aws_db_instance.database_replica-*',
  }),
  design('CKV_AWS_133', 'the primary is backed up', { resources: 'aws_db_instance.database_replica-*' }),
  design(
    'CKV_AWS_118',
    "Performance Insights and the database's own metrics are on; `database.enhancedMonitoringSeconds` adds those of the operating system",
  ),
  design(
    'CKV_AWS_161',
    "IAM authentication takes 300 to 1000 MiB of the instance's memory (RDS user guide); passwords are in secrets and TLS is forced; `database.iamAuthentication` adds it",
  ),
  cost('CKV_AWS_293', 'an environment without `protect` can be destroyed'),
  cost('CKV_AWS_354', KEY_COST),
  cost('CKV2_AWS_50', 'a second node doubles the price of the cache'),
  cost('CKV_AWS_191', KEY_COST),
  design(
    'CKV_AWS_31',
    'encrypted in transit and at rest; the provider has no write-only argument for a token, which would be in the state, so security groups control access',
  ),
  design(
    'CKV_AWS_144',
    'a copy in another region is a decision about residency; old versions and backups protect against mistakes',
  ),
  design('CKV2_AWS_62', 'events without a subscriber; a system that needs them adds a queue'),
  design(
    'CKV_AWS_145',
    "encrypted with keys of S3, which log delivery and presigned links need; `encryption: 'kms'` gives a bucket the environment's key",
  ),
  design('CKV_AWS_18', 'it is the target of access logs: logging into itself never ends', {
    resources: 'aws_s3_bucket.bucket_access-logs_bucket',
  }),
  design(
    'CKV_AWS_18',
    "created before any log bucket; only two roles can read it, with the store's key, whose use CloudTrail records",
    { stacks: BOOTSTRAP },
  ),
  design('CKV_AWS_18', 'only the host reads it, every five minutes; it holds no secret', {
    resources: 'aws_s3_bucket.configuration_bucket_bucket',
  }),
  cost('CKV_AWS_18', 'access logs are kept where data is protected'),
  cost('CKV_AWS_21', 'old versions are billed; without `protect` they are optional'),
  // Secrets, images, parameters
  design(
    'CKV2_AWS_57',
    'a value that a third party issues, or whose change ends every session, is rotated by hand (docs/secrets.md); database logins rotate where the environment gives days',
  ),
  cost('CKV_AWS_149', KEY_COST),
  cost('CKV_AWS_136', KEY_COST),
  design('CKV2_AWS_34', 'it names an image, which is not a secret', { resources: 'aws_ssm_parameter.release-*' }),
  // Logs
  design(
    'CKV_AWS_158',
    "CloudWatch encrypts every group with a key of the service; `logs.encryption: 'kms'` uses the environment's",
  ),
  design('CKV_AWS_338', 'retention is a choice of the environment: `logs.retentionDays`'),
  design(
    'CKV2_AWS_10',
    'the trail is kept for a year in a dedicated bucket, validated; CloudWatch would store it a second time, billed by volume',
    { stacks: BOOTSTRAP },
  ),
  design('CKV_AWS_252', 'a notification for every file of the trail, without a subscriber; alarms cover what matters', {
    stacks: BOOTSTRAP,
  }),
  // Containers and hosts
  design('CKV_AWS_284', 'few calls to ECS and their retries: there is nothing to trace', { resources: STATE_MACHINES }),
  design('CKV_AWS_285', 'a standard workflow keeps its own history for 90 days', { resources: STATE_MACHINES }),
  design(
    'CKV_AWS_316',
    'building images needs Docker, which needs a privileged build; its role reaches only its own repositories',
    { resources: 'aws_codebuild_project.builder-*' },
  ),
  design('CKV_AWS_126', 'the host publishes its own metrics, including disk and memory, which AWS cannot measure from outside', {
    resources: 'aws_instance.box_instance',
  }),
  design('CKV_AWS_39', 'open only to the networks in `kubernetes.publicAccessCidrs`, without which there is no public endpoint', {
    resources: 'aws_eks_cluster.cluster_cluster',
  }),
  design('CKV_K8S_14', 'the tag is read from the image parameter during the plan, which checkov does not see'),
  design('CKV_K8S_43', 'the image parameter may name a digest; repositories do not allow a tag to be overwritten'),
  design('CKV_K8S_15', 'tags cannot be overwritten, so a pulled image is the right one'),
  design('CKV_K8S_35', 'the same contract as on every tier: applications read environment variables'),
];

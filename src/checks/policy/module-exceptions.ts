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

const BOOTSTRAP = '*-bootstrap';

const KEY_COST = "a customer-managed key costs $1 a month; data is encrypted with the service's own key";

/** The first row that covers a finding explains it. */
export const MODULE_EXCEPTIONS: readonly ModuleException[] = [
  // Network
  {
    check: 'CKV2_AWS_11',
    kind: 'cost',
    reason: 'flow logs are billed by volume; `network.flowLogs` adds them',
  },
  {
    check: 'CKV2_AWS_11',
    resources: 'aws_vpc.replica-*',
    kind: 'design',
    reason: 'the replica network holds one database, and has no routes and no ingress rules',
  },
  {
    check: 'CKV2_AWS_19',
    resources: 'aws_eip.{nat_instance_address,box_address}',
    kind: 'design',
    reason: 'the NAT instance associates the address at boot, and the box in another stack, which checkov does not see',
  },
  {
    check: 'CKV2_AWS_23',
    resources: 'aws_route53_record.record-*',
    kind: 'design',
    reason: 'the target of the record is in another stack, which checkov does not see',
  },
  {
    check: 'CKV2_AWS_5',
    resources: 'aws_security_group.{data_*,replica-*}',
    kind: 'design',
    reason: 'databases, caches and mount targets of the data stack use it, which checkov does not see',
  },
  {
    check: 'CKV2_AWS_5',
    resources: 'aws_security_group.{job-*,database_rotation_access_group,builder-*}',
    kind: 'design',
    reason: 'tasks that run on demand or by schedule, and the rotation function, name it when they start',
  },
  {
    check: 'CKV_AWS_260',
    resources: 'aws_vpc_security_group_ingress_rule.{load-balancer_http,security_http-world}',
    kind: 'design',
    reason: "port 80 only redirects to HTTPS, and on the box also serves the certificate authority's challenge",
  },
  // Web
  {
    check: 'CKV2_AWS_28',
    kind: 'cost',
    reason: 'a web firewall costs $5 a month and a price per request; `edge.waf` adds it',
  },
  {
    check: 'CKV_AWS_68',
    kind: 'cost',
    reason: 'a web firewall costs $5 a month and a price per request; `edge.waf` adds it',
  },
  {
    check: 'CKV2_AWS_47',
    kind: 'design',
    reason:
      "AWS's rules for known bad inputs, including Log4j, are in every firewall; the check also requires anonymous addresses to be blocked, which excludes users of VPNs",
  },
  {
    check: 'CKV2_AWS_76',
    kind: 'design',
    reason: 'as CKV2_AWS_47, for the load balancer',
  },
  {
    check: 'CKV_AWS_378',
    resources: 'aws_lb_target_group.*',
    kind: 'design',
    reason: 'TLS ends at the load balancer; only its own security group reaches the tasks behind it',
  },
  {
    check: 'CKV_AWS_150',
    kind: 'cost',
    reason: 'an environment without `protect` can be destroyed',
  },
  {
    check: 'CKV_AWS_259',
    kind: 'design',
    reason: 'HTTPS is enforced for a year; preloading and subdomains would bind every other name of the domain, for years',
  },
  {
    check: 'CKV_AWS_305',
    resources: 'aws_cloudfront_distribution.cdn_distribution',
    kind: 'design',
    reason: 'the application answers `/` itself',
  },
  {
    check: 'CKV_AWS_310',
    resources: 'aws_cloudfront_distribution.cdn_distribution',
    kind: 'design',
    reason: 'the one origin is a load balancer over several zones; a second origin would need a second system',
  },
  {
    check: 'CKV_AWS_374',
    kind: 'design',
    reason: 'a distribution serves every country; `edge.waf` blocks countries where an environment asks for it',
  },
  {
    check: 'CKV_AWS_86',
    resources: 'aws_cloudfront_distribution.cdn_distribution',
    kind: 'design',
    reason:
      "requests that reach the origin are in the load balancer's access log, and those that the firewall blocks are in the firewall's log",
  },
  {
    check: 'CKV2_AWS_38',
    resources: 'aws_route53_zone.delegated_created',
    kind: 'design',
    reason:
      'signing a delegated zone needs a record in the parent zone; while only one of them exists, validating resolvers reject the name',
  },
  {
    check: 'CKV2_AWS_39',
    resources: 'aws_route53_zone.delegated_created',
    kind: 'design',
    reason: 'a public zone with a few names: its queries hold nothing worth keeping',
  },
  // Data
  {
    check: 'CKV_AWS_157',
    kind: 'cost',
    reason: 'a standby doubles the price of the database',
  },
  {
    check: 'CKV_AWS_157',
    resources: 'aws_db_instance.database_replica-*',
    kind: 'design',
    reason: 'a replica is itself the copy, and can be recreated from the primary',
  },
  {
    check: 'CKV_AWS_133',
    resources: 'aws_db_instance.database_replica-*',
    kind: 'design',
    reason: 'the primary is backed up',
  },
  {
    check: 'CKV_AWS_118',
    kind: 'design',
    reason:
      "Performance Insights and the database's own metrics are on; `database.enhancedMonitoringSeconds` adds those of the operating system",
  },
  {
    check: 'CKV_AWS_161',
    kind: 'design',
    reason:
      "IAM authentication takes 300 to 1000 MiB of the instance's memory (RDS user guide); passwords are in secrets and TLS is forced; `database.iamAuthentication` adds it",
  },
  {
    check: 'CKV_AWS_293',
    kind: 'cost',
    reason: 'an environment without `protect` can be destroyed',
  },
  {
    check: 'CKV_AWS_354',
    kind: 'cost',
    reason: KEY_COST,
  },
  {
    check: 'CKV2_AWS_50',
    kind: 'cost',
    reason: 'a second node doubles the price of the cache',
  },
  {
    check: 'CKV_AWS_191',
    kind: 'cost',
    reason: KEY_COST,
  },
  {
    check: 'CKV_AWS_31',
    kind: 'design',
    reason:
      'encrypted in transit and at rest; the provider has no write-only argument for a token, which would be in the state, so security groups control access',
  },
  {
    check: 'CKV_AWS_144',
    kind: 'design',
    reason: 'a copy in another region is a decision about residency; old versions and backups protect against mistakes',
  },
  {
    check: 'CKV2_AWS_62',
    kind: 'design',
    reason: 'events without a subscriber; a system that needs them adds a queue',
  },
  {
    check: 'CKV_AWS_145',
    kind: 'design',
    reason:
      "encrypted with keys of S3, which log delivery and presigned links need; `encryption: 'kms'` gives a bucket the environment's key",
  },
  {
    check: 'CKV_AWS_18',
    resources: 'aws_s3_bucket.bucket_access-logs_bucket',
    kind: 'design',
    reason: 'it is the target of access logs: logging into itself never ends',
  },
  {
    check: 'CKV_AWS_18',
    stacks: BOOTSTRAP,
    kind: 'design',
    reason: "created before any log bucket; only two roles can read it, with the store's key, whose use CloudTrail records",
  },
  {
    check: 'CKV_AWS_18',
    resources: 'aws_s3_bucket.configuration_bucket_bucket',
    kind: 'design',
    reason: 'only the host reads it, every five minutes; it holds no secret',
  },
  {
    check: 'CKV_AWS_18',
    kind: 'cost',
    reason: 'access logs are kept where data is protected',
  },
  {
    check: 'CKV_AWS_21',
    kind: 'cost',
    reason: 'old versions are billed; without `protect` they are optional',
  },
  // Secrets, images, parameters
  {
    check: 'CKV2_AWS_57',
    kind: 'design',
    reason:
      'a value that a third party issues, or whose change ends every session, is rotated by hand (docs/secrets.md); database logins rotate where the environment gives days',
  },
  {
    check: 'CKV_AWS_149',
    kind: 'cost',
    reason: KEY_COST,
  },
  {
    check: 'CKV_AWS_136',
    kind: 'cost',
    reason: KEY_COST,
  },
  {
    check: 'CKV2_AWS_34',
    resources: 'aws_ssm_parameter.release-*',
    kind: 'design',
    reason: 'it names an image, which is not a secret',
  },
  // Logs
  {
    check: 'CKV_AWS_158',
    kind: 'design',
    reason: "CloudWatch encrypts every group with a key of the service; `logs.encryption: 'kms'` uses the environment's",
  },
  {
    check: 'CKV_AWS_338',
    kind: 'design',
    reason: 'retention is a choice of the environment: `logs.retentionDays`',
  },
  {
    check: 'CKV2_AWS_10',
    stacks: BOOTSTRAP,
    kind: 'design',
    reason:
      'the trail is kept for a year in a dedicated bucket, validated; CloudWatch would store it a second time, billed by volume',
  },
  {
    check: 'CKV_AWS_252',
    stacks: BOOTSTRAP,
    kind: 'design',
    reason: 'a notification for every file of the trail, without a subscriber; alarms cover what matters',
  },
  // Containers and hosts
  {
    check: 'CKV_AWS_284',
    resources: 'aws_sfn_state_machine.rotation_redeploy',
    kind: 'design',
    reason: 'one call to ECS and its retries: there is nothing to trace',
  },
  {
    check: 'CKV_AWS_285',
    resources: 'aws_sfn_state_machine.rotation_redeploy',
    kind: 'design',
    reason: 'a standard workflow keeps its own history for 90 days',
  },
  {
    check: 'CKV_AWS_316',
    resources: 'aws_codebuild_project.builder-*',
    kind: 'design',
    reason: 'building images needs Docker, which needs a privileged build; its role reaches only its own repositories',
  },
  {
    check: 'CKV_AWS_126',
    resources: 'aws_instance.box_instance',
    kind: 'design',
    reason: 'the host publishes its own metrics, including disk and memory, which AWS cannot measure from outside',
  },
  {
    check: 'CKV_AWS_39',
    resources: 'aws_eks_cluster.cluster_cluster',
    kind: 'design',
    reason: 'open only to the networks in `kubernetes.publicAccessCidrs`, without which there is no public endpoint',
  },
  {
    check: 'CKV_K8S_14',
    kind: 'design',
    reason: 'the tag is read from the image parameter during the plan, which checkov does not see',
  },
  {
    check: 'CKV_K8S_43',
    kind: 'design',
    reason: 'the image parameter may name a digest; repositories do not allow a tag to be overwritten',
  },
  {
    check: 'CKV_K8S_15',
    kind: 'design',
    reason: 'tags cannot be overwritten, so a pulled image is the right one',
  },
  {
    check: 'CKV_K8S_35',
    kind: 'design',
    reason: 'the same contract as on every tier: applications read environment variables',
  },
];

/** Every exception from a policy, with its reason: one table, reviewed like code. A row that explains nothing any more fails the gate. */

/** One exception. */
export interface Exception {
  /** `CKV_AWS_21`, or one of our own ids. */
  readonly check: string;
  /** Which stacks, as a glob over their ids. @default every stack */
  readonly stacks?: string;
  /** Which resources, as a glob over their addresses. @default every resource */
  readonly resources?: string;
  /** `cost`: good enough where nothing is protected, and there only. `design`: right in production too. */
  readonly kind: 'cost' | 'design';
  readonly reason: string;
}

/** The first row that covers a finding explains it. */
export const EXCEPTIONS: readonly Exception[] = [
  // Network
  {
    check: 'CKV2_AWS_11',
    kind: 'cost',
    reason: 'flow logs cost by volume; `network.flowLogs` adds them',
  },
  {
    check: 'CKV2_AWS_11',
    stacks: 'semiont-production-network',
    kind: 'design',
    reason: 'the document: VPC flow logs are "not enabled by default"',
  },
  {
    check: 'CKV2_AWS_11',
    resources: 'aws_vpc.replica-*',
    kind: 'design',
    reason: 'the replica network holds one database, has no route to anywhere and no rule that lets anything in',
  },
  {
    check: 'CKV2_AWS_19',
    resources: 'aws_eip.{nat_instance_address,box_address}',
    kind: 'design',
    reason:
      'the address is attached: by the NAT instance as it boots, or by the box in a stack of its own, which checkov does not see',
  },
  {
    check: 'CKV2_AWS_23',
    resources: 'aws_route53_record.record-*',
    kind: 'design',
    reason: 'what the record points at stands in another stack, which checkov does not see',
  },
  {
    check: 'CKV2_AWS_5',
    resources: 'aws_security_group.{data_*,replica-*}',
    kind: 'design',
    reason: 'databases, caches and mount targets in the data stack use it, which checkov does not see',
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
    reason: "port 80 answers with a redirect to HTTPS, and on the box also with the certificate authority's challenge",
  },
  // Web
  {
    check: 'CKV2_AWS_28',
    kind: 'cost',
    reason: 'a web firewall costs $5 a month and by request; `edge.waf` adds it',
  },
  {
    check: 'CKV2_AWS_28',
    stacks: 'semiont-production-compute-fargate',
    kind: 'design',
    reason: 'CloudFront stands before the load balancer, which admits nobody else, and carries the firewall',
  },
  {
    check: 'CKV2_AWS_28',
    stacks: 'webrana-growth-compute-fargate',
    kind: 'design',
    reason: "Cloudflare stands before the load balancer, and its firewall is the document's",
  },
  {
    check: 'CKV2_AWS_28',
    stacks: 'h2o-prod-compute-fargate',
    kind: 'design',
    reason: 'the document has no firewall; CloudFront stands before the load balancer, which admits nobody else',
  },
  {
    check: 'CKV_AWS_68',
    kind: 'cost',
    reason: 'a web firewall costs $5 a month and by request; `edge.waf` adds it',
  },
  {
    check: 'CKV_AWS_68',
    stacks: 'h2o-prod-edge',
    kind: 'design',
    reason: 'the document has no firewall; `edge.waf` adds it',
  },
  {
    check: 'CKV2_AWS_47',
    kind: 'design',
    reason:
      "AWS's rules for known bad inputs, Log4j among them, are in the firewall wherever there is one; the check also wants anonymous addresses blocked, which shuts out people behind a VPN",
  },
  {
    check: 'CKV2_AWS_76',
    kind: 'design',
    reason: 'the same as CKV2_AWS_47, for the load balancer',
  },
  {
    check: 'CKV_AWS_378',
    resources: 'aws_lb_target_group.*',
    kind: 'design',
    reason: 'TLS ends at the load balancer; behind it only its own security group reaches the tasks',
  },
  {
    check: 'CKV_AWS_150',
    kind: 'cost',
    reason: 'an environment without `protect` can be taken down',
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
    reason: 'there is one origin, a load balancer over several zones; a second would need a second system',
  },
  {
    check: 'CKV_AWS_374',
    kind: 'design',
    reason: 'the systems serve everybody; countries are blocked in the firewall, where the document says so',
  },
  {
    check: 'CKV_AWS_86',
    resources: 'aws_cloudfront_distribution.cdn_distribution',
    kind: 'design',
    reason: "every request that reaches the origin is in the load balancer's access log, and what the firewall stops in its own",
  },
  {
    check: 'CKV2_AWS_38',
    resources: 'aws_route53_zone.delegated_created',
    kind: 'design',
    reason:
      'signing a delegated zone needs a record at whoever delegates it; half done, the name is gone for everybody who validates',
  },
  {
    check: 'CKV2_AWS_39',
    resources: 'aws_route53_zone.delegated_created',
    kind: 'design',
    reason: 'a public zone with a handful of names: who asks for them says nothing',
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
    reason: 'a replica is itself the copy; it can be made again from the primary',
  },
  {
    check: 'CKV_AWS_157',
    stacks: '{webrana-growth,semiont-production}-data',
    kind: 'design',
    reason: 'the document has one zone; the rule `single-az` wants that acknowledged in the environment file',
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
      "Performance Insights and the database's own metrics are on; `database.enhancedMonitoringSeconds` adds the operating system's where a document asks for them",
  },
  {
    check: 'CKV_AWS_161',
    kind: 'design',
    reason:
      "logging in by IAM takes 300 to 1000 MiB of the instance's memory (RDS user guide), and no application of these logs in so: passwords are in secrets, TLS is forced; `database.iamAuthentication` adds it",
  },
  {
    check: 'CKV_AWS_293',
    kind: 'cost',
    reason: 'an environment without `protect` can be taken down',
  },
  {
    check: 'CKV_AWS_354',
    kind: 'cost',
    reason: "a key of one's own costs $1 a month; AWS's own key encrypts",
  },
  {
    check: 'CKV2_AWS_50',
    kind: 'cost',
    reason: 'a second node doubles the price of the cache',
  },
  {
    check: 'CKV2_AWS_50',
    stacks: '{h2o-prod,webrana-growth,webrana-scale}-data',
    kind: 'design',
    reason: 'the document has one node; what the cache holds can be made again',
  },
  {
    check: 'CKV_AWS_191',
    kind: 'cost',
    reason: "a key of one's own costs $1 a month; AWS's own key encrypts",
  },
  {
    check: 'CKV_AWS_31',
    kind: 'design',
    reason:
      'encrypted in transit and at rest; a token would lie in the state, because the provider has no write-only argument for it, so security groups say who comes in',
  },
  {
    check: 'CKV_AWS_144',
    kind: 'design',
    reason: 'a copy in another region is a decision about residency; old versions and backups protect against mistakes',
  },
  {
    check: 'CKV2_AWS_62',
    kind: 'design',
    reason: 'an event that nobody listens to; whoever needs one adds a queue',
  },
  {
    check: 'CKV_AWS_145',
    kind: 'design',
    reason:
      "encrypted with keys of S3, which log delivery and links for browsers need; `encryption: 'kms'` gives a bucket the environment's key",
  },
  {
    check: 'CKV_AWS_18',
    resources: 'aws_s3_bucket.bucket_access-logs_bucket',
    kind: 'design',
    reason: 'it is where access logs go: logging into itself never ends',
  },
  {
    check: 'CKV_AWS_18',
    stacks: '*-bootstrap',
    kind: 'design',
    reason:
      "made before there is anywhere to log to; who may read it is two roles and the store's key, whose use CloudTrail records",
  },
  {
    check: 'CKV_AWS_18',
    resources: 'aws_s3_bucket.configuration_bucket_bucket',
    kind: 'design',
    reason: 'read by the host every five minutes and by nobody else; it holds no secret',
  },
  {
    check: 'CKV_AWS_18',
    kind: 'cost',
    reason: 'access logs are kept where data is protected',
  },
  {
    check: 'CKV_AWS_21',
    kind: 'cost',
    reason: 'old versions are paid for; without `protect` they are a choice',
  },
  {
    check: 'CKV_AWS_21',
    stacks: 'infrar-production-data',
    resources: 'aws_s3_bucket.bucket_artifacts_bucket',
    kind: 'design',
    reason: 'the document keeps no old versions of build artifacts, which are built again',
  },
  // Secrets, images, parameters
  {
    check: 'CKV2_AWS_57',
    kind: 'design',
    reason:
      'a value that somebody else issues, or whose change logs everybody out, is rotated by hand (docs/secrets.md); database logins rotate where the environment gives days',
  },
  {
    check: 'CKV_AWS_149',
    kind: 'cost',
    reason: "a key of one's own costs $1 a month; AWS's own key encrypts",
  },
  {
    check: 'CKV_AWS_136',
    kind: 'cost',
    reason: "a key of one's own costs $1 a month; AWS's own key encrypts",
  },
  {
    check: 'CKV2_AWS_34',
    resources: 'aws_ssm_parameter.release-*',
    kind: 'design',
    reason: 'it names an image, which is no secret',
  },
  // Logs
  {
    check: 'CKV_AWS_158',
    kind: 'design',
    reason: "CloudWatch encrypts every group with a key of its own; `logs.encryption: 'kms'` uses the environment's",
  },
  {
    check: 'CKV_AWS_338',
    kind: 'design',
    reason: 'the documents say how long, in days; `logs.retentionDays` keeps them longer',
  },
  {
    check: 'CKV2_AWS_10',
    stacks: '*-bootstrap',
    kind: 'design',
    reason: 'the trail is kept for a year in a bucket of its own, validated; CloudWatch would keep it a second time, by volume',
  },
  {
    check: 'CKV_AWS_252',
    stacks: '*-bootstrap',
    kind: 'design',
    reason: 'a message for every file of the trail, to nobody; alarms watch what matters',
  },
  // Containers and hosts
  {
    check: 'OWN_CONTAINER_READ_ONLY_ROOT',
    stacks: 'semiont-production-compute-fargate',
    kind: 'design',
    reason: 'the document opens shells by ECS Exec, which cannot write its own files on a read-only root',
  },
  {
    check: 'CKV_AWS_224',
    stacks: 'semiont-production-compute-fargate',
    kind: 'design',
    reason: 'shells go over TLS and are recorded; a key of ours would have to be granted to every task that can be opened',
  },
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
    reason:
      'building images needs Docker, which needs a privileged build; its role reaches its own repositories and nothing else',
  },
  {
    check: 'CKV_AWS_126',
    resources: 'aws_instance.box_instance',
    kind: 'design',
    reason: 'the host publishes metrics of its own, disk and memory among them, which AWS cannot see from outside',
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
    reason: 'the tag is read from the image parameter as the plan is made, which checkov does not see',
  },
  {
    check: 'CKV_K8S_43',
    kind: 'design',
    reason: 'the image parameter may name a digest; repositories refuse to overwrite a tag',
  },
  {
    check: 'CKV_K8S_15',
    kind: 'design',
    reason: 'tags cannot be overwritten, so a pulled image is the right one',
  },
  {
    check: 'CKV_K8S_35',
    kind: 'design',
    reason: 'the same contract as on every tier: the application reads variables',
  },
];

/** A case for each formula, calculated by hand from the prices of us-east-1 and 730 hours. */
import type { CaseOptions, Resources } from './support';

export interface Case extends CaseOptions {
  readonly resources: Resources;
  /** Expected dollars a month, as multiplied by hand. */
  readonly usd: number;
  /** Only of charges whose price begins so. @default all charges */
  readonly price?: string;
}

const task = { cpu: '512', memory: '1024', runtime_platform: { cpu_architecture: 'X86_64' }, family: 'api' };
const service = (capacity: readonly object[] = [{ capacity_provider: 'FARGATE', weight: 1 }]) => ({
  desired_count: 2,
  task_definition: '${aws_ecs_task_definition.service-api_task_definition.arn}',
  capacity_provider_strategy: capacity,
});
const target = (min: number, max: number) => ({
  min_capacity: min,
  max_capacity: max,
  resource_id: 'service/shop/${aws_ecs_service.service-api_service.name}',
});

export const CASES: Readonly<Record<string, Readonly<Record<string, Case>>>> = {
  aws_instance: {
    'a t3.micro with 12 GB and detailed monitoring': {
      resources: {
        aws_instance: {
          box: { instance_type: 't3.micro', monitoring: true, root_block_device: { volume_size: 12, volume_type: 'gp3' } },
        },
      },
      usd: 730 * 0.0104 + 12 * 0.08 + 7 * 0.3,
    },
    'as the entry it sends to the internet': {
      resources: { aws_instance: { box: { instance_type: 't3.micro' } } },
      usage: { transferOutGb: 40 },
      price: 'data-transfer/',
      usd: 40 * 0.09,
    },
  },
  aws_autoscaling_group: {
    'two hosts that may become four': {
      resources: {
        aws_launch_template: {
          hosts: { instance_type: 't4g.small', block_device_mappings: [{ ebs: { volume_size: '20', volume_type: 'gp3' } }] },
        },
        aws_autoscaling_group: {
          hosts: { min_size: 2, max_size: 4, desired_capacity: 3, launch_template: { id: '${aws_launch_template.hosts.id}' } },
        },
      },
      usd: 3 * (730 * 0.0168 + 20 * 0.08),
    },
  },
  aws_eks_cluster: { 'the control plane': { resources: { aws_eks_cluster: { cluster: {} } }, usd: 730 * 0.1 } },
  aws_eks_node_group: {
    'three t3.medium, up to six': {
      resources: {
        aws_eks_node_group: {
          nodes: { instance_types: ['t3.medium'], scaling_config: { min_size: 3, desired_size: 3, max_size: 6 } },
        },
      },
      usd: 3 * 730 * 0.0416,
    },
  },
  aws_ebs_volume: {
    '100 GB gp3 with 4000 IOPS and 200 MiB/s': {
      resources: { aws_ebs_volume: { data: { type: 'gp3', size: 100, iops: 4000, throughput: 200 } } },
      usd: 100 * 0.08 + 1000 * 0.005 + 75 * 0.04,
    },
  },
  aws_dlm_lifecycle_policy: {
    'seven days of a half full volume of 20 GB': {
      resources: {
        aws_ebs_volume: { data: { type: 'gp3', size: 20 } },
        aws_dlm_lifecycle_policy: { snapshots: { policy_details: { schedule: [{ retain_rule: { interval: 7 } }] } } },
      },
      usage: { dailyChangePercent: 2 },
      price: 'ebs/snapshot',
      usd: (10 + 20 * 0.02 * 7) * 0.05,
    },
  },
  aws_ecs_service: {
    'two tasks of 0.5 vCPU and 1 GB': {
      resources: {
        aws_ecs_task_definition: { 'service-api_task_definition': task },
        aws_ecs_service: { 'service-api_service': service() },
      },
      usd: 2 * 730 * (0.5 * 0.04048 + 0.004445),
    },
    'two to six tasks: a quarter of the way is three': {
      resources: {
        aws_ecs_task_definition: { 'service-api_task_definition': task },
        aws_ecs_service: { 'service-api_service': service() },
        aws_appautoscaling_target: { target: target(2, 6) },
      },
      usd: 3 * 730 * (0.5 * 0.04048 + 0.004445),
    },
    'half on Spot': {
      resources: {
        aws_ecs_task_definition: { 'service-api_task_definition': task },
        aws_ecs_service: {
          'service-api_service': service([
            { capacity_provider: 'FARGATE', weight: 1, base: 0 },
            { capacity_provider: 'FARGATE_SPOT', weight: 1 },
          ]),
        },
      },
      usd: 730 * (0.5 * 0.04048 + 0.004445) + 730 * (0.5 * 0.0136 + 0.001494),
    },
    'with 50 GiB of disk, of which 20 are included': {
      resources: {
        aws_ecs_task_definition: { 'service-api_task_definition': { ...task, ephemeral_storage: { size_in_gib: 50 } } },
        aws_ecs_service: { 'service-api_service': service() },
      },
      usd: 2 * 730 * (0.5 * 0.04048 + 0.004445 + 30 * 0.000111),
    },
    'on Graviton': {
      resources: {
        aws_ecs_task_definition: { 'service-api_task_definition': { ...task, runtime_platform: { cpu_architecture: 'ARM64' } } },
        aws_ecs_service: { 'service-api_service': service() },
      },
      usd: 2 * 730 * (0.5 * 0.03238 + 0.00356),
    },
    'with public addresses and traces': {
      resources: {
        aws_ecs_task_definition: {
          'service-api_task_definition': { ...task, container_definitions: '[{"image":"awsxray"}]' },
        },
        aws_ecs_service: { 'service-api_service': { ...service(), network_configuration: { assign_public_ip: true } } },
      },
      usage: { requestsPerMonth: 2_000_000 },
      usd: 2 * 730 * (0.5 * 0.04048 + 0.004445) + 2 * 730 * 0.005 + 2 * 0.05 * 5,
    },
  },
  aws_ecs_task_definition: {
    'a job of 0.5 vCPU and 1 GB for ten hours': {
      resources: { aws_ecs_task_definition: { 'job-migrate_task_definition': task } },
      usage: { jobHoursPerMonth: 10 },
      usd: 10 * (0.5 * 0.04048 + 0.004445),
    },
  },
  aws_ecs_cluster: {
    'Container Insights of one service: 8, 6 and 11 metrics': {
      resources: {
        aws_ecs_cluster: { cluster: { setting: [{ name: 'containerInsights', value: 'enabled' }] } },
        aws_ecs_task_definition: { 'service-api_task_definition': task },
        aws_ecs_service: { 'service-api_service': service() },
      },
      price: 'cloudwatch/',
      usd: 25 * 0.3,
    },
    'without Container Insights': {
      resources: { aws_ecs_cluster: { cluster: { setting: [{ name: 'containerInsights', value: 'disabled' }] } } },
      usd: 0,
    },
  },
  aws_db_instance: {
    'db.t4g.small with 20 GB in two zones, and the secret of its master user': {
      resources: {
        aws_db_instance: {
          primary: {
            engine: 'postgres',
            instance_class: 'db.t4g.small',
            multi_az: true,
            allocated_storage: 20,
            storage_type: 'gp3',
            manage_master_user_password: true,
          },
        },
      },
      usd: 730 * 0.065 + 20 * 0.23 + 0.4,
    },
    'backups beyond the size of the storage': {
      resources: {
        aws_db_instance: {
          primary: {
            engine: 'postgres',
            instance_class: 'db.t3.micro',
            allocated_storage: 100,
            storage_type: 'gp3',
            backup_retention_period: 30,
          },
        },
      },
      usage: { dailyChangePercent: 2 },
      price: 'rds-postgres/backup',
      usd: (50 + 100 * 0.02 * 30 - 100) * 0.095,
    },
    'a replica in another region: its storage, and what is copied': {
      resources: {
        aws_db_instance: {
          primary: { engine: 'postgres', instance_class: 'db.t3.micro', allocated_storage: 100, storage_type: 'gp3' },
          replica: {
            instance_class: 'db.t3.micro',
            storage_type: 'gp3',
            region: 'eu-west-1',
            replicate_source_db: '${aws_db_instance.primary.arn}',
          },
        },
      },
      usage: { dailyChangePercent: 1 },
      usd: 730 * 0.018 + 100 * 0.115 + 730 * 0.02 + 100 * 0.127 + 100 * 0.01 * 30 * 0.02,
    },
  },
  aws_elasticache_replication_group: {
    'two cache.t3.micro with three snapshots': {
      resources: {
        aws_elasticache_replication_group: {
          redis: { engine: 'redis', node_type: 'cache.t3.micro', num_cache_clusters: 2, snapshot_retention_limit: 3 },
        },
      },
      usd: 2 * 730 * 0.017 + 2 * 0.25 * 0.085,
    },
    'one cache.t4g.small with Valkey, a fifth cheaper than the $0.032 of Redis': {
      resources: {
        aws_elasticache_replication_group: { redis: { engine: 'valkey', node_type: 'cache.t4g.small', num_cache_clusters: 1 } },
      },
      usd: 730 * 0.0256,
    },
  },
  aws_sesv2_email_identity: {
    'half of 200,000 e-mails, sent from each of two domains': {
      resources: { aws_sesv2_email_identity: { one: { email_identity: 'a.example' }, other: { email_identity: 'b.example' } } },
      usage: { emailsPerMonth: 200_000 },
      usd: 200_000 * 0.0001,
    },
  },
  aws_dynamodb_table: {
    'a lock table on demand': {
      resources: { aws_dynamodb_table: { locks: { billing_mode: 'PAY_PER_REQUEST' } } },
      usd: 0.001 * 0.625 + 0.001 * 0.125,
    },
    'provisioned capacity': {
      resources: { aws_dynamodb_table: { table: { billing_mode: 'PROVISIONED', write_capacity: 5, read_capacity: 10 } } },
      usd: 730 * (5 * 0.00065 + 10 * 0.00013),
    },
  },
  aws_nat_gateway: {
    'two, and 100 GB through them': {
      resources: { aws_nat_gateway: { a: {}, b: {} } },
      usage: { natGb: 100 },
      usd: 2 * 730 * 0.045 + 100 * 0.045,
    },
  },
  aws_eip: { 'an address': { resources: { aws_eip: { address: {} } }, usd: 730 * 0.005 } },
  aws_vpc_endpoint: {
    'an interface in two zones, and 50 GB through it; a gateway is free': {
      resources: {
        aws_vpc_endpoint: {
          logs: { vpc_endpoint_type: 'Interface', subnet_ids: ['a', 'b'] },
          s3: { vpc_endpoint_type: 'Gateway' },
        },
      },
      usage: { natGb: 50 },
      usd: 2 * 730 * 0.01 + 50 * 0.01,
    },
  },
  aws_lb: {
    'public in two zones, 1,460 GB and few requests: two capacity units': {
      resources: { aws_lb: { public: { load_balancer_type: 'application', internal: false, subnets: ['a', 'b'] } } },
      usage: { transferOutGb: 1460, requestsPerMonth: 1000 },
      usd: 730 * 0.0225 + 2 * 730 * 0.008 + 2 * 730 * 0.005 + 1460 * 0.09,
    },
    'internal: no address, no traffic': {
      resources: { aws_lb: { internal: { load_balancer_type: 'application', internal: true, subnets: ['a', 'b'] } } },
      usd: 730 * 0.0225,
    },
    'connections decide where there are many': {
      resources: { aws_lb: { internal: { internal: true, subnets: ['a'] } } },
      usage: { requestsPerMonth: 25 * 3600 * 730 * 3 },
      price: 'elb/alb.lcu-hour',
      usd: 3 * 730 * 0.008,
    },
  },
  kubernetes_ingress_v1: {
    'the load balancer that it causes, in three zones': {
      resources: {
        kubernetes_ingress_v1: {
          ingress: {
            metadata: {
              annotations: {
                'alb.ingress.kubernetes.io/scheme': 'internet-facing',
                'alb.ingress.kubernetes.io/subnets': 'a,b,c',
              },
            },
          },
        },
      },
      usd: 730 * 0.0225 + 3 * 730 * 0.005,
    },
  },
  kubernetes_service_v1: {
    'inside the cluster': { resources: { kubernetes_service_v1: { api: { spec: { type: 'ClusterIP' } } } }, usd: 0 },
  },
  aws_s3_bucket: {
    'objects, reads and writes, over two buckets': {
      resources: { aws_s3_bucket: { uploads: {}, logs: {} } },
      usage: { storedGb: 100, requestsPerMonth: 1_000_000 },
      usd: 100 * 0.023 + 10 * 0.005 + 100 * 0.0004,
    },
  },
  aws_s3_bucket_lifecycle_configuration: {
    'objects in Glacier': {
      resources: {
        aws_s3_bucket_lifecycle_configuration: {
          uploads: { rule: [{ transition: [{ days: 30, storage_class: 'GLACIER' }] }] },
          logs: { rule: [{}] },
        },
      },
      usage: { archivedGb: 500 },
      usd: 500 * 0.0036,
    },
  },
  aws_efs_file_system: {
    'ten GB with elastic throughput': {
      resources: { aws_efs_file_system: { files: { throughput_mode: 'elastic' } } },
      usage: { filesGb: 10 },
      usd: 10 * 0.3 + 10 * 0.03 + 2 * 0.06,
    },
  },
  aws_efs_backup_policy: {
    'copies of 35 days': {
      resources: {
        aws_efs_file_system: { files: {} },
        aws_efs_backup_policy: { files: { backup_policy: { status: 'ENABLED' } } },
      },
      usage: { filesGb: 10, dailyChangePercent: 2 },
      price: 'aws-backup/',
      usd: 10 * (1 + 0.02 * 35) * 0.05,
    },
  },
  aws_backup_plan: {
    '35 daily copies of 20 GB': {
      resources: {
        aws_db_instance: {
          primary: { engine: 'postgres', instance_class: 'db.t3.micro', allocated_storage: 20, storage_type: 'gp3' },
        },
        aws_backup_plan: { plan: { rule: [{ lifecycle: { delete_after: 35 } }] } },
      },
      usage: { dailyChangePercent: 2 },
      price: 'aws-backup/',
      usd: (10 + 20 * 0.02 * 35) * 0.095,
    },
  },
  aws_backup_restore_testing_selection: {
    'a database restored for two hours a week': {
      resources: {
        aws_db_instance: {
          primary: {
            engine: 'postgres',
            instance_class: 'db.t4g.micro',
            allocated_storage: 20,
            storage_type: 'gp3',
            multi_az: true,
          },
        },
        aws_backup_restore_testing_selection: { database: { protected_resource_arns: ['${aws_db_instance.primary.arn}'] } },
      },
      price: 'rds-postgres/db.t4g.micro.single-az',
      usd: (730 / 168) * 2 * 0.016,
    },
    'files: a metric': {
      resources: {
        aws_efs_file_system: { files: {} },
        aws_backup_restore_testing_selection: { files: { protected_resource_arns: ['${aws_efs_file_system.files.arn}'] } },
      },
      price: 'cloudwatch/',
      usd: 0.3,
    },
  },
  aws_ecr_repository: {
    'ten GB in two repositories': {
      resources: { aws_ecr_repository: { api: {}, web: {} } },
      usage: { imagesGb: 10 },
      usd: 10 * 0.1,
    },
  },
  aws_codebuild_project: {
    'two hundred minutes': {
      resources: {
        aws_codebuild_project: { images: { environment: { compute_type: 'BUILD_GENERAL1_SMALL', type: 'LINUX_CONTAINER' } } },
      },
      usage: { buildMinutesPerMonth: 200 },
      usd: 200 * 0.005,
    },
  },
  aws_amplify_app: {
    'builds, and half of the data': {
      resources: { aws_amplify_app: { web: {} } },
      usage: { buildMinutesPerMonth: 100, transferOutGb: 40 },
      usd: 100 * 0.01 + 20 * 0.15 + 0.1 * 0.023,
    },
  },
  helm_release: {
    'a claimed disk of 20 GB': {
      resources: { helm_release: { prometheus: { values: ['{"storageSpec":{"resources":{"requests":{"storage":"20Gi"}}}}'] } } },
      usd: 20 * 0.08,
    },
  },
  aws_cloudfront_distribution: {
    '100 GB and two million requests': {
      resources: { aws_cloudfront_distribution: { cdn: {} } },
      usage: { transferOutGb: 100, requestsPerMonth: 2_000_000 },
      usd: 100 * 0.085 + 200 * 0.01,
    },
  },
  aws_wafv2_web_acl: {
    'two rules and three million requests': {
      resources: { aws_wafv2_web_acl: { acl: { scope: 'CLOUDFRONT', rule: [{ name: 'a' }, { name: 'b' }] } } },
      usage: { requestsPerMonth: 3_000_000 },
      usd: 5 + 2 + 3 * 0.6,
    },
  },
  aws_service_discovery_private_dns_namespace: {
    'the zone of services': {
      resources: { aws_service_discovery_private_dns_namespace: { zone: {} } },
      usd: 0.5,
    },
  },
  aws_route53_zone: {
    'a zone and a million queries': {
      resources: { aws_route53_zone: { zone: {} } },
      usage: { requestsPerMonth: 10_000_000 },
      usd: 0.5 + 0.4,
    },
  },
  aws_route53_health_check: {
    'by HTTPS, of an endpoint on AWS': {
      resources: { aws_route53_record: { api: {} }, aws_route53_health_check: { api: { type: 'HTTPS' } } },
      usd: 0.5 + 1,
    },
    'by HTTPS every ten seconds, of another endpoint': {
      resources: { aws_route53_health_check: { api: { type: 'HTTPS', request_interval: 10 } } },
      usd: 0.75 + 2 * 2,
    },
  },
  aws_acm_certificate: { 'a public certificate': { resources: { aws_acm_certificate: { certificate: {} } }, usd: 0 } },
  cloudflare_pages_project: { 'the free plan': { resources: { cloudflare_pages_project: { web: {} } }, usd: 0 } },
  aws_secretsmanager_secret: { 'two secrets': { resources: { aws_secretsmanager_secret: { a: {}, b: {} } }, usd: 0.8 } },
  aws_kms_key: { 'a key': { resources: { aws_kms_key: { key: {} } }, usd: 1 } },
  aws_sqs_queue: {
    'a million messages, three requests each, and one consumer that polls': {
      resources: { aws_sqs_queue: { jobs: {} } },
      usage: { messagesPerMonth: 1_000_000 },
      usd: 3.1314 * 0.4,
    },
  },
  aws_sns_topic_subscription: {
    'a hundred e-mails': {
      resources: { aws_sns_topic_subscription: { ops: { protocol: 'email', endpoint: 'ops@shop.example' } } },
      usd: 0.001 * 2,
    },
    'a hundred text messages to the United States': {
      resources: { aws_sns_topic_subscription: { ops: { protocol: 'sms', endpoint: '+12025550142' } } },
      usd: 100 * 0.00645,
    },
  },
  aws_cloudwatch_log_group: {
    'two GB, kept for 90 days': {
      resources: { aws_cloudwatch_log_group: { api: { retention_in_days: 90 } } },
      usage: { logsGb: 2 },
      usd: 2 * 0.5 + 2 * 3 * 0.03,
    },
  },
  aws_cloudwatch_metric_alarm: {
    'on a metric of AWS': {
      resources: { aws_cloudwatch_metric_alarm: { cpu: { namespace: 'AWS/RDS', metric_name: 'CPUUtilization', period: 300 } } },
      usd: 0.1,
    },
    'on three metrics': {
      resources: {
        aws_cloudwatch_metric_alarm: {
          rate: { metric_query: [{ expression: 'a / b' }, { metric: {} }, { metric: {} }, { metric: {} }] },
        },
      },
      usd: 0.3,
    },
    'two on one metric of the host, which is charged once': {
      resources: {
        aws_cloudwatch_metric_alarm: {
          full: { namespace: 'shop', metric_name: 'DiskUsedPercent', period: 300 },
          fuller: { namespace: 'shop', metric_name: 'DiskUsedPercent', period: 300 },
        },
      },
      usd: 2 * 0.1 + 0.3,
    },
  },
  aws_cloudwatch_dashboard: {
    'with two metrics of the application': {
      resources: {
        aws_cloudwatch_dashboard: {
          board: {
            dashboard_body: JSON.stringify({
              widgets: [
                {
                  properties: {
                    metrics: [
                      ['shop', 'latency'],
                      ['shop', 'errors'],
                      ['AWS/RDS', 'CPUUtilization'],
                    ],
                  },
                },
              ],
            }),
          },
        },
      },
      usd: 3 + 2 * 0.3,
    },
  },
  aws_cloudtrail: { 'the first trail': { resources: { aws_cloudtrail: { trail: {} } }, usd: 0 } },
  aws_budgets_budget: { 'a budget that notifies': { resources: { aws_budgets_budget: { monthly: {} } }, usd: 0 } },
  aws_sfn_state_machine: {
    'sixty runs of ten transitions': {
      resources: { aws_sfn_state_machine: { job: {} } },
      usage: { jobHoursPerMonth: 10 },
      usd: 0.6 * 0.025,
    },
  },
  aws_ssm_parameter: { 'a standard parameter': { resources: { aws_ssm_parameter: { image: { tier: 'Standard' } } }, usd: 0 } },
};

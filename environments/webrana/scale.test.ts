import input from './scale';
import { parseEnvironment } from '../../src/config';
import { sharedZone } from '../../__tests__/support/environments';
import { resourcesOf, synthEnvironment, theOnly, type RootModule } from '../../__tests__/support/synth';

const environment = parseEnvironment(input);
const stacks = synthEnvironment(environment);
const stack = (kind: string) => stacks[`webrana-scale-${kind}`] as RootModule;
const [network, data] = [stack('network'), stack('data')];
const [cluster, platform, workloads] = [stack('compute-kubernetes'), stack('platform'), stack('workloads')];

const service = (key: string) => {
  const found = environment.workloads.services.find((one) => one.key === key);
  if (found === undefined) throw new Error(`no service ${key}`);
  return found;
};

describe('webrana-scale, by its document', () => {
  it('lives in ap-southeast-1, in 10.0.0.0/16', () => {
    expect(network.provider.aws?.[0]?.region).toBe('ap-southeast-1');
    expect(theOnly(network, 'aws_vpc').cidr_block).toBe('10.0.0.0/16');
  });

  it('has public, private and database subnets in three zones', () => {
    const zones = resourcesOf(network, 'aws_subnet').map(({ availability_zone }) => availability_zone);
    expect(zones).toHaveLength(9);
    expect(new Set(zones).size).toBe(3);
  });

  it('leaves by a NAT instance: the cost table has $5 for the network', () => {
    expect(resourcesOf(network, 'aws_nat_gateway')).toEqual([]);
  });

  it('is the cluster webrana-eks', () => expect(theOnly(cluster, 'aws_eks_cluster').name).toBe('webrana-eks'));

  it('has a worker node group of three t3.medium in private subnets', () => {
    expect(theOnly(cluster, 'aws_eks_node_group')).toMatchObject({
      instance_types: ['t3.medium'],
      scaling_config: { min_size: 3, desired_size: 3 },
    });
    expect(JSON.stringify(theOnly(cluster, 'aws_eks_node_group').subnet_ids)).toContain('private_subnet_ids');
  });

  it('runs two pods of the backend and two of the frontend, in the namespace webrana', () => {
    expect([service('backend').replicas.min, service('frontend').replicas.min]).toEqual([2, 2]);
    expect(theOnly(workloads, 'kubernetes_namespace_v1').metadata.name).toBe('webrana');
  });

  it('comes in by the AWS load balancer controller, at api.webrana.id on 443', () => {
    expect(resourcesOf(platform, 'helm_release').map(({ name }) => name)).toContain('aws-load-balancer-controller');
    const { metadata, spec } = theOnly(workloads, 'kubernetes_ingress_v1');
    expect(JSON.stringify(metadata.annotations)).toContain('HTTPS');
    expect(JSON.stringify(spec)).toContain('api.webrana.id');
    expect(theOnly(sharedZone(input).zone, 'aws_acm_certificate').domain_name).toMatch(/webrana\.id$/);
  });

  it('installs its controller into kube-system, from the chart of AWS', () => {
    expect(platform.resource?.helm_release?.['aws-load-balancer-controller_release']).toMatchObject({
      repository: 'https://aws.github.io/eks-charts',
      chart: 'aws-load-balancer-controller',
      namespace: 'kube-system',
    });
  });

  it('keeps its data in a multi-AZ database and a Redis replication group', () => {
    expect(theOnly(data, 'aws_db_instance')).toMatchObject({ instance_class: 'db.t3.micro', multi_az: true, db_name: 'webrana' });
    expect(theOnly(data, 'aws_elasticache_replication_group')).toMatchObject({
      node_type: 'cache.t3.micro',
      num_cache_clusters: 1,
    });
  });

  it('reads its secrets from Secrets Manager', () => {
    const secrets = Object.keys(service('backend').variables.secrets);
    expect(secrets.sort()).toEqual(['DATABASE_URL', 'DB_PASSWORD', 'JWT_SECRET', 'MASTER_ENCRYPTION_KEY']);
    expect(resourcesOf(platform, 'helm_release').map(({ name }) => name)).toContain('external-secrets');
  });

  it('is watched by Prometheus and Grafana, in the namespace monitoring', () => {
    expect(platform.resource?.helm_release?.['kube-prometheus-stack_release']).toMatchObject({
      repository: 'https://prometheus-community.github.io/helm-charts',
      namespace: 'monitoring',
    });
    expect(cluster.resource?.aws_eks_addon).not.toHaveProperty('addon_amazon-cloudwatch-observability');
  });

  it('deletes old backups after 30 days', () => {
    const rules = data.resource?.aws_s3_bucket_lifecycle_configuration?.bucket_backups_lifecycle?.rule ?? [];
    expect(rules.find(({ id }: { id: string }) => id === 'objects').expiration).toEqual([{ days: 30 }]);
  });

  it('runs the same services as growth: routes, health paths, variables', () => {
    expect(service('backend')).toMatchObject({ port: 8080, health: { path: '/health' }, routes: [{ host: 'api.webrana.id' }] });
    expect(service('frontend')).toMatchObject({ port: 3000, health: { path: '/' }, routes: [{ host: 'webrana.id' }] });
  });

  it('is protected from deletion', () => {
    expect(theOnly(cluster, 'aws_eks_cluster').deletion_protection).toBe(true);
    expect(theOnly(data, 'aws_db_instance')).toMatchObject({ deletion_protection: true, lifecycle: { prevent_destroy: true } });
  });
});

describe('webrana-scale, assumed', () => {
  it('answers kubectl from a network that has to be put in', () => {
    expect(theOnly(cluster, 'aws_eks_cluster').vpc_config).toMatchObject({
      endpoint_private_access: true,
      endpoint_public_access: true,
      public_access_cidrs: ['203.0.113.0/24'],
    });
  });

  it('grows to six nodes, six backends and four frontends', () => {
    expect(theOnly(cluster, 'aws_eks_node_group').scaling_config.max_size).toBe(6);
    expect([service('backend').replicas.max, service('frontend').replicas.max]).toEqual([6, 4]);
  });

  it('gives pods what tasks have on Fargate', () => {
    expect(service('backend')).toMatchObject({ vcpu: 0.5, memoryMib: 1024 });
    expect(service('frontend')).toMatchObject({ vcpu: 0.25, memoryMib: 512 });
  });

  it('is PostgreSQL 16 with 20 GB and 7 days of backups', () => {
    expect(theOnly(data, 'aws_db_instance')).toMatchObject({
      engine_version: '16',
      allocated_storage: 20,
      backup_retention_period: 7,
    });
  });
});

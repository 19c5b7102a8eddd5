/** Earlier stacks, as a compute stack sees them: each publishes what the environment's description asks for, and contains nothing. */
import type { App } from 'cdktf';
import { managed } from '../../src/config/calculations/placement';
import type { ResolvedEnvironment } from '../../src/config';
import type { DataHandover, DomainHandover, NetworkHandover } from '../../src/contracts/handovers';
import type { StackKind } from '../../src/contracts/stack-kinds';
import { Handover } from '../../src/terraform/handover';
import { TerraceStack, type TerraceStackProps } from '../../src/terraform/terrace-stack';

export const KEY_ARN = 'arn:aws:kms:eu-west-1:123456789012:key/environment';

/** What `data` publishes for an environment, with values that name what they represent. */
export function dataHandover({ data }: ResolvedEnvironment): DataHandover {
  const { database, cache } = data;
  const named = <T extends { readonly key: string }, R>(items: readonly T[], make: (item: T) => R): Record<string, R> =>
    Object.fromEntries(items.map((item) => [item.key, make(item)]));
  return {
    keyArn: data.encryptionKey === 'customer-managed' ? KEY_ARN : undefined,
    database: database && {
      host: 'database.internal',
      resourceId: 'db-RESOURCE',
      masterSecretArn: database.placement === 'managed' ? 'arn:secret:master' : undefined,
      roleSecretArns: Object.fromEntries(database.roles.map(({ name }) => [name, `arn:secret:role-${name}`])),
      replicaHosts: named(managed(database)?.replicas ?? [], ({ key }) => `${key}.internal`),
    },
    cache: cache && { host: 'cache.internal' },
    buckets: named(data.buckets, ({ name }) => ({ name, arn: `arn:aws:s3:::${name}` })),
    fileSystems: named(data.fileSystems, ({ key, accessPoints }) => ({
      id: `fs-${key}`,
      arn: `arn:file-system:${key}`,
      accessPoints: Object.fromEntries(
        Object.keys(accessPoints).map((point) => [point, { id: `fsap-${point}`, arn: `arn:access-point:${point}` }]),
      ),
    })),
    queues: named(data.queues, ({ key, name }) => ({ url: `https://sqs/${key}`, arn: `arn:queue:${key}`, name })),
    secrets: named(data.secrets, ({ key }) => ({ arn: `arn:secret:${key}` })),
    mirrors: Object.fromEntries(
      data.mirrors.map(({ key, repositoryName }) => [
        key,
        { repositoryUrl: `registry.example/${repositoryName}`, repositoryArn: `arn:repository/${repositoryName}` },
      ]),
    ),
    images: named(data.images, ({ key, parameterName }) => ({
      repositoryUrl: `registry/${key}`,
      repositoryArn: `arn:repository:${key}`,
      parameterName,
    })),
    logGroups: named(data.logGroups, ({ name }) => ({ name, arn: `arn:log-group:${name}` })),
    boxVolume: data.boxVolume && { id: 'vol-DATA' },
  };
}

/** What `network` publishes for an environment. */
export function networkHandover({ network }: ResolvedEnvironment): NetworkHandover {
  const { database, cache, fileSystems } = network.dataSecurityGroups;
  return {
    vpcId: 'vpc-1',
    publicSubnetIds: ['subnet-public-a', 'subnet-public-b'],
    privateSubnetIds: ['subnet-private-a', 'subnet-private-b'],
    isolatedSubnetIds: ['subnet-isolated-a', 'subnet-isolated-b'],
    databaseSecurityGroupId: database ? 'sg-database' : undefined,
    cacheSecurityGroupId: cache ? 'sg-cache' : undefined,
    fileSystemSecurityGroupId: fileSystems ? 'sg-files' : undefined,
    endpointSecurityGroupId: network.interfaceEndpoints.length > 0 ? 'sg-endpoints' : undefined,
    replicaNetworks: {},
    boxAddress: network.boxAddress ? { allocationId: 'eipalloc-BOX', publicIp: '203.0.113.10' } : undefined,
  };
}

export interface StubHandovers {
  readonly network: Handover<NetworkHandover>;
  readonly domain?: Handover<DomainHandover>;
  readonly data: Handover<DataHandover>;
}

/** Adds the three stacks that hand these on. */
export function addProducers(app: App, environment: ResolvedEnvironment): StubHandovers {
  const stub = <T extends object>(kind: StackKind, values: T): Handover<T> => {
    const props = stackProps(environment, kind);
    return new Handover(new TerraceStack(app, props), values);
  };
  return {
    network: stub('network', networkHandover(environment)),
    domain: environment.domain && stub('domain', { zoneId: 'Z1', certificateArn: 'arn:certificate' }),
    data: stub('data', dataHandover(environment)),
  };
}

/** The frame of a stack of the environment, with local state. */
export function stackProps({ identity }: ResolvedEnvironment, kind: StackKind): TerraceStackProps {
  return {
    state: {
      backend: { kind: 'local' },
      stackId: `${identity.environment}-${kind}`,
      stateKey: `${identity.shortName}/${kind}/terraform.tfstate`,
    },
    region: identity.region,
    account: identity.account,
    tags: identity.tags,
  };
}

/** The network stack: what it publishes, and what it must not depend on. */
import type { App } from 'cdktf';
import type { Identity, ResolvedNetwork } from '../../src/config/resolved/environment';
import { carveSubnets, splitReplicaNetwork } from '../../src/config/calculations/subnets';
import { NetworkStack } from '../../src/stacks/network-stack';
import { TerraceStack } from '../../src/terraform/terrace-stack';
import { type RootModule, rendered, resourcesOf, synthApp, theOnly } from '../support/synth';

const IDENTITY: Identity = {
  system: 'shop',
  environment: 'shop-prod',
  shortName: 'prod',
  path: '/shop/prod',
  region: 'eu-west-1',
  account: '123456789012',
  tags: { system: 'shop', environment: 'shop-prod', 'managed-by': 'terrace' },
};

const NETWORK: ResolvedNetwork = {
  cidr: '10.0.0.0/16',
  zones: ['eu-west-1a', 'eu-west-1b'],
  subnets: carveSubnets('10.0.0.0/16', 2),
  nat: 'per-az',
  interfaceEndpoints: ['ecr.api'],
  flowLogs: { retentionDays: 30, traffic: 'REJECT' },
  replicaNetworks: [
    {
      region: 'us-east-1',
      cidr: '10.9.0.0/24',
      subnets: splitReplicaNetwork('10.9.0.0/24'),
      zones: ['us-east-1a', 'us-east-1b'],
    },
  ],
  dataSecurityGroups: { database: true, cache: true, fileSystems: true },
  boxAddress: false,
};

function networkStack(app: App, changes: Partial<ResolvedNetwork> = {}, identity: Identity = IDENTITY): NetworkStack {
  return new NetworkStack(app, {
    stack: {
      state: { backend: { kind: 'local' }, stackId: 'shop-prod-network', stateKey: 'prod/network/terraform.tfstate' },
      region: identity.region,
      account: identity.account,
      tags: identity.tags,
    },
    identity,
    protect: true,
    network: { ...NETWORK, ...changes },
  });
}

const synthNetwork = (changes?: Partial<ResolvedNetwork>, identity?: Identity): RootModule =>
  synthApp((app) => networkStack(app, changes, identity))['shop-prod-network'] as RootModule;

const values = (module: RootModule) =>
  Object.fromEntries(Object.entries(module.output ?? {}).map(([name, { value }]) => [name, value as unknown]));

const group = (path: string): string => `\${aws_security_group.${path}_group.id}`;
const subnets = (kind: string): readonly string[] => NETWORK.zones.map((zone) => `\${aws_subnet.subnets_${kind}-${zone}.id}`);

describe('what the network publishes', () => {
  test('is complete: VPC, subnets of each kind, groups of data and endpoints, networks of replicas', () => {
    expect(values(synthNetwork())).toEqual({
      vpc_id: '${aws_vpc.network_vpc.id}',
      public_subnet_ids: subnets('public'),
      private_subnet_ids: subnets('private'),
      isolated_subnet_ids: subnets('isolated'),
      database_security_group_id: group('data_database'),
      cache_security_group_id: group('data_cache'),
      file_system_security_group_id: group('data_files'),
      endpoint_security_group_id: group('endpoints_access'),
      replica_networks: {
        'us-east-1': {
          subnet_ids: ['us-east-1a', 'us-east-1b'].map((zone) => `\${aws_subnet.replica-us-east-1_isolated-${zone}.id}`),
          security_group_id: group('replica-us-east-1_database'),
        },
      },
      nat_gateway_ids: Object.fromEntries(NETWORK.zones.map((zone) => [zone, `\${aws_nat_gateway.nat_gateway-${zone}.id}`])),
      nat_public_ips: '${aws_eip.nat_address-eu-west-1a.public_ip}, ${aws_eip.nat_address-eu-west-1b.public_ip}',
    });
  });

  test('leaves out what the environment has no use for', () => {
    const outputs = values(
      synthNetwork({
        nat: 'none',
        interfaceEndpoints: [],
        replicaNetworks: [],
        dataSecurityGroups: { database: false, cache: false, fileSystems: false },
      }),
    );
    expect(Object.keys(outputs).sort()).toEqual([
      'isolated_subnet_ids',
      'private_subnet_ids',
      'public_subnet_ids',
      'replica_networks',
      'vpc_id',
    ]);
    expect(outputs.replica_networks).toEqual({});
  });

  test('reaches a later stack as references to these outputs', () => {
    synthApp((app) => {
      const network = networkStack(app);
      const later = new TerraceStack(app, {
        state: { backend: { kind: 'local' }, stackId: 'later', stateKey: 'later' },
        region: 'eu-west-1',
        tags: {},
      });
      const seen = network.handover.in(later);
      expect(rendered(later, seen.privateSubnetIds[1])).toBe(
        '${data.terraform_remote_state.network.outputs.private_subnet_ids[1]}',
      );
      expect(rendered(later, seen.replicaNetworks['us-east-1']?.securityGroupId)).toMatch(
        /^\$\{data\.terraform_remote_state\.network\.outputs\.replica_networks\W+us-east-1\W+security_group_id\}$/,
      );
      expect(later.dependsOn(network)).toBe(true);
    });
  });
});

describe('the network stack', () => {
  test('carries no tier, in tags or anywhere else: a change of tier plans nothing here', () => {
    const module = synthNetwork({ nat: 'instance' });
    expect(module.provider.aws?.[0]?.default_tags).toEqual([{ tags: IDENTITY.tags }]);
    expect(JSON.stringify(module)).not.toMatch(/"tier"|fargate/);
  });

  test('gateway endpoints stand on every route table, the isolated one included', () => {
    const module = synthNetwork();
    const tables = Object.keys(module.resource?.aws_route_table ?? {})
      .filter((address) => address.startsWith('subnets_'))
      .map((address) => `\${aws_route_table.${address}.id}`);
    const gateways = resourcesOf(module, 'aws_vpc_endpoint').filter(({ vpc_endpoint_type }) => vpc_endpoint_type === 'Gateway');
    expect(tables).toHaveLength(4);
    expect(gateways).toHaveLength(2);
    for (const { route_table_ids } of gateways) expect([...(route_table_ids as string[])].sort()).toEqual([...tables].sort());
  });

  test('flow logs are written only where they are asked for', () => {
    expect(theOnly(synthNetwork(), 'aws_cloudwatch_log_group').name).toBe('/shop/prod/vpc-flow-logs');
    const without = synthNetwork({ flowLogs: undefined });
    expect(resourcesOf(without, 'aws_flow_log')).toEqual([]);
    expect(resourcesOf(without, 'aws_iam_role')).toEqual([]);
  });

  test('without a pinned account, flow logs trust the account of the credentials in use', () => {
    const module = synthNetwork({}, { ...IDENTITY, account: undefined });
    expect(theOnly(module, 'aws_iam_role').assume_role_policy).toContain('${data.aws_caller_identity.account.account_id}');
    expect(module.data?.aws_caller_identity).toHaveProperty('account');
  });

  test('a replica network keeps its addresses when another region is added', () => {
    const west = {
      region: 'us-west-2',
      cidr: '10.8.0.0/24',
      subnets: splitReplicaNetwork('10.8.0.0/24'),
      zones: ['us-west-2a', 'us-west-2b'],
    } as const;
    const one = synthNetwork();
    const two = synthNetwork({ replicaNetworks: [west, ...NETWORK.replicaNetworks] });
    expect(two.resource?.aws_vpc?.['replica-us-east-1_vpc']).toEqual(one.resource?.aws_vpc?.['replica-us-east-1_vpc']);
    expect(two.resource?.aws_vpc).toHaveProperty('replica-us-west-2_vpc');
  });

  test('two synths give the same bytes', () => {
    expect(JSON.stringify(synthNetwork({ nat: 'instance' }))).toBe(JSON.stringify(synthNetwork({ nat: 'instance' })));
  });
});

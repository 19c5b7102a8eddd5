import { parseEnvironment, type EnvironmentInput, type ResolvedEnvironment } from '../../../src/config';
import type { ResolvedBox } from '../../../src/config/tiers/box/resolved';
import { CLOUDFLARE_IPV4 } from '../../../src/config/tables/cloudflare-ranges';
import { configurationJson } from '../../../src/tiers/box/configuration';
import { hostLine, runCommand } from '../../../src/tiers/box/commands';
import { describeHost } from '../../../src/tiers/box/description';
import type { HostDescription, HostFile } from '../../../src/tiers/box/host/types';
import { imageParameter } from '../../../src/tiers/box/machine-image';
import { hostStatements } from '../../../src/tiers/box/permissions';
import { BoxSecurityGroup } from '../../../src/tiers/box/security-group';
import { hostSites } from '../../../src/tiers/box/sites';
import { userDataText } from '../../../src/tiers/box/user-data';
import type { Statement } from '../../../src/modules/iam/policy';
import { DataVolume } from '../../../src/modules/storage/data-volume';
import { MarkedReferences } from '../../../src/terraform/marked-references';
import { boxed, boxSection, moved } from '../../support/boxed';
import { example } from '../../support/example';
import { dataHandover, networkHandover } from '../../support/handovers';
import { resourcesOf, synthModule, theOnly } from '../../support/synth';

const api = example().services!.api!;

function boxOf({ tier }: ResolvedEnvironment): ResolvedBox {
  if (tier.kind !== 'box') throw new Error('not on a box');
  return tier.box;
}

function described(input: EnvironmentInput): HostDescription {
  const environment = parseEnvironment(input);
  const { identity, workloads, data, domain } = environment;
  const handover = dataHandover(environment);
  return describeHost({
    identity,
    box: boxOf(environment),
    workloads,
    data,
    domain,
    handover,
    references: new MarkedReferences(),
  });
}

describe('references among a script’s own', () => {
  const reference = '${data.terraform_remote_state.data.outputs.x["odd name"]}';

  test('pass through as marks; what is literal is escaped, what is a reference is not', () => {
    const references = new MarkedReferences();
    const script = `echo "\${HOME}" %{http_code} ${references.mark(reference)}`;
    expect(references.reveal(script)).toBe(`echo "$\${HOME}" %%{http_code} ${reference}`);
  });

  test('survive JSON with their quotes, and more than ten of them', () => {
    const references = new MarkedReferences();
    const marks = Array.from({ length: 12 }, (_, index) => references.mark(`\${module.m${index}}`));
    const quoted = references.mark(reference);
    const text = references.reveal(JSON.stringify({ marks, quoted }));
    expect(text).toContain('["${module.m0}","${module.m1}"');
    expect(text).toContain('"${module.m11}"]');
    expect(text).toContain(`"quoted":"${reference}"`);
  });

  test('are only what holds a reference, and equal ones share a mark', () => {
    const references = new MarkedReferences();
    expect(references.mark('postgres')).toBe('postgres');
    expect(references.mark(reference)).toBe(references.mark(reference));
    expect(references.mark(reference)).toMatch(/^[A-Za-z0-9]+$/);
  });

  test('stand in the configuration as JSON that holds nothing unescaped but them', () => {
    const references = new MarkedReferences();
    const files: HostFile[] = [
      { path: '/a', mode: '0755', content: `#!/bin/sh\necho "\${HOME:-x}" '%{x}' ${references.mark(reference)}\n` },
    ];
    const text = configurationJson(files, references);
    expect(text.match(/(?<![$%])[$%]\{[^}]*\}/g)).toEqual([reference]);
    const asTerraformSees = text.replaceAll('$${', '${').replaceAll('%%{', '%{').replace(reference, 'value');
    expect(JSON.parse(asTerraformSees)).toEqual({
      files: [{ path: '/a', mode: '0755', content: `#!/bin/sh\necho "\${HOME:-x}" '%{x}' value\n` }],
    });
  });

  test('user data that EC2 would cut off is refused', () => {
    const references = new MarkedReferences();
    expect(userDataText('#cloud-config\n', references)).toBe('#cloud-config\n');
    expect(() => userDataText('x'.repeat(16_000), references)).toThrow(/16000 bytes.*16384/);
  });
});

describe('sites', () => {
  const sitesOf = (services: EnvironmentInput['services'], names: readonly string[]) =>
    hostSites(parseEnvironment(boxed({ services, domain: { ...boxed().domain!, names: [...names] } })).workloads.services, names);

  test('are one for each name that is served, paths before the rest, and none for others', () => {
    const services = {
      api: { ...api, routes: [{ host: 'api.shop.example' }, { host: 'shop.example', paths: ['/api/*', '/health'] }] },
      web: { ...api, port: 3000, routes: [{ host: 'shop.example' }] },
    };
    expect(sitesOf(services, ['shop.example', 'api.shop.example', 'old.shop.example'])).toEqual([
      {
        name: 'shop.example',
        locations: [
          { path: '/api/', port: 8080 },
          { path: '/health', port: 8080 },
          { path: '/', port: 3000 },
        ],
      },
      { name: 'api.shop.example', locations: [{ path: '/', port: 8080 }] },
    ]);
  });

  test('heed priorities as a load balancer does: what is matched first wins', () => {
    const services = {
      api: { ...api, routes: [{ priority: 20, paths: ['/api/*'] }] },
      beta: { ...api, port: 8081, routes: [{ priority: 10, paths: ['/api/*'] }] },
      web: { ...api, port: 3000, routes: [{}] },
    };
    const one = { ...services, api: { ...services.api, routes: [{ priority: 20, paths: ['/api/v1/*', '/*.png'] }] } };
    expect(sitesOf(one, ['shop.example'])[0]?.locations).toEqual([
      { path: '/api/', port: 8081 },
      { path: '/api/v1/', port: 8080 },
      { path: '/*.png', port: 8080 },
      { path: '/', port: 3000 },
    ]);
  });

  test('end where everything is taken', () => {
    const services = {
      web: { ...api, port: 3000, routes: [{ priority: 1, host: 'shop.example' }] },
      api: { ...api, routes: [{ priority: 2, paths: ['/api/*'] }] },
    };
    expect(sitesOf(services, ['shop.example'])).toEqual([{ name: 'shop.example', locations: [{ path: '/', port: 3000 }] }]);
  });
});

describe('what the host is told', () => {
  test('containers get the same names as on every tier, with the facts of this one', () => {
    const input = boxed({
      services: { api: { ...api, environment: { ...api.environment, CACHE: { from: 'cache.url' }, SHELL: '${HOME}' } } },
    });
    const [service] = described(input).containers;
    expect(service).toMatchObject({
      key: 'api',
      kind: 'service',
      port: 8080,
      healthPath: '/health',
      image: { parameterName: '/shop/test/images/api' },
      plain: { CACHE: 'redis://redis:6379', DATABASE_HOST: 'postgres', SHELL: '${HOME}' },
      secrets: { DATABASE_PASSWORD: { arn: 'arn:secret:role-app', key: 'password' } },
      logs: { group: '/shop/test/api', streamPrefix: 'api' },
    });
  });

  test('packages are met on the loopback address, in the login’s URL too', () => {
    const box = boxSection({ dataStores: 'packages' });
    const host = described(boxed({ box, cache: { placement: 'host', version: '7.0' } }));
    expect(host.database).toMatchObject({ placement: 'host', host: '127.0.0.1' });
    expect(host.cache).toMatchObject({ host: '127.0.0.1', tls: false });
    expect(parseEnvironment(boxed({ box, cache: { placement: 'host', version: '7.0' } })).data.database).toMatchObject({
      hostName: '127.0.0.1',
    });
  });

  test('managed data is met where it is, over TLS', () => {
    const host = described(moved());
    expect(host.database).toMatchObject({
      placement: 'managed',
      host: 'database.internal',
      masterSecretArn: 'arn:secret:master',
    });
    expect(host.cache).toMatchObject({ placement: 'managed', host: 'cache.internal', tls: true });
    expect(host.containers.map(({ key }) => key)).toEqual(['api', 'database-init']);
  });

  test('a database on the host has no master password: nobody keeps one', () => {
    expect(described(boxed()).database?.masterSecretArn).toBeUndefined();
  });

  test('a service stands once, a worker that starts from zero elsewhere at least once, a job at its times', () => {
    const host = described(
      boxed({
        queues: { mail: {} },
        services: { api: { ...api, replicas: { min: 3, max: 6 } } },
        workers: {
          mail: { image: 'api', vcpu: 0.25, memoryMib: 128, replicas: { min: 0, max: 5 }, scaling: { queue: 'mail' } },
          index: { image: 'api', vcpu: 0.25, memoryMib: 128, replicas: { min: 2, max: 5 } },
        },
        jobs: { sync: { image: 'api', vcpu: 0.25, memoryMib: 128, schedule: '0 2 * * *' } },
      }),
    );
    expect(host.containers.map(({ key, kind, replicas, schedule }) => [key, kind, replicas, schedule])).toEqual([
      ['api', 'service', 1, undefined],
      ['mail', 'worker', 1, undefined],
      ['index', 'worker', 2, undefined],
      ['sync', 'job', 1, '0 2 * * *'],
    ]);
  });

  test('mounted directories lie on the data volume, owned as elsewhere, and are backed up', () => {
    const mounts = [{ fileSystem: 'files', accessPoint: 'uploads', path: '/data' }];
    const fileSystems = { files: { accessPoints: { uploads: { path: '/uploads', userId: 1001 } } } };
    const host = described(boxed({ fileSystems, services: { api: { ...api, mounts } } }));
    expect(host.containers[0]?.mounts).toEqual([
      { source: '/data/files/files/uploads', path: '/data', readOnly: false, owner: '1001:1000', permissions: '750' },
    ]);
    expect(host.backup.paths).toEqual(['/data/files']);
    expect(described(boxed()).backup.paths).toEqual([]);
  });

  test('registries get their login by ARN', () => {
    const secrets = { ghcr: { description: 'pulls images', keys: ['username', 'password'] } };
    const box = boxSection({ registries: [{ server: 'ghcr.io', secret: 'ghcr' }] });
    expect(described(boxed({ secrets, box })).registries).toEqual([{ server: 'ghcr.io', secretArn: 'arn:secret:ghcr' }]);
  });
});

describe('what the host may do', () => {
  function statements(input: EnvironmentInput): readonly Statement[] {
    const environment = parseEnvironment(input);
    const box = boxOf(environment);
    return hostStatements({
      context: {
        region: 'eu-west-1',
        accountId: '123456789012',
        secretPath: '/shop/test',
        data: environment.data,
        handover: dataHandover(environment),
      },
      workloads: environment.workloads,
      configuration: { bucketArn: 'arn:aws:s3:::configuration', key: 'configuration.json' },
      backupBucket: box.backup.bucket,
      registrySecrets: box.registries.map(({ secret }) => secret),
      logGroup: box.logGroup,
    });
  }
  const allowed = (input: EnvironmentInput, action: string) =>
    statements(input)
      .filter(({ actions }) => actions.includes(action))
      .flatMap(({ resources }) => resources);

  test('is exact: everything but what AWS knows no resource for names an ARN', () => {
    const open = statements(boxed()).filter(({ resources }) => resources?.includes('*'));
    expect(open.flatMap(({ actions }) => actions).map((action) => action.split(':')[0])).toEqual(
      expect.arrayContaining(['ecr', 'cloudwatch', 'ssmmessages', 'ec2messages']),
    );
    for (const { actions } of open) {
      for (const action of actions)
        expect(action).toMatch(/^(ecr:GetAuthorizationToken|cloudwatch:PutMetricData|(ssm|ec2)messages:\w+)$/);
    }
  });

  test('reads its configuration, and adds and reads backups but deletes none', () => {
    expect(allowed(boxed(), 's3:GetObject')).toEqual([
      'arn:aws:s3:::configuration/configuration.json',
      'arn:aws:s3:::shop-test-backups/database/*',
      'arn:aws:s3:::shop-test-backups/application/*',
    ]);
    expect(allowed(boxed(), 's3:PutObject')).toEqual([
      'arn:aws:s3:::shop-test-backups/database/*',
      'arn:aws:s3:::shop-test-backups/application/*',
    ]);
    expect(allowed(boxed(), 's3:DeleteObject')).toEqual([]);
  });

  test('reads the secrets of its containers, registries and database logins, and no others', () => {
    const secrets = {
      used: { description: 'used' },
      other: { description: 'of nobody' },
      ghcr: { description: 'pulls', keys: ['username', 'password'] },
    };
    const input = boxed({
      secrets,
      services: { api: { ...api, environment: { KEY: { secret: 'used' } } } },
      box: boxSection({ registries: [{ server: 'ghcr.io', secret: 'ghcr' }] }),
    });
    expect(allowed(input, 'secretsmanager:GetSecretValue')).toEqual([
      'arn:secret:used',
      'arn:secret:role-app',
      'arn:secret:ghcr',
    ]);
    expect(allowed(moved(), 'secretsmanager:GetSecretValue')).toContain('arn:secret:master');
  });

  test('knows and pulls the images that run', () => {
    expect(allowed(boxed(), 'ssm:GetParameter')).toEqual(['arn:aws:ssm:eu-west-1:123456789012:parameter/shop/test/images/api']);
    expect(allowed(boxed(), 'ecr:BatchGetImage')).toEqual(['arn:repository:api']);
    const image = { pinned: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/tools/sync:1' };
    const jobs = { sync: { image, vcpu: 0.25, memoryMib: 128 } };
    expect(allowed(boxed({ jobs }), 'ecr:BatchGetImage')).toContain('arn:aws:ecr:eu-west-1:123456789012:repository/tools/sync');
  });

  test('writes to its own log groups, and publishes in its own namespace', () => {
    expect(allowed(boxed(), 'logs:PutLogEvents')).toEqual(['arn:log-group:/shop/test/api:*', 'arn:log-group:/shop/test/host:*']);
    const metrics = statements(boxed()).find(({ actions }) => actions.includes('cloudwatch:PutMetricData'));
    expect(metrics?.conditions).toEqual({ StringEquals: { 'cloudwatch:namespace': 'Terrace/Box' } });
  });

  test('does what its containers declare, each statement once, in its own account and region', () => {
    const permissions = [
      {
        actions: ['ses:SendEmail'],
        resources: ['arn:aws:ses:{region}:{account}:identity/shop.example', 'arn:x:${aws:username}/{other}'],
      },
    ];
    const services = { api: { ...api, permissions }, web: { ...api, port: 3000, routes: [], permissions } };
    const declared = statements(boxed({ services })).filter(({ actions }) => actions.includes('ses:SendEmail'));
    expect(declared).toEqual([
      {
        actions: ['ses:SendEmail'],
        resources: ['arn:aws:ses:eu-west-1:123456789012:identity/shop.example', 'arn:x:$${aws:username}/{other}'],
      },
    ]);
  });

  test('a literal ${account} of IAM stays literal', () => {
    const permissions = [{ actions: ['s3:GetObject'], resources: ['arn:x:${account}'] }];
    expect(allowed(boxed({ services: { api: { ...api, permissions } } }), 's3:GetObject')).toContain('arn:x:$${account}');
  });

  test('decrypts with the environment’s key only through Secrets Manager', () => {
    const keyed = statements(boxed({ protect: true })).filter(({ actions }) =>
      actions.some((action) => action.startsWith('kms:')),
    );
    expect(keyed.map(({ conditions }) => conditions)).toEqual([
      { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' } },
    ]);
  });
});

describe('the firewall', () => {
  function firewall(input: EnvironmentInput) {
    const environment = parseEnvironment(input);
    return synthModule((stack) => {
      new BoxSecurityGroup(stack, 'security', {
        environment: 'shop-test',
        box: boxOf(environment),
        network: networkHandover(environment),
      });
    });
  }
  const rules = (input: EnvironmentInput, direction: 'ingress' | 'egress') =>
    resourcesOf(firewall(input), `aws_vpc_security_group_${direction}_rule`);
  const ports = (input: EnvironmentInput, direction: 'ingress' | 'egress') =>
    rules(input, direction)
      .map((rule) => `${rule.from_port ?? 'all'} ${rule.cidr_ipv4 ?? rule.referenced_security_group_id}`)
      .sort();

  test('admits the web from everybody, and nobody on port 22', () => {
    expect(ports(boxed(), 'ingress')).toEqual(['443 0.0.0.0/0', '80 0.0.0.0/0']);
  });

  test('admits SSH from the networks that are named', () => {
    const box = boxSection({ sshCidrs: ['203.0.113.7/32', '198.51.100.0/24'] });
    expect(ports(boxed({ box }), 'ingress').filter((rule) => rule.startsWith('22 '))).toEqual([
      '22 198.51.100.0/24',
      '22 203.0.113.7/32',
    ]);
  });

  test('admits only Cloudflare where Cloudflare stands before it', () => {
    const domain = { ...boxed().domain!, provider: 'cloudflare' as const };
    const admitted = rules(
      boxed({ domain, edge: { cloudflare: { plan: 'free' } }, box: boxSection({ origin: 'cloudflare' }) }),
      'ingress',
    );
    expect(new Set(admitted.map(({ cidr_ipv4 }) => cidr_ipv4))).toEqual(new Set(CLOUDFLARE_IPV4));
    expect(admitted).toHaveLength(2 * CLOUDFLARE_IPV4.length);
    expect(new Set(admitted.map(({ from_port }) => from_port))).toEqual(new Set([80, 443]));
  });

  test('lets out the web only, or everything where that is asked for', () => {
    expect(ports(boxed(), 'egress')).toEqual(['443 0.0.0.0/0', '80 0.0.0.0/0']);
    const everything = rules(boxed({ box: boxSection({ egress: 'all' }) }), 'egress');
    expect(everything).toEqual([expect.objectContaining({ ip_protocol: '-1', cidr_ipv4: '0.0.0.0/0' })]);
  });

  test('opens managed data from the host, and from nowhere when data is on the host', () => {
    expect(ports(moved(), 'ingress')).toEqual(
      expect.arrayContaining([
        '5432 ${aws_security_group.security_host_group.id}',
        '6379 ${aws_security_group.security_host_group.id}',
      ]),
    );
    expect(ports(boxed(), 'ingress').filter((rule) => rule.includes('security_group'))).toEqual([]);
  });

  test('no two rules have one address', () => {
    const domain = { ...boxed().domain!, provider: 'cloudflare' as const };
    expect(
      Object.keys(
        firewall(boxed({ domain, edge: { cloudflare: { plan: 'free' } }, box: boxSection({ origin: 'cloudflare' }) })).resource
          ?.aws_vpc_security_group_ingress_rule ?? {},
      ),
    ).toHaveLength(30);
  });
});

describe('the data volume', () => {
  const volume = (protect: boolean, keyArn?: string) =>
    synthModule((stack) => {
      new DataVolume(stack, 'box', {
        environment: 'shop-test',
        sizeGb: 18,
        zone: 'eu-west-1a',
        snapshotRetentionDays: 7,
        keyArn,
        protect,
        accountId: '123456789012',
        region: 'eu-west-1',
      });
    });

  test('is encrypted gp3 at its baseline', () => {
    const made = theOnly(volume(false), 'aws_ebs_volume');
    expect(made).toMatchObject({ availability_zone: 'eu-west-1a', size: 18, type: 'gp3', encrypted: true });
    expect(made.iops).toBeUndefined();
    expect(made.kms_key_id).toBeUndefined();
    expect(theOnly(volume(true, 'arn:key'), 'aws_ebs_volume').kms_key_id).toBe('arn:key');
  });

  test('is kept under protect, with a last snapshot all the same', () => {
    expect(theOnly(volume(true), 'aws_ebs_volume')).toMatchObject({ final_snapshot: true, lifecycle: { prevent_destroy: true } });
    expect(theOnly(volume(false), 'aws_ebs_volume').lifecycle).toBeUndefined();
  });

  test('is copied every day, by a role that may copy this volume and no other', () => {
    const module = volume(false);
    const policy = theOnly(module, 'aws_dlm_lifecycle_policy');
    const [tag, value] = Object.entries(policy.policy_details.target_tags)[0]!;
    expect(theOnly(module, 'aws_ebs_volume').tags[tag]).toBe(value);
    expect(policy).toMatchObject({
      state: 'ENABLED',
      policy_details: { resource_types: ['VOLUME'], schedule: [{ retain_rule: { interval: 7, interval_unit: 'DAYS' } }] },
    });
    const statements: any[] = JSON.parse(theOnly(module, 'aws_iam_role_policy').policy).Statement;
    const copying = statements.find(({ Sid }) => Sid === 'CopyTheVolume');
    expect(copying.Condition).toEqual({ StringEquals: { [`aws:ResourceTag/${tag}`]: value } });
    for (const { Resource, Action } of statements) {
      if (Resource.includes('*')) for (const action of Action) expect(action).toMatch(/^ec2:Describe/);
    }
  });
});

describe('commands', () => {
  const host = { region: 'eu-west-1', instanceId: 'i-1' };

  test('say what came of it, and hold no dollar brace of the shell’s own', () => {
    const command = runCommand(host, hostLine.job('sync'));
    expect(command).toContain('--instance-ids i-1');
    expect(command).toContain('/usr/local/sbin/terrace-job sync');
    expect(command).toContain('get-command-invocation');
    for (const line of [
      command,
      ...[hostLine.apply, hostLine.backup, hostLine.restore, hostLine.drill].map((line) => runCommand(host, line)),
    ])
      expect(line).not.toContain('${');
  });

  test('are full paths, because Run Command has a short search path', () => {
    expect([hostLine.apply, hostLine.backup, hostLine.restore, hostLine.drill].every((line) => line.startsWith('/usr/'))).toBe(
      true,
    );
  });
});

describe('the machine image', () => {
  test.each([
    ['ubuntu-24.04', 'x86_64', '/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id'],
    ['ubuntu-24.04', 'arm64', '/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id'],
    ['amazon-linux-2023', 'x86_64', '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64'],
    ['amazon-linux-2023', 'arm64', '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64'],
  ] as const)('of %s on %s is what its maker publishes', (operatingSystem, architecture, parameter) => {
    expect(imageParameter({ operatingSystem, architecture })).toBe(parameter);
  });
});

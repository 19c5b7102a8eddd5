/** The work copy of a stack: what the try-out changes for an emulator. */
import { leaveOut, withoutUnusedProviders } from '../../../src/commands/tryout/leave-out';
import { overrideFor } from '../../../src/commands/tryout/override';
import { prerequisitesOf } from '../../../src/commands/tryout/prerequisites';
import { prune, readSchemas } from '../../../src/commands/tryout/prune';
import type { RootModule } from '../../../src/terraform/root-module';

const URL = 'http://127.0.0.1:5055';

const moduleWith = (changes: Partial<RootModule>): RootModule => ({
  terraform: { required_providers: { aws: { source: 'aws', version: '6.25.0' } } },
  provider: { aws: [{ region: 'eu-west-1', allowed_account_ids: ['111111111111'] }] },
  ...changes,
});

describe('the override file', () => {
  it('points every provider at the emulator, one retry, fake credentials, S3 by path', () => {
    const module = moduleWith({ provider: { aws: [{ region: 'eu-west-1' }, { alias: 'edge', region: 'us-east-1' }] } });
    const { provider } = overrideFor(module, URL) as any;
    expect(provider.aws).toHaveLength(2);
    expect(provider.aws[1].alias).toBe('edge');
    for (const settings of provider.aws) {
      expect(settings).toMatchObject({ access_key: 'test', max_retries: 1, s3_use_path_style: true, allowed_account_ids: [] });
      expect(new Set(Object.values(settings.endpoints[0]))).toEqual(new Set([URL]));
      expect(Object.keys(settings.endpoints[0])).toEqual(expect.arrayContaining(['s3', 'rds', 'ecs', 'sts', 'route53']));
    }
  });

  it('takes protection off what has it, so that everything can be destroyed, and touches nothing else', () => {
    const module = moduleWith({
      resource: {
        aws_db_instance: {
          main: { deletion_protection: true, skip_final_snapshot: false, lifecycle: { prevent_destroy: true } },
        },
        aws_vpc: { main: { cidr_block: '10.0.0.0/16' } },
      },
    });
    expect(overrideFor(module, URL).resource).toEqual({
      aws_db_instance: { main: { deletion_protection: false, skip_final_snapshot: true, lifecycle: { prevent_destroy: false } } },
    });
  });

  it('pins another version of a provider only when asked', () => {
    expect(overrideFor(moduleWith({}), URL)).not.toHaveProperty('terraform');
    expect(overrideFor(moduleWith({}), URL, { aws: '5.100.0' }).terraform).toEqual({
      required_providers: { aws: { source: 'aws', version: '5.100.0' } },
    });
  });
});

describe('what an emulator does not support', () => {
  const module = moduleWith({
    resource: {
      aws_odd_group: { cache: { name: 'odd' } },
      aws_cache: {
        main: {
          group: '${aws_odd_group.cache.name}',
          note: 'aws_odd_group.cache.name',
          depends_on: ['aws_odd_group.cache', 'aws_vpc.main'],
        },
      },
      aws_policy: { main: { policy: '{"Resource":"${aws_odd_group.cache.arn}","Other":"${aws_vpc.main.arn}"}' } },
      aws_vpc: { main: {} },
    },
  });
  const table = (type: string) => (type === 'aws_odd_group' ? { reason: 'not there', standIns: { name: null } } : undefined);
  const left = leaveOut(module, table);

  it('is left out and reported', () => {
    expect(left.leftOut).toEqual([{ address: 'aws_odd_group.cache', reason: 'not there' }]);
    expect(left.module.resource).not.toHaveProperty('aws_odd_group');
  });

  it('is replaced by fixed values where others refer to it, and only there', () => {
    expect(left.module.resource?.aws_cache?.main).toEqual({
      group: '${null}',
      note: 'aws_odd_group.cache.name',
      depends_on: ['aws_vpc.main'],
    });
    expect(left.module.resource?.aws_policy?.main?.policy).toMatch(/"arn:aws:[^"]+","Other":"\$\{aws_vpc\.main\.arn\}"/);
  });

  it('leaves a module unchanged in which everything is supported', () =>
    expect(leaveOut(module, () => undefined).module).toBe(module));

  it('is left out with its provider, when nothing else uses that', () => {
    const two = moduleWith({
      terraform: { required_providers: { aws: {}, cloudflare: {} } },
      provider: { aws: [{}], cloudflare: [{}] },
      resource: { aws_vpc: { main: {} } },
    });
    expect(Object.keys(withoutUnusedProviders(two).provider ?? {})).toEqual(['aws']);
    expect(withoutUnusedProviders(two).terraform?.required_providers).toEqual({ aws: {} });
  });
});

describe('an older version of a provider', () => {
  const schemas = readSchemas(
    JSON.stringify({
      provider_schemas: {
        aws: {
          resource_schemas: {
            aws_s3: { block: { attributes: { bucket: {} }, block_types: { rule: { block: { attributes: { id: {} } } } } } },
            aws_ecs_service: { block: { attributes: { id: {}, name: {} } } },
          },
        },
      },
    }),
  );

  it('gets only the arguments it knows, at any depth, and each removed one is counted', () => {
    const module = moduleWith({
      resource: {
        aws_s3: {
          a: {
            bucket: 'x',
            region: 'r',
            lifecycle: {},
            rule: [
              { id: '1', blocked: [] },
              { id: '2', blocked: [] },
            ],
          },
        },
      },
    });
    const { module: pruned, dropped } = prune(module, schemas);
    expect(pruned.resource?.aws_s3?.a).toEqual({ bucket: 'x', lifecycle: {}, rule: [{ id: '1' }, { id: '2' }] });
    expect([...dropped]).toEqual([
      ['region', 1],
      ['blocked', 2],
    ]);
  });

  it('gets references to the older name of an attribute', () => {
    const module = moduleWith({
      resource: { aws_ecs_service: { api: { name: 'api' } }, aws_s3: { a: { bucket: '${aws_ecs_service.api.arn}' } } },
    });
    expect(prune(module, schemas).module.resource?.aws_s3?.a?.bucket).toBe('${aws_ecs_service.api.id}');
  });
});

describe('what stacks look up', () => {
  it('is created first: a hosted zone', () => {
    const module = moduleWith({ data: { aws_route53_zone: { main: { name: 'shop.example.' } } } });
    const made = prerequisitesOf([module, module]);
    expect(made?.resource?.aws_route53_zone).toEqual({ 'made-shop-example': { name: 'shop.example', force_destroy: true } });
    expect(made?.provider?.aws).toEqual([{ region: 'eu-west-1' }]);
  });

  it('is not created for a name that only a deployment knows', () =>
    expect(prerequisitesOf([moduleWith({ data: { aws_route53_zone: { main: { name: '${aws_x.y.name}' } } } })])).toBeUndefined());
});

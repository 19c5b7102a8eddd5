/** `npm run destroy`, with stubs for terraform and AWS: what stands in the way, in which order it goes, and how it goes on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnvironmentInput } from '../../../src/config';
import { StubAws, type Answers as Actions } from '../../support/stub-aws';
import { exampleFile, fileOf, runCommand, SMALL } from '../../support/command';
import { removeStates, writeStates, type StubState } from '../../support/deployed-states';
import { planJson, resourceChange } from '../../support/plans';
import { previewed } from '../../support/previewed';
import { askInAllTests } from '../../support/aws-credentials';
import { errored, jsonLines, StubTerraform, type Answers } from '../../support/stub-terraform';

const scratch = mkdtempSync(join(tmpdir(), 'terrace-destroy-'));
const output = join(scratch, 'cdktf.out');
const aws = new StubAws();
askInAllTests(aws);
afterAll(() => rmSync(scratch, { recursive: true }));
beforeEach(() => removeStates(scratch));

const [NETWORK, DATA, COMPUTE] = ['shop-test-network', 'shop-test-data', 'shop-test-compute-fargate'];
const GOES = { stdout: planJson([resourceChange('aws_s3_bucket.uploads', ['delete'])]) };
const DEPLOYED: Readonly<Record<string, StubState>> = {
  [NETWORK]: { managed: { 'aws_vpc.main': {} } },
  [DATA]: { managed: { 'aws_s3_bucket.uploads': { bucket: 'uploads', force_destroy: true } } },
  [COMPUTE]: { managed: { 'aws_ecs_cluster.main': {} } },
};

interface Options {
  readonly change?: Partial<EnvironmentInput>;
  readonly answers?: Answers;
  readonly states?: Readonly<Record<string, StubState>>;
  readonly actions?: Actions;
  readonly files?: Parameters<typeof runCommand>[0];
  readonly name?: string;
}

async function destroy(args: readonly string[], options: Options = {}) {
  const { change, answers = {}, states = DEPLOYED, actions = {}, name = 'shop-test' } = options;
  const stub = new StubTerraform({ '*:show': GOES, ...answers });
  writeStates(scratch, states);
  aws.answers = actions;
  aws.calls.length = 0;
  const files = options.files ?? { 'shop-test': exampleFile({ ...SMALL, buckets: { uploads: {} }, ...change }) };
  const ran = await runCommand(files, ['destroy', name, ...args, '--output', output], {
    env: stub.env({ TERRACE_BACKEND: 'local' }),
  });
  const calls = stub.calls().filter(({ args: [command] }) => command !== 'init');
  stub.remove();
  return { ...ran, calls, steps: calls.map(({ folder, args: [command] }) => `${command} ${folder}`) };
}

const stepsOf = (...stacks: readonly (string | undefined)[]) =>
  stacks.flatMap((stack) => [`plan ${stack}`, `show ${stack}`, `apply ${stack}`]);

it('destroys in reverse order, each by a plan to destroy, and asks the guard nothing', async () => {
  const { exitCode, steps, calls, stdout } = await destroy(['--yes']);
  expect({ exitCode, steps }).toEqual({ exitCode: 0, steps: stepsOf(COMPUTE, DATA, NETWORK) });
  for (const { args } of calls.filter(({ args: [command] }) => command === 'plan')) expect(args).toContain('-destroy');
  expect(stdout).toContain('shop-test: destroyed');
});

it('changes nothing without an answer, and with --dry-run lists what would go', async () => {
  expect(await destroy([])).toMatchObject({ exitCode: 2, steps: [], stderr: expect.stringContaining('pass --yes') });
  const { exitCode, steps, stdout } = await destroy(['--dry-run']);
  expect({ exitCode, steps }).toEqual({ exitCode: 0, steps: [] });
  expect(stdout).toBe(
    `${COMPUTE}: 1 resource\n  aws_ecs_cluster.main\n${DATA}: 1 resource\n  aws_s3_bucket.uploads\n${NETWORK}: 1 resource\n  aws_vpc.main\n`,
  );
});

it('stops at a failure, and goes on with what is left', async () => {
  const failed = { code: 1, stdout: jsonLines(errored('DependencyViolation', 'aws_s3_bucket.uploads')) };
  const first = await destroy(['--yes'], { answers: { [`${DATA}:apply`]: failed } });
  expect({ exitCode: first.exitCode, steps: first.steps }).toEqual({ exitCode: 1, steps: stepsOf(COMPUTE, DATA) });
  expect(first.stdout).toContain('shop-test: not finished. The same command goes on.');
  const second = await destroy(['--yes'], { states: { ...DEPLOYED, [COMPUTE]: {} } });
  expect({ exitCode: second.exitCode, steps: second.steps }).toEqual({ exitCode: 0, steps: stepsOf(DATA, NETWORK) });
});

it('says when nothing is deployed', async () => {
  const { exitCode, steps, stdout } = await destroy(['--yes'], { states: {} });
  expect({ exitCode, steps, stdout }).toEqual({ exitCode: 0, steps: [], stdout: 'nothing of shop-test is deployed\n' });
});

describe('refuses, and destroys nothing,', () => {
  const refused = async (why: string | RegExp, options: Options, args: readonly string[] = ['--yes']) => {
    const { exitCode, steps, stderr } = await destroy(args, options);
    expect({ exitCode, steps }).toEqual({ exitCode: 1, steps: [] });
    expect(stderr).toMatch(why);
  };

  it('a protected environment, with the way out', () =>
    refused(/protect: true\n.*protect: false and deploy that first/, { change: { protect: true } }));

  it('what AWS protects against deletion since a deployment under protect', () =>
    refused(/aws_db_instance\.main of shop-test-data is protected against deletion/, {
      states: { ...DEPLOYED, [DATA]: { managed: { 'aws_db_instance.main': { deletion_protection: true } } } },
    }));

  it('an environment with previews', () =>
    refused(/its preview pr-7 exists\n.*npm run preview -- shop-dev --pr 7 --destroy --yes/, {
      name: 'shop-dev',
      files: { 'shop-dev': fileOf(previewed()) },
      states: {
        'shop-dev-network': { managed: { 'aws_vpc.main': {} } },
        'shop-dev-pr-7': { managed: { 'aws_sqs_queue.own': {} } },
      },
    }));

  it('one that names of a shared zone lead to, and not the other one', async () => {
    const zone = { zone: 'shop.example', provider: 'route53', servedBy: 'shop-dev' } as const;
    const domain: EnvironmentInput['domain'] = { kind: 'shared', zone, names: ['shop.example'] };
    const files = {
      'shop-dev': exampleFile({ name: 'shop-dev', domain }),
      'shop-prod': exampleFile({ name: 'shop-prod', domain }),
    };
    const states = {
      'shop-dev-network': { managed: { 'aws_vpc.main': {} } },
      'shop-prod-network': { managed: { 'aws_vpc.main': {} } },
    };
    await refused(/the names of the zone shop\.example lead to it\n.*servedBy to shop-prod/, { name: 'shop-dev', files, states });
    const { exitCode, steps } = await destroy(['--yes'], { name: 'shop-prod', files, states });
    expect({ exitCode, steps }).toEqual({ exitCode: 0, steps: stepsOf('shop-prod-network') });
  });

  it('the zone while an environment that reads it is deployed', async () => {
    const zone = { zone: 'shop.example', provider: 'route53', servedBy: 'shop-dev' } as const;
    const domain: EnvironmentInput['domain'] = { kind: 'shared', zone, names: ['shop.example'] };
    const states = {
      'zone-shop-example': { managed: { 'aws_route53_zone.zone': {} } },
      'shop-dev-edge': { managed: { 'aws_route53_record.a': {} } },
    };
    await refused(/shop-dev-edge is deployed and reads it\n.*npm run destroy -- shop-dev$/m, {
      name: 'zone-shop-example',
      files: { 'shop-dev': exampleFile({ name: 'shop-dev', domain }) },
      states,
    });
  });

  it('one whose outputs another state was applied with', () =>
    refused(/the state terraform\.zone-shop-example-names\.tfstate was applied with outputs of shop-test/, {
      states: {
        ...DEPLOYED,
        'zone-shop-example-names': {
          managed: { 'aws_route53_record.api': {} },
          data: {
            'terraform_remote_state.shop-test-edge': { config: { value: { path: '../../../terraform.shop-test-edge.tfstate' } } },
          },
        },
      },
    }));

  it('while a state of it has no stack any more', () =>
    refused(/the state terraform\.shop-test-compute-box\.tfstate of shop-test has 1 resources and no stack/, {
      states: { ...DEPLOYED, 'shop-test-compute-box': { managed: { 'aws_instance.host': {} } } },
    }));

  it('a stack that another one reads, which stays', () =>
    refused(/shop-test-compute-fargate is deployed and reads shop-test-data/, {}, ['data', '--yes']));

  it('what is not empty, and that Terraform would not empty, unless told so', async () => {
    const states = {
      ...DEPLOYED,
      [DATA]: { managed: { 'aws_ecr_repository.api': { name: 'shop/test/api', force_delete: false } } },
    };
    let images = [{ imageTag: 'initial', imageDigest: 'sha256:1' }];
    const actions: Actions = {
      ListImages: () => ({ imageIds: images }),
      BatchDeleteImage: ({ imageIds }) => ((images = []), { imageIds, failures: [] }),
    };
    await refused(/aws_ecr_repository\.api of shop-test-data \(shop\/test\/api\) is not empty.*\n.*pass --empty/, {
      states,
      actions,
    });
    expect(images).toHaveLength(1);
    const { exitCode, steps } = await destroy(['--yes', '--empty'], { states, actions });
    expect({ exitCode, steps, images }).toEqual({ exitCode: 0, steps: stepsOf(COMPUTE, DATA, NETWORK), images: [] });
  });

  it('the state store', async () => {
    const { exitCode, steps, stderr } = await destroy(['--yes'], { name: 'bootstrap-shop' });
    expect({ exitCode, steps }).toEqual({ exitCode: 1, steps: [] });
    expect(stderr).toContain('docs/bootstrap.md');
  });
});

/** `npm run deploy`, with stubs for terraform and AWS: in which order, what stops it, and that nothing else is applied. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnvironmentFiles } from '../../../src/cli/command';
import type { EnvironmentInput } from '../../../src/config';
import { AwsFailure, StubAws, type Answers as Actions } from '../../support/stub-aws';
import { exampleFile, runCommand, SMALL } from '../../support/command';
import { removeStates, writeStates, type StubState } from '../../support/deployed-states';
import { example, rotatingLogin } from '../../support/example';
import { planJson, resourceChange } from '../../support/plans';
import { askInAllTests } from '../../support/aws-credentials';
import { completed, errored, jsonLines, StubTerraform, type Answers } from '../../support/stub-terraform';

const runs: string[] = [];
let jobExitCode = 0;
jest.mock('../../../src/operations/jobs', () => ({
  jobRunnerOf: () =>
    Promise.resolve({ run: (key: string) => Promise.resolve(void runs.push(key)).then(() => ({ exitCode: jobExitCode })) }),
}));

const scratch = mkdtempSync(join(tmpdir(), 'terrace-deploy-'));
const output = join(scratch, 'cdktf.out');
const aws = new StubAws();
askInAllTests(aws);
afterAll(() => rmSync(scratch, { recursive: true }));
beforeEach(() => {
  runs.length = 0;
  jobExitCode = 0;
  removeStates(scratch);
});

const [NETWORK, DATA, COMPUTE] = ['shop-test-network', 'shop-test-data', 'shop-test-compute-fargate'];
const CREATES = { stdout: planJson([resourceChange('aws_vpc.main', ['create']), resourceChange('aws_eip.a', ['create'])]) };
const EMPTY = { stdout: planJson([]) };
const LOSS = { stdout: planJson([resourceChange('aws_s3_bucket.uploads', ['delete'])]) };
const DONE = { stdout: jsonLines(completed('aws_vpc.main', 'create'), completed('aws_eip.a', 'create')) };

interface Options {
  readonly change?: Partial<EnvironmentInput>;
  readonly answers?: Answers;
  readonly states?: Readonly<Record<string, StubState>>;
  readonly actions?: Actions;
  readonly files?: EnvironmentFiles;
  readonly name?: string;
}

async function deploy(args: readonly string[], options: Options = {}) {
  const { change, answers = {}, states = {}, actions = {}, name = 'shop-test' } = options;
  const stub = new StubTerraform({ '*:show': CREATES, '*:apply': DONE, ...answers });
  writeStates(scratch, states);
  aws.answers = actions;
  aws.calls.length = 0;
  const files = options.files ?? { 'shop-test': exampleFile({ ...SMALL, buckets: { uploads: {} }, ...change }) };
  const ran = await runCommand(files, ['deploy', name, ...args, '--output', output], {
    env: stub.env({ TERRACE_BACKEND: 'local' }),
  });
  const calls = stub.calls().filter(({ args: [command] }) => command !== 'init');
  stub.remove();
  return { ...ran, calls, steps: calls.map(({ folder, args: [command] }) => `${command} ${folder}`) };
}

describe('each stack', () => {
  it('is planned with a lock, shown, and applied by exactly that plan, before the next one is planned', async () => {
    const { exitCode, steps, calls, stderr, stdout } = await deploy(['network', 'data', '--yes']);
    expect(exitCode).toBe(0);
    expect(steps).toEqual([NETWORK, DATA].flatMap((stack) => [`plan ${stack}`, `show ${stack}`, `apply ${stack}`]));
    expect(calls[0]?.args).toEqual(expect.arrayContaining(['-lock-timeout=10m', '-out=terrace.tfplan']));
    expect(calls[2]?.args).toEqual(['apply', '-json', '-lock-timeout=10m', 'terrace.tfplan']);
    expect(stderr.indexOf('create aws_vpc.main')).toBeLessThan(stderr.indexOf(`applying ${NETWORK}`));
    expect(stdout).toBe(`${NETWORK}: applied (2 to create)\n${DATA}: applied (2 to create)\nshop-test: deployed\n`);
  });

  it('is not asked about and not applied when nothing changes', async () => {
    const { exitCode, steps, stdout } = await deploy(['network'], { answers: { '*:show': EMPTY } });
    expect({ exitCode, steps }).toEqual({ exitCode: 0, steps: [`plan ${NETWORK}`, `show ${NETWORK}`] });
    expect(stdout).toContain(`${NETWORK}: no changes`);
  });

  it('is not applied without an answer: exit code 2', async () => {
    const { exitCode, steps, stderr } = await deploy(['network']);
    expect({ exitCode, steps }).toEqual({ exitCode: 2, steps: [`plan ${NETWORK}`, `show ${NETWORK}`] });
    expect(stderr).toContain('pass --yes');
  });

  it('is not applied when the guard refuses the plan, nor is any later one', async () => {
    const { exitCode, steps, stdout, stderr } = await deploy(['network', 'data', '--yes'], {
      answers: { [`${NETWORK}:show`]: LOSS },
    });
    expect({ exitCode, steps }).toEqual({ exitCode: 1, steps: [`plan ${NETWORK}`, `show ${NETWORK}`] });
    expect(stderr).toContain('REFUSED  delete aws_s3_bucket.uploads');
    expect(stdout).toContain(`${NETWORK}: REFUSED by the guard, nothing was applied`);
    expect(stdout).toContain('go on:  npm run deploy -- shop-test shop-test-network shop-test-data');
  });

  it('that fails ends the deployment, which says how far it came', async () => {
    const failed = { code: 1, stdout: jsonLines(completed('aws_vpc.main', 'create'), errored('AccessDenied', 'aws_eip.a')) };
    const { exitCode, steps, stdout } = await deploy(['network', 'data', '--yes'], { answers: { [`${NETWORK}:apply`]: failed } });
    expect(exitCode).toBe(1);
    expect(steps.at(-1)).toBe(`apply ${NETWORK}`);
    expect(stdout).toMatch(
      /FAILED\n {2}aws_eip\.a: AccessDenied\n {2}done:\n {4}create aws_vpc\.main\n {2}open:\n {4}create aws_eip\.a/,
    );
  });

  it('is only planned with --dry-run', async () => {
    const { exitCode, steps, calls } = await deploy(['network', '--dry-run']);
    expect({ exitCode, steps }).toEqual({ exitCode: 0, steps: [`plan ${NETWORK}`, `show ${NETWORK}`] });
    expect(calls[0]?.args).toContain('-lock=false');
  });
});

/** A service that needs an image, a secret and a login. */
const WITH_SERVICE = (): Partial<EnvironmentInput> => ({
  database: example().database,
  images: { api: {} },
  secrets: { stripe: { description: 'payments' }, made: { value: 'generated', description: 'a key' } },
  services: { api: { ...example().services!.api!, routes: [], environment: { STRIPE: { secret: 'stripe' } } } },
});

const REGISTRY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const DEPLOYED: Readonly<Record<string, StubState>> = {
  [NETWORK]: { managed: { 'aws_vpc.main': {} } },
  [DATA]: {
    managed: { 'aws_db_instance.database_primary': {} },
    outputs: {
      secrets: { stripe: { arn: 'arn:stripe' }, made: { arn: 'arn:made' } },
      images: { api: { parameter_name: '/shop/test/images/api' } },
      mirrors: {},
      set_secret_stripe: 'the command for stripe',
      push_image_api: 'docker buildx build --tag api:<tag>',
    },
  },
};
const parameter = (value: string): Actions => ({ GetParameter: () => ({ Parameter: { Value: value } }) });
const EVERYTHING: Actions = {
  DescribeSecret: () => ({ VersionIdsToStages: { a: ['AWSCURRENT'] } }),
  ...parameter(`${REGISTRY}/shop/test/api:initial`),
  DescribeImages: () => ({ imageDetails: [{}] }),
};

describe('the first time', () => {
  const compute = (actions: Actions, args: readonly string[] = [], more: Options = {}) =>
    deploy(['compute', '--yes', ...args], { change: WITH_SERVICE(), states: DEPLOYED, actions, ...more });

  it('stops before the containers for a secret without a value and an image that does not exist', async () => {
    const { exitCode, steps, stdout } = await compute({
      ...EVERYTHING,
      DescribeSecret: () => ({ VersionIdsToStages: { a: ['AWSPENDING'] } }),
      DescribeImages: () => {
        throw new AwsFailure('ImageNotFoundException');
      },
    });
    expect({ exitCode, steps }).toEqual({ exitCode: 1, steps: [] });
    expect(stdout).toContain('the secret stripe has no value (payments)\n      the command for stripe');
    expect(stdout).toContain(
      `the image api is missing: ${REGISTRY}/shop/test/api:initial\n      docker buildx build --tag api:initial`,
    );
    expect(stdout).not.toContain('made');
  });

  it('asks for no image outside of ECR', async () => {
    const { exitCode } = await compute({
      ...EVERYTHING,
      ...parameter('public.ecr.aws/nginx/nginx:1'),
      DescribeImages: undefined as any,
    });
    expect(exitCode).toBe(0);
    expect(aws.calls.map(({ name }) => name)).not.toContain('DescribeImages');
  });

  it('says so in JSON, too', async () => {
    const { stdout } = await compute({ ...EVERYTHING, DescribeSecret: () => ({}) }, ['--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      done: false,
      missing: [{ kind: 'secret', key: 'stripe', name: '/shop/test/stripe', command: 'the command for stripe' }],
    });
  });

  it('applies the job that creates logins alone, runs it, and only then starts services', async () => {
    const { exitCode, steps, calls } = await compute(EVERYTHING);
    expect(exitCode).toBe(0);
    expect(steps).toEqual([1, 2].flatMap(() => [`plan ${COMPUTE}`, `show ${COMPUTE}`, `apply ${COMPUTE}`]));
    expect(runs).toEqual(['database-init']);
    const [first, , , second] = calls;
    expect(first?.args).toContain('-target=aws_sfn_state_machine.job-database-init_run_machine');
    expect(first?.args.filter((arg) => arg.startsWith('-target=') && !arg.includes('job-database-init'))).toEqual([]);
    expect(second?.args.some((arg) => arg.startsWith('-target='))).toBe(false);
  });

  it('starts no service when the job fails, and the same command runs it again', async () => {
    jobExitCode = 3;
    const { exitCode, steps, stdout } = await compute(EVERYTHING);
    expect({ exitCode, applies: steps.filter((step) => step.startsWith('apply')) }).toEqual({
      exitCode: 1,
      applies: [`apply ${COMPUTE}`],
    });
    expect(stdout).toContain('database-init ended with 3');
    jobExitCode = 0;
    const half = { ...DEPLOYED, [COMPUTE]: { managed: { 'aws_sfn_state_machine.job-database-init_run_machine': {} } } };
    expect((await compute(EVERYTHING, [], { states: half })).exitCode).toBe(0);
    expect(runs).toEqual(['database-init', 'database-init']);
  });

  it('rotates a login that rotates once, after the job', async () => {
    let last: number | undefined;
    const { exitCode } = await compute(
      {
        ...EVERYTHING,
        DescribeSecret: () => ({ VersionIdsToStages: { a: ['AWSCURRENT'] }, LastRotatedDate: last }),
        RotateSecret: () => ((last = 1_800_000_000), {}),
      },
      [],
      {
        change: {
          ...WITH_SERVICE(),
          database: rotatingLogin(example()).database,
        },
        states: {
          ...DEPLOYED,
          [DATA]: {
            ...DEPLOYED[DATA],
            outputs: { ...DEPLOYED[DATA]!.outputs, database: { role_secret_arns: { app: 'arn:app' } } },
          },
        },
      },
    );
    expect(exitCode).toBe(0);
    expect(aws.calls.filter(({ name }) => name === 'RotateSecret').map(({ input }) => input.SecretId)).toEqual(['arn:app']);
  });

  it('is over once services run: nothing is looked for, and no job runs', async () => {
    const states = { ...DEPLOYED, [COMPUTE]: { managed: { 'aws_ecs_service.service-api_service': {} } } };
    const { exitCode, steps } = await compute({}, [], { states });
    expect({ exitCode, steps, runs, calls: aws.calls }).toEqual({
      exitCode: 0,
      steps: [`plan ${COMPUTE}`, `show ${COMPUTE}`, `apply ${COMPUTE}`],
      runs: [],
      calls: [],
    });
  });
});

describe('a shared zone', () => {
  const zone = { zone: 'shop.example', provider: 'route53', servedBy: 'shop-dev' } as const;
  const domain: EnvironmentInput['domain'] = { kind: 'shared', zone, names: ['shop.example'] };
  const files: EnvironmentFiles = {
    'shop-dev': exampleFile({ name: 'shop-dev', domain }),
    'shop-prod': exampleFile({ name: 'shop-prod', domain }),
  };

  it('that is not deployed is named with its command, before anything is planned', async () => {
    const { exitCode, steps, stderr } = await deploy(['--yes'], { name: 'shop-prod', files });
    expect({ exitCode, steps }).toEqual({ exitCode: 1, steps: [] });
    expect(stderr).toMatch(/the shared zone zone-shop-example is not deployed.*\n.*npm run deploy -- zone-shop-example$/m);
  });

  it('is no concern of stacks that do not read it, nor once it is deployed', async () => {
    expect((await deploy(['network', '--yes'], { name: 'shop-prod', files })).exitCode).toBe(0);
    const states = { 'zone-shop-example': { managed: { 'aws_route53_zone.zone': {} } } };
    const { steps } = await deploy(['edge', '--yes'], { name: 'shop-prod', files, states });
    expect(steps).toEqual(['plan shop-prod-edge', 'show shop-prod-edge', 'apply shop-prod-edge']);
  });

  it.each(['zone-shop-example', 'zone-shop-example-names'])(
    'has the stack %s, which is named in place of an environment',
    async (name) => {
      const states = { 'zone-shop-example': { managed: { 'aws_route53_zone.zone': {} } } };
      const { exitCode, steps } = await deploy(['--yes'], { name, files, states: name.endsWith('-names') ? states : {} });
      expect({ exitCode, steps }).toEqual({ exitCode: 0, steps: [`plan ${name}`, `show ${name}`, `apply ${name}`] });
    },
  );

  it('that no environment has is refused, with those that exist', async () => {
    const { exitCode, stderr } = await deploy(['--yes'], { name: 'zone-shop-exampel', files });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('the shared stacks are: zone-shop-example, zone-shop-example-names');
  });
});

/** An environment on Fargate that is deployed, and AWS as a release of it sees it. */
import { parseEnvironment, type EnvironmentInput } from '../../src/config';
import type { Handovers } from '../../src/contracts/handovers';
import type { JobRun, JobRunner, JobRunOptions } from '../../src/operations/jobs';
import { planRelease } from '../../src/operations/release/plan';
import { performRelease, type Performed } from '../../src/operations/release/perform';
import { targetOf, type Target } from '../../src/operations/target';
import { example } from './example';
import { ReleaseAws } from './release-aws';

export const REGISTRY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
export const API = `${REGISTRY}/shop/test/api`;
export const WEB = `${REGISTRY}/shop/test/web`;
export const PARAMETER = '/shop/test/images/api';
export const WEB_PARAMETER = '/shop/test/images/web';
export const RECORD = '/shop/test/release';

/** Services `api` and `web`, a worker and jobs, the first of which runs before releases. */
export function releasable(changes: Partial<EnvironmentInput> = {}): EnvironmentInput {
  const { services = {} } = example();
  const small = { image: 'api', vcpu: 0.25, memoryMib: 512 } as const;
  const { api } = services;
  if (api === undefined) throw new Error('the example has no service');
  return example({
    images: { api: {}, web: {} },
    services: {
      api: {
        ...api,
        sidecars: { proxy: { image: 'web', vcpu: 0.1, memoryMib: 128 } },
      },
      web: { ...api, image: 'web', routes: [{ host: 'shop.example', paths: ['/web'], priority: 20 }] },
    },
    workers: { mail: { ...small } },
    jobs: { migrate: { ...small, before: 'release' }, report: { ...small, schedule: '0 2 * * *' } },
    ...changes,
  });
}

const DESCRIPTION = 'The image that runs.';

/** Everything runs the tag `one` of each image; `two` to `bad` are pushed. */
export async function deployed(): Promise<ReleaseAws> {
  const aws = await ReleaseAws.start();
  for (const [name, value] of [
    [PARAMETER, `${API}:one`],
    [WEB_PARAMETER, `${WEB}:one`],
  ] as const)
    aws.parameters.set(name, [{ value, description: DESCRIPTION }]);
  for (const repository of ['shop/test/api', 'shop/test/web'])
    for (const tag of ['one', 'two', 'three', 'bad']) aws.images.set(`${repository}:${tag}`, ['linux/amd64', 'linux/arm64']);
  aws.addTask('shop-test-api', { api: `${API}:one`, proxy: `${WEB}:one` }, 'shop-test-api');
  aws.addTask('shop-test-web', { web: `${WEB}:one` }, 'shop-test-web');
  aws.addTask('shop-test-mail', { mail: `${API}:one`, collector: 'otel:1' }, 'shop-test-mail');
  aws.addTask('shop-test-migrate', { migrate: `${API}:one` });
  aws.addTask('shop-test-report', { report: `${API}:one` });
  return aws;
}

/** @param published what stacks publish, besides the data stack */
export function targetAt(url: string, input: EnvironmentInput = releasable(), published: Partial<Handovers> = {}): Target {
  const environment = parseEnvironment(input);
  const image = (key: string) => ({
    repositoryUrl: `${REGISTRY}/shop/test/${key}`,
    repositoryArn: `arn:aws:ecr:eu-west-1:123456789012:repository/shop/test/${key}`,
    parameterName: `/shop/test/images/${key}`,
  });
  const named = (key: string) => ({ name: `shop-test-${key}` });
  const all = {
    data: { images: { api: image('api'), web: image('web') } },
    'compute-fargate': {
      clusterName: 'shop-test',
      services: { api: named('api'), web: named('web') },
      workers: { mail: named('mail') },
    },
    ...published,
  } as unknown as Partial<Handovers>;
  return {
    ...targetOf(environment, { endpoint: url, output: 'cdktf.out', env: {} }),
    published: (kind) => Promise.resolve(all[kind]),
  };
}

/** A runner of jobs that records what it runs. */
export class StubRunner implements JobRunner {
  public readonly ran: { key: string; image?: string }[] = [];
  public result: (key: string, options: JobRunOptions) => JobRun = () => ({ exitCode: 0 });

  public run(key: string, options: JobRunOptions): Promise<JobRun> {
    this.ran.push({ key, image: options.image });
    options.report('done');
    return Promise.resolve(this.result(key, options));
  }
}

export interface Released extends Performed {
  readonly lines: readonly string[];
}

/** Plans and performs, as the command does. */
export async function released(
  target: Target,
  versions: Readonly<Record<string, string>>,
  {
    runner = new StubRunner(),
    signal,
    timeoutSeconds = 20,
  }: { runner?: JobRunner; signal?: AbortSignal; timeoutSeconds?: number } = {},
): Promise<Released> {
  const plan = await planRelease(target, versions, { jobs: true });
  if (plan.changes.length === 0) return { outcome: 'released', exitCode: 0, jobs: [], reasons: ['unchanged'], lines: [] };
  const lines: string[] = [];
  const report = (line: string): void => void lines.push(line);
  return { ...(await performRelease(target, plan, { runner, signal, timeoutSeconds, everySeconds: 0.002, report })), lines };
}

/** Credentials of an emulator, for one file of tests. */
export function withCredentials(): void {
  const before = { ...process.env };
  beforeAll(() => {
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    });
    delete process.env.AWS_PROFILE;
  });
  afterAll(() => {
    process.env = before;
  });
}

/** Releases on Fargate against services that behave as those of ECS, from one look to the next. */
import { planBack } from '../../../src/operations/release/back';
import { performRelease, takeBack } from '../../../src/operations/release/perform';
import { planRelease } from '../../../src/operations/release/plan';
import type { ReleaseAws } from '../../support/release-aws';
import {
  API,
  deployed,
  PARAMETER,
  RECORD,
  released,
  StubRunner,
  targetAt,
  WEB,
  WEB_PARAMETER,
  withCredentials,
} from '../../support/released';

withCredentials();

let aws: ReleaseAws;
beforeEach(async () => void (aws = await deployed()));
afterEach(() => aws.stop());

/** Parameters, services and what a next run or a plan of Terraform finds. */
function state() {
  return {
    parameters: [aws.parameter(PARAMETER), aws.parameter(WEB_PARAMETER)],
    services: ['api', 'web', 'mail'].map((key) => aws.running(`shop-test-${key}`)),
    newest: ['api', 'web', 'mail', 'migrate', 'report'].map((key) => aws.imagesOf(aws.newest(`shop-test-${key}`))),
    record: aws.parameter(RECORD),
  };
}

/** Everything with one tag of each image. */
function everythingAt(api: string, web = 'one') {
  const tasks = {
    api: { api: `${API}:${api}`, proxy: `${WEB}:${web}` },
    web: { web: `${WEB}:${web}` },
    mail: { mail: `${API}:${api}`, collector: 'otel:1' },
  };
  const jobs = [{ migrate: `${API}:${api}` }, { report: `${API}:${api}` }];
  return {
    parameters: [`${API}:${api}`, `${WEB}:${web}`],
    services: Object.values(tasks),
    newest: [...Object.values(tasks), ...jobs],
    record: undefined,
  };
}

async function takenBack(): Promise<void> {
  const target = targetAt(aws.url);
  const { way, plan } = await planBack(target, []);
  expect(way).toBe('take-back');
  await takeBack(target, plan, { timeoutSeconds: 20, everySeconds: 0.002, report: () => undefined });
}

describe('a release', () => {
  it('runs its jobs with the new image, then rolls services, workers and the next run of jobs', async () => {
    const runner = new StubRunner();
    const { outcome, exitCode, lines } = await released(targetAt(aws.url), { api: 'two' }, { runner });
    expect({ outcome, exitCode }).toEqual({ outcome: 'released', exitCode: 0 });
    expect(runner.ran).toEqual([{ key: 'migrate', image: `${API}:two` }]);
    expect(state()).toEqual(everythingAt('two'));
    expect(lines).toEqual(expect.arrayContaining(['migrate: done', 'api: 0 of 2 new tasks run, 2 old', 'api: steady']));
  });

  it('of several images is one release', async () => {
    await released(targetAt(aws.url), { api: 'two', web: 'three' });
    expect(state()).toEqual(everythingAt('two', 'three'));
  });

  it('changes nothing of a revision but images: tags, roles and other containers stay', async () => {
    await released(targetAt(aws.url), { api: 'two' });
    const { taskDefinitionArn: _arn, revision, containerDefinitions, ...others } = aws.newest('shop-test-mail');
    const [before] = aws.revisions.get('shop-test-mail') ?? [];
    expect(revision).toBe(2);
    expect(before).toMatchObject({ ...others, taskDefinitionArn: expect.any(String) });
    expect(containerDefinitions[1]).toEqual(before?.containerDefinitions[1]);
    expect(others.tags).toEqual([{ key: 'system', value: 'shop' }]);
  });

  it('leaves every service at the newest revision, which is what Terraform expects of it', async () => {
    await released(targetAt(aws.url), { api: 'two' });
    for (const family of ['shop-test-api', 'shop-test-mail'])
      expect(aws.services.get(family)?.deployments[0].taskDefinition).toBe(aws.newest(family).taskDefinitionArn);
  });

  it('keeps the description of the parameter, which Terraform compares', async () => {
    await released(targetAt(aws.url), { api: 'two' });
    expect(aws.parameters.get(PARAMETER)?.map(({ description }) => description)).toEqual(Array(2).fill('The image that runs.'));
  });

  it('of what runs already does nothing', async () => {
    const { reasons } = await released(targetAt(aws.url), { api: 'one' });
    expect(reasons).toEqual(['unchanged']);
    expect(aws.calls.filter((name) => /^(Put|Update|Register|Delete)/.test(name))).toEqual([]);
  });

  it('rolls what a parameter that was written by hand has not rolled', async () => {
    aws.parameters.set(PARAMETER, [{ value: `${API}:one` }, { value: `${API}:two` }]);
    await released(targetAt(aws.url), { api: 'two' });
    expect(state()).toEqual(everythingAt('two'));
  });

  it('goes on when the network fails for a moment', async () => {
    const target = targetAt(aws.url);
    const ecs = await target.aws.ecs();
    let failing = 0;
    aws.onCall = (name) => void (name === 'UpdateService' && (failing = 2));
    const describeServices: typeof ecs.describeServices = (input: Parameters<typeof ecs.describeServices>[0]) => {
      failing -= 1;
      return failing >= 0
        ? Promise.reject(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }))
        : ecs.describeServices(input);
    };
    const flaky = Object.assign(Object.create(ecs) as typeof ecs, { describeServices });
    const clients = Object.assign(Object.create(target.aws) as typeof target.aws, { ecs: () => Promise.resolve(flaky) });
    expect(await released({ ...target, aws: clients }, { api: 'two' })).toMatchObject({ outcome: 'released', reasons: [] });
    expect({ hasFailed: failing < 0, ...state() }).toEqual({ hasFailed: true, ...everythingAt('two') });
  });

  it('takes a revision of Terraform with the same images for its own', async () => {
    aws.fate = (tag) => (tag === 'two' ? 'applied' : 'steady');
    expect(await released(targetAt(aws.url), { api: 'two' })).toMatchObject({ outcome: 'released' });
    expect(state()).toEqual(everythingAt('two'));
  });
});

describe('a job before the release that fails', () => {
  it('ends it with its exit code, and changes nothing', async () => {
    const runner = new StubRunner();
    runner.result = () => ({ exitCode: 3, reason: 'no such table' });
    const result = await released(targetAt(aws.url), { api: 'two' }, { runner });
    expect(result).toMatchObject({
      outcome: 'job-failed',
      exitCode: 3,
      reasons: ['the job migrate ended with 3: no such table', 'nothing was released'],
    });
    expect(state()).toEqual(everythingAt('one'));
  });

  it('of another image does not run', async () => {
    const runner = new StubRunner();
    await released(targetAt(aws.url), { web: 'two' }, { runner });
    expect(runner.ran).toEqual([]);
    expect(state()).toEqual(everythingAt('one', 'two'));
  });

  it('because another run is active says so', async () => {
    const runner = new StubRunner();
    runner.result = () => ({ exitCode: 75 });
    const { exitCode, reasons } = await released(targetAt(aws.url), { api: 'two' }, { runner });
    expect({ exitCode, reason: reasons[0] }).toEqual({
      exitCode: 75,
      reason: expect.stringContaining('another run of it is active'),
    });
  });
});

describe('a release that does not run', () => {
  it.each(['breaker', 'fails', 'never', 'replaced'] as const)('is put back whatever became of it: %s', async (fate) => {
    aws.fate = (tag) => (tag === 'bad' ? fate : 'steady');
    const result = await released(targetAt(aws.url), { api: 'bad', web: 'two' }, { timeoutSeconds: fate === 'never' ? 1 : 20 });
    expect(result).toMatchObject({ outcome: 'put-back', exitCode: 1 });
    expect(state()).toEqual(everythingAt('one'));
  });

  it('that ECS took back silently says why, with exit codes and the last lines of the log', async () => {
    aws.fate = (tag) => (tag === 'bad' ? 'breaker' : 'steady');
    const { reasons } = await released(targetAt(aws.url), { api: 'bad' });
    const text = reasons.join('\n');
    expect(text).toContain('api: ECS took it back: ECS deployment circuit breaker: tasks failed to start.');
    expect(text).toContain('task 0a1b2c: Essential container in task exited (EssentialContainerExited)');
    expect(text).toContain('api ended with 17: OutOfMemoryError');
    expect(text).toContain('| /shop/api api/api/0a1b2c: cannot connect to the database');
    expect(text).toContain('ECS: (service api) is unable to consistently start tasks successfully.');
  });

  it('leaves no revision that Terraform would follow', async () => {
    aws.fate = (tag) => (tag === 'bad' ? 'breaker' : 'steady');
    await released(targetAt(aws.url), { api: 'bad' });
    expect(aws.newest('shop-test-report').revision).toBe(1);
    expect(aws.revisions.get('shop-test-report')?.map(({ status }) => status)).toEqual(['ACTIVE', 'INACTIVE']);
  });

  it('keeps what Terraform has changed in the meantime', async () => {
    aws.fate = (tag, family) => (tag !== 'bad' ? 'steady' : family === 'shop-test-api' ? 'applied' : 'never');
    expect(await released(targetAt(aws.url), { api: 'bad' }, { timeoutSeconds: 1 })).toMatchObject({ outcome: 'put-back' });
    expect(state()).toEqual(everythingAt('one'));
    expect(aws.newest('shop-test-api').containerDefinitions[0].environment).toEqual([{ name: 'LEVEL', value: 'debug' }]);
  });
});

describe('a release that is interrupted', () => {
  /** Interrupts a release at a call of AWS. @returns false once the release makes fewer calls */
  async function interruptAt(count: number): Promise<boolean> {
    await aws.stop();
    aws = await deployed();
    const controller = new AbortController();
    aws.onCall = (_name, made) => void (made === count && controller.abort());
    const { outcome } = await released(targetAt(aws.url), { api: 'two' }, { signal: controller.signal });
    const wasReached = aws.calls.length >= count;
    aws.onCall = () => undefined;
    // The last calls delete the record: a release that is complete is not interrupted any more.
    expect(outcome === 'interrupted' || aws.calls.length - count < 6).toBe(true);
    return wasReached;
  }

  it('at any call of AWS is continued by the same command', async () => {
    let count = 1;
    for (; await interruptAt(count); count += 2) {
      await released(targetAt(aws.url), { api: 'two' });
      expect(state()).toEqual(everythingAt('two'));
    }
    expect(count).toBeGreaterThan(40);
  });

  it('at any call of AWS is taken back by --back', async () => {
    let count = 30;
    for (; await interruptAt(count); count += 5) {
      if (aws.parameter(RECORD)?.includes('"phase":"rolling"') !== true) continue;
      await takenBack();
      expect(state()).toEqual(everythingAt('one'));
    }
    expect(count).toBeGreaterThan(40);
  });

  it('of which one image ran already is continued by the same command', async () => {
    await released(targetAt(aws.url), { web: 'three' });
    const controller = new AbortController();
    aws.onCall = (name) => void (name === 'UpdateService' && controller.abort());
    await released(targetAt(aws.url), { api: 'two', web: 'three' }, { signal: controller.signal });
    expect(await released(targetAt(aws.url), { api: 'two', web: 'three' })).toMatchObject({ outcome: 'released' });
    expect(state()).toEqual(everythingAt('two', 'three'));
  });

  it('does not run jobs again that have ended', async () => {
    const controller = new AbortController();
    aws.onCall = (name) => void (name === 'RegisterTaskDefinition' && controller.abort());
    const runner = new StubRunner();
    await released(targetAt(aws.url), { api: 'two' }, { runner, signal: controller.signal });
    await released(targetAt(aws.url), { api: 'two' }, { runner });
    expect(runner.ran).toHaveLength(1);
  });

  it('keeps another release from starting, and names both ways out', async () => {
    const controller = new AbortController();
    aws.onCall = (name) => void (name === 'UpdateService' && controller.abort());
    await released(targetAt(aws.url), { api: 'two' }, { signal: controller.signal });
    await expect(planRelease(targetAt(aws.url), { api: 'three' }, { jobs: true })).rejects.toThrow(
      /left half-way.*\n.*npm run release -- shop-test api=two\n.*--back/,
    );
  });
});

describe('a release whose credentials expire', () => {
  it('at any call of AWS is continued or taken back by the next command', async () => {
    for (let count = 8; count < 60; count += 3) {
      await aws.stop();
      aws = await deployed();
      aws.refusedFrom = count;
      await released(targetAt(aws.url), { api: 'two' }).catch(() => undefined);
      aws.refusedFrom = Infinity;
      expire();
      const isBack = count % 2 === 0 && aws.parameter(RECORD)?.includes('"phase":"rolling"') === true;
      await (isBack ? takenBack() : released(targetAt(aws.url), { api: 'two' }));
      expect(state()).toEqual(everythingAt(isBack ? 'one' : 'two'));
    }
  });

  /** Two minutes later. */
  function expire(): void {
    const text = aws.parameter(RECORD);
    if (text === undefined) return;
    const record = { ...(JSON.parse(text) as object), until: new Date(0).toISOString() };
    aws.parameters.get(RECORD)?.push({ value: JSON.stringify(record) });
  }
});

describe('a second release at the same time', () => {
  it('is refused, with who holds the first', async () => {
    const runner = new StubRunner();
    let second: unknown;
    runner.run = async () => {
      second = await planRelease(targetAt(aws.url), { api: 'three' }, { jobs: true }).catch(String);
      return { exitCode: 0 };
    };
    expect(await released(targetAt(aws.url), { api: 'two' }, { runner })).toMatchObject({ outcome: 'released' });
    expect(second).toMatch(/a release is in progress: api from .*:one to .*:two.*user\/ana/);
  });

  it('that has passed its checks is refused when it takes the record', async () => {
    const target = targetAt(aws.url);
    const runner = new StubRunner();
    runner.run = async () => {
      await expect(late()).rejects.toThrow(/at the same moment/);
      return { exitCode: 0 };
    };
    const plan = await planRelease(target, { api: 'three' }, { jobs: false });
    const late = () => performRelease(target, plan, { timeoutSeconds: 5, everySeconds: 0.002, report: () => undefined });
    expect(await released(target, { api: 'two' }, { runner })).toMatchObject({ outcome: 'released' });
    expect(state()).toEqual(everythingAt('two'));
  });
});

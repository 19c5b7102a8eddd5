/** What keeps a release from starting, the way back, and the list. */
import { planBack } from '../../../src/operations/release/back';
import { listReleases } from '../../../src/operations/release/list';
import { planRelease } from '../../../src/operations/release/plan';
import { earlierValues } from '../../../src/operations/release/parameters';
import { versionIn } from '../../../src/operations/release/repository';
import { digestOf, type ReleaseAws } from '../../support/release-aws';
import { API, deployed, PARAMETER, releasable, released, targetAt, WEB, withCredentials } from '../../support/released';

withCredentials();

let aws: ReleaseAws;
beforeEach(async () => void (aws = await deployed()));
afterEach(() => aws.stop());

const plan = (versions: Record<string, string>, ...at: Parameters<typeof targetAt> extends [string, ...infer R] ? R : never) =>
  planRelease(targetAt(aws.url, ...at), versions, { jobs: true });

describe('a release is refused', () => {
  it('of an image that is not declared, with those that are', () =>
    expect(plan({ apj: 'two' })).rejects.toThrow(/declares no image apj\n {2}allowed {2}api, web/));

  it('of an image that was not pushed', () =>
    expect(plan({ api: 'none' })).rejects.toThrow(/api: .*\/api has no image none\n.*push/));

  it('of an image for another architecture, in an index and alone', async () => {
    aws.images.set('shop/test/api:arm', ['linux/arm64', 'linux/arm/v7']);
    await expect(plan({ api: 'arm' })).rejects.toThrow(/arm is built for linux\/arm64, linux\/arm, and .* run on linux\/amd64/);
    aws.images.set('shop/test/api:single', ['linux/arm64']);
    await expect(plan({ api: 'single' })).rejects.toThrow(/single is built for linux\/arm64, and .* run on linux\/amd64/);
  });

  it('while the environment is asleep, and not while it is awake', async () => {
    const sleeping = releasable({ sleep: { from: '0 12 * * 1-5', until: '0 16 * * 1-5' } });
    aws.parameters.set('/shop/test/sleep', [{ value: 'asleep' }]);
    await expect(plan({ api: 'two' }, sleeping)).rejects.toThrow(/shop-test is asleep.*\n.*`wake`/);
    aws.parameters.set('/shop/test/sleep', [{ value: 'awake' }]);
    expect((await plan({ api: 'two' }, sleeping)).changes).toHaveLength(1);
    aws.parameters.delete('/shop/test/sleep');
    expect((await plan({ api: 'two' }, sleeping)).changes).toHaveLength(1);
  });

  it('of another account', () =>
    expect(plan({ api: 'two' }, releasable({ account: '210987654321' }))).rejects.toThrow(/for the account 123456789012/));

  it('before the environment is deployed', async () => {
    await expect(plan({ api: 'two' }, undefined, { data: undefined })).rejects.toThrow(/shop-test-data is not deployed/);
    await expect(plan({ api: 'two' }, undefined, { 'compute-fargate': undefined })).rejects.toThrow(
      /compute-fargate is not deployed/,
    );
  });

  it('for a service that is not deployed yet', async () => {
    aws.revisions.delete('shop-test-mail');
    await expect(plan({ api: 'two' })).rejects.toThrow(/the worker mail is not deployed/);
  });

  it('with all problems at once', async () => {
    aws.revisions.delete('shop-test-mail');
    await expect(plan({ api: 'none', web: 'none' })).rejects.toThrow(/api: [^]*web: [^]*mail/);
  });

  it('without any change of AWS', async () => {
    await plan({ api: 'none' }).catch(() => undefined);
    expect(aws.calls.filter((name) => /^(Put|Update|Register|Delete)/.test(name))).toEqual([]);
  });
});

describe('a release of a tag that can be pushed again', () => {
  it('names the digest, so that every task runs the same', async () => {
    const { changes } = await plan({ api: 'two' }, releasable({ images: { api: { immutableTags: false }, web: {} } }));
    expect(changes[0]?.to).toBe(`${API}@${digestOf('shop/test/api:two')}`);
  });

  it('is by its tag where tags are immutable', async () =>
    expect((await plan({ api: 'two' })).changes[0]?.to).toBe(`${API}:two`));
});

describe('what a release rolls', () => {
  it('is what runs the image, sidecars included', async () => {
    const { rolled, jobs } = await plan({ web: 'two' });
    expect(rolled.map(({ key, containers }) => [key, containers])).toEqual([
      ['api', { proxy: 'web' }],
      ['web', { web: 'web' }],
    ]);
    expect(jobs).toEqual([]);
  });

  it('begins with its jobs, in the order in which they are written', async () => {
    const job = { image: 'api', vcpu: 0.25, memoryMib: 512, before: 'release' } as const;
    const input = releasable({ jobs: { seed: job, migrate: job, report: { ...job, before: undefined } } });
    aws.addTask('shop-test-seed', { seed: `${API}:one` });
    expect((await plan({ api: 'two' }, input)).jobs).toEqual(['seed', 'migrate']);
  });
});

describe('the way back', () => {
  const back = (...keys: string[]) => planBack(targetAt(aws.url), keys);
  const history = (...tags: string[]): void =>
    void aws.parameters.set(
      PARAMETER,
      tags.map((tag) => ({ value: `${API}:${tag}` })),
    );

  it('is to the release before, and without jobs', async () => {
    await released(targetAt(aws.url), { api: 'two' });
    const { way, plan: planned } = await back('api');
    expect({ way, to: planned.changes[0]?.to, jobs: planned.jobs }).toEqual({ way: 'release', to: `${API}:one`, jobs: [] });
  });

  it('leaves out what the repository has deleted, and what was never in it', async () => {
    aws.parameters.set(
      PARAMETER,
      ['one', 'gone', 'two'].map((tag) => ({ value: `${API}:${tag}` })),
    );
    expect((await back('api')).plan.changes[0]?.to).toBe(`${API}:one`);
    aws.parameters.set(PARAMETER, [{ value: 'public.ecr.aws/nginx/nginx:1.29' }, { value: `${API}:two` }]);
    await expect(back('api')).rejects.toThrow(/none of the 1 earlier images exists any more/);
  });

  it('is refused without an earlier release', () => expect(back('api')).rejects.toThrow(/api: there is no earlier release/));

  it('needs the image where several are declared', async () =>
    expect(await back().catch((error: unknown) => error)).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('api, web'),
    }));

  it('does not lead to what was taken back', () => {
    const values = (text: string) => earlierValues(Array.from(text, (value) => ({ value }))).join('');
    expect(values('AB')).toBe('A');
    expect(values('ABA')).toBe('');
    expect(values('ABAC')).toBe('A');
    expect(values('ABCB')).toBe('A');
    expect(values('ABCBC')).toBe('BA');
  });

  it('is shown in the list, with who released, what is current and what is deleted', async () => {
    history('gone', 'one', 'bad', 'one');
    const [api] = await listReleases(targetAt(aws.url), ['api']);
    expect(
      api?.releases.map(({ version, isCurrent, exists, isOnTheWayBack }) => [version, isCurrent, exists, isOnTheWayBack]),
    ).toEqual([
      ['one', true, true, false],
      ['bad', false, true, false],
      ['one', false, true, false],
      ['gone', false, false, true],
    ]);
    expect(api?.releases[0]).toMatchObject({ by: 'arn:aws:iam::123456789012:user/ana', at: expect.stringMatching(/^2026-/) });
  });
});

describe('the version in a reference', () => {
  it.each([
    [`${API}:4f1c2aa`, '4f1c2aa'],
    [`${API}@sha256:${'a'.repeat(64)}`, `sha256:${'a'.repeat(64)}`],
    [`${WEB}:4f1c2aa`, undefined],
    [`${API}s:4f1c2aa`, undefined],
    [API, undefined],
  ])('%s', (reference, version) => expect(versionIn({ repositoryUrl: API }, reference)).toBe(version));
});

/** Releases on hosts, which Systems Manager reaches. */
import type { Handovers } from '../../../src/contracts/handovers';
import { BoxReleaser } from '../../../src/operations/box/releases';
import { boxed } from '../../support/boxed';
import type { ReleaseAws } from '../../support/release-aws';
import { API, deployed, PARAMETER, RECORD, released, StubRunner, targetAt, withCredentials } from '../../support/released';

withCredentials();

let aws: ReleaseAws;
/** Host, and the image that it took from the parameter. */
let ran: string[];
let broken: string[];
beforeEach(async () => {
  aws = await deployed();
  ran = [];
  broken = [];
  aws.host = (instance, line) => {
    const tag = aws.parameter(PARAMETER)?.split(':').at(-1) ?? '';
    ran.push(`${instance} ${tag} ${line.includes('terrace-release --wait api') ? 'release' : line}`);
    if (broken.includes(instance) && tag === 'bad')
      return { exitCode: 1, output: 'api: not released\napi: | cannot connect to the database\n' };
    return { exitCode: 0, output: `api: ${API}:${tag}\n` };
  };
});
afterEach(() => aws.stop());

const job = { image: 'api', vcpu: 0.25, memoryMib: 512, before: 'release' } as const;
const target = () =>
  targetAt(aws.url, boxed({ jobs: { migrate: job } }), { 'compute-box': { instanceId: 'i-1' } } as unknown as Partial<Handovers>);

describe('a release on a host', () => {
  it('runs its jobs, writes the parameter, and tells the host', async () => {
    const runner = new StubRunner();
    runner.result = () => {
      expect(aws.parameter(PARAMETER)).toBe(`${API}:one`);
      return { exitCode: 0 };
    };
    const { outcome, lines } = await released(target(), { api: 'two' }, { runner });
    expect({ outcome, ran, jobs: runner.ran }).toEqual({
      outcome: 'released',
      ran: ['i-1 two release'],
      jobs: [{ key: 'migrate', image: `${API}:two` }],
    });
    expect(lines).toContain(`i-1: api: ${API}:two`);
    expect(aws.parameter(RECORD)).toBeUndefined();
  });

  it('that the host takes back is a failure: the parameter is put back, and the host told', async () => {
    broken = ['i-1'];
    const { outcome, exitCode, reasons } = await released(target(), { api: 'bad' });
    expect({ outcome, exitCode }).toEqual({ outcome: 'put-back', exitCode: 1 });
    expect(reasons).toContain('i-1: api: | cannot connect to the database');
    expect(aws.parameter(PARAMETER)).toBe(`${API}:one`);
    expect(ran).toEqual(['i-1 bad release', 'i-1 one release']);
  });

  it('that the host cannot put back is continued or taken back by hand', async () => {
    aws.host = () => ({ exitCode: 1, output: 'no connection' });
    const { outcome, reasons } = await released(target(), { api: 'two' });
    expect(outcome).toBe('left');
    expect(reasons.at(-1)).toContain('npm run release -- shop-test --back');
    expect(aws.parameter(PARAMETER)).toBe(`${API}:one`);
  });

  it('of a host without the command says what to apply', async () => {
    aws.host = (_instance, line) => ({ exitCode: line.startsWith('if') ? 0 : 127, output: '' });
    const { outcome, reasons } = await released(target(), { api: 'two' });
    expect(outcome).toBe('put-back');
    expect(reasons.join('\n')).toMatch(/has no terrace-release[^]*apply shop-test-compute-box/);
  });
});

describe('a release on several hosts', () => {
  const options = { timeoutSeconds: 5, everySeconds: 0.01, report: () => undefined };
  const rolled = [{ kind: 'service', key: 'api', name: 'api', containers: { api: 'api' } }] as const;

  function several() {
    const all = target();
    const group = {
      AutoScalingGroups: [{ Instances: ['i-1', 'i-2'].map((id) => ({ InstanceId: id, LifecycleState: 'InService' })) }],
    };
    const autoScaling = () => Promise.resolve({ describeAutoScalingGroups: () => Promise.resolve(group) });
    return {
      ...all,
      aws: Object.assign(Object.create(all.aws) as typeof all.aws, { autoScaling }),
      published: () => Promise.resolve({ groupName: 'shop-test' }),
    } as unknown as typeof all;
  }

  it('tells one after the other, and stops at the first that fails', async () => {
    aws.parameters.set(PARAMETER, [{ value: `${API}:bad` }]);
    await new BoxReleaser(several()).roll(rolled, {}, options);
    expect(ran).toEqual(['i-1 bad release', 'i-2 bad release']);
    broken = ['i-1'];
    await expect(new BoxReleaser(several()).roll(rolled, {}, options)).rejects.toThrow('i-1 does not run the new images (1)');
    expect(ran).toHaveLength(3);
  });
});

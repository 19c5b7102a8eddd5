/** What a person may not write about a single host, and what its instance type means. */
import { parseEnvironment } from '../../../src/config';
import { architectureOf, isBurstable, isNitro } from '../../../src/config/tables/ec2-architectures';
import { instanceSize } from '../../../src/config/tables/instance-sizes';
import { testRefusals } from '../../support/refusals';
import { rich, type Json } from '../../support/rich';
import { ACCEPTED_ON_HOST, boxed, builderOnHost, REFUSED_ON_HOST } from './box-inputs';

describe('a single host', () => testRefusals(REFUSED_ON_HOST, ACCEPTED_ON_HOST));

describe('a builder on a host', () => {
  it('is warned of until that is acknowledged, because a host runs none', () => {
    const warned = (input: Json) => parseEnvironment(input).warnings.map(({ rule }) => rule);
    expect(warned(boxed())).not.toContain('box-builders');
    expect(warned(builderOnHost)).toContain('box-builders');
    const acknowledge = { 'box-builders': { 'builders.images': 'images come from CI until Fargate' } };
    expect(warned({ ...builderOnHost, acknowledge })).not.toContain('box-builders');
  });
});

describe('the memory of a host', () => {
  const warnings = (change: (e: Json) => void) =>
    parseEnvironment(boxed(change)).warnings.filter(({ rule }) => rule === 'box-capacity');
  const small = (e: Json) => {
    e.services.api.memoryMib = 512;
    e.workers.runner.memoryMib = 512;
    e.jobs.sync.memoryMib = 256;
  };

  it('suffices for every limit, PostgreSQL, Redis and the system', () => expect(warnings(small)).toEqual([]));

  it('does not suffice for them together, although each fits: a warning names the parts', () => {
    const [warning] = warnings((e) => {
      small(e);
      e.services.api.memoryMib = 1024;
    });
    expect(warning?.message).toMatch(
      /2448 MiB of memory or more: services and workers 1536, the largest job 256, PostgreSQL 192, Redis 144, the system 320; the type has 2048/,
    );
  });

  it('is counted with the settings of the data stores, and not counted for managed ones', () => {
    const settings = (e: Json) => Object.assign(e.box, { postgres: { sharedBuffersMib: 640 } });
    expect(warnings((e) => (small(e), settings(e)))).toHaveLength(1);
  });

  describe('during a release', () => {
    const warned = (change: (e: Json) => void) =>
      parseEnvironment(
        boxed((e) => {
          small(e);
          change(e);
        }),
      )
        .warnings.filter(({ rule }) => rule === 'box-release-memory')
        .map(({ path, message }) => `${path}: ${message}`);

    it('suffices for two containers of a service or a worker, or a warning names the one', () => {
      expect(warned((e) => (e.workers.runner.memoryMib = e.services.api.memoryMib = 256))).toEqual([]);
      expect(warned(() => undefined)).toEqual([
        expect.stringMatching(/^services\.api\.memoryMib: .*at most 112 MiB/),
        expect.stringMatching(/^workers\.runner\.memoryMib: .*at most 112 MiB/),
      ]);
    });

    it('is needed only for what is released beside the former container: no singleton, and no service next to packages', () => {
      const [first, ...more] = warned((e) => {
        e.box.dataStores = 'packages';
        e.cache.version = '7.0';
      });
      expect(first).toMatch(/^workers\.runner/);
      expect(more).toEqual([]);
      expect(warned((e) => (e.services.api.singleton = e.workers.runner.singleton = true))).toEqual([]);
    });

    it('is not warned of where the limits do not even fit once', () => {
      expect(warned((e) => (e.services.api.memoryMib = 1024))).toEqual([]);
    });
  });

  it.each([
    ['t3.nano', { vcpu: 2, memoryMib: 512 }],
    ['t3.micro', { vcpu: 2, memoryMib: 1024 }],
    ['t4g.small', { vcpu: 2, memoryMib: 2048 }],
    ['t3.medium', { vcpu: 2, memoryMib: 4096 }],
    ['m7g.large', { vcpu: 2, memoryMib: 8192 }],
    ['x9.large', undefined],
  ])('of %s is known, or not', (type, size) => expect(instanceSize(type)).toEqual(size));
});

describe('the health check of a single host', () => {
  const checks = (change: (e: Json) => void = () => undefined) => parseEnvironment(boxed(change)).edge.healthChecks;

  it('asks its first name for the health path of a service there, unless checks are written or switched off', () => {
    expect(checks()).toEqual([{ key: 'public', host: 'shop.example', path: '/health', intervalSeconds: 30, failures: 3 }]);
    expect(checks((e) => (e.edge = { healthChecks: {} }))).toEqual([]);
    expect(checks((e) => (e.edge = { healthChecks: { mine: { host: 'shop.example', path: '/x' } } }))).toMatchObject([
      { key: 'mine' },
    ]);
  });

  it('is not there without a name, and not where a load balancer has alarms', () => {
    expect(
      checks((e) => {
        delete e.domain;
        e.services.api.routes = [];
      }),
    ).toEqual([]);
    expect(parseEnvironment(rich()).edge.healthChecks).toEqual([]);
  });

  it('asks only for a path that is routed', () => {
    expect(checks((e) => (e.services.api.routes = [{ paths: ['/api/*'] }]))).toEqual([]);
    expect(checks((e) => (e.services.api.routes = [{ paths: ['/api/*', '/hea*'] }]))).toHaveLength(1);
  });
});

describe('an instance type', () => {
  it.each([
    ['t3.micro', 'x86_64'],
    ['t4g.micro', 'arm64'],
    ['m7g.large', 'arm64'],
    ['c7gn.large', 'arm64'],
    ['r8gd.xlarge', 'arm64'],
    ['m7i-flex.large', 'x86_64'],
    ['g5.xlarge', 'x86_64'],
    ['g5g.xlarge', 'arm64'],
    ['a1.large', 'arm64'],
    ['im4gn.large', 'arm64'],
    ['c6a.large', 'x86_64'],
  ])('%s is %s', (instanceType, architecture) => expect(architectureOf(instanceType)).toBe(architecture));

  it('is on Nitro or not, and lives on credits or not', () => {
    expect(['t2.micro', 'm4.large', 'i3.large'].map(isNitro)).toEqual([false, false, false]);
    expect(['t3.micro', 't3a.small', 'm5.large', 'i3en.large'].map(isNitro)).toEqual([true, true, true, true]);
    expect(['t3.micro', 't4g.small', 'trn1.2xlarge', 'm5.large'].map(isBurstable)).toEqual([true, true, false, false]);
  });
});

/** What a person may not write about a single host, and the record of data volumes. */
import { environments } from '../../../environments';
import { parseEnvironment } from '../../../src/config';
import { architectureOf, isBurstable, isNitro } from '../../../src/config/tables/ec2-architectures';
import { checkSharedZones } from '../../../src/config/rules/between/shared-zones';
import { checkVolume, readVolumes, volumesOf, volumesText } from '../../../src/commands/record-volumes/recorded';
import { testRefusals } from '../../support/refusals';
import { rich, type Change, type Json } from '../../support/rich';
import { ACCEPTED_ON_HOST, boxed, builderOnHost, REFUSED_ON_HOST } from './box-inputs';

describe('a single host', () => testRefusals(REFUSED_ON_HOST, ACCEPTED_ON_HOST));

describe('a builder on a host', () => {
  it('is warned of until that is acknowledged, because a host runs none', () => {
    const warned = (input: Json) => parseEnvironment(input).warnings.map(({ rule }) => rule);
    expect(warned(boxed())).not.toContain('box-builders');
    expect(warned(builderOnHost)).toContain('box-builders');
    const acknowledge = { 'box-builders': 'images come from CI until Fargate' };
    expect(warned({ ...builderOnHost, acknowledge })).not.toContain('box-builders');
  });
});

describe('the record of data volumes', () => {
  it('that is committed contradicts no environment, and knows each that has one', async () => {
    const recorded = readVolumes();
    const all = await Promise.all(Object.values(environments).map(async (load) => (await load()).default));
    const hosts = all.flatMap((input) => ((input as Json).box === undefined ? [] : [parseEnvironment(input)]));
    expect(hosts.length).toBeGreaterThan(0);
    for (const host of hosts) expect(() => checkVolume(host, recorded)).not.toThrow();
    expect(Object.keys(recorded)).toEqual(Object.keys(volumesOf(hosts)));
  });
});

describe('a data volume', () => {
  const recorded = { 'shop-test': { sizeGb: 18, zone: 'eu-west-1a' } };
  const check = (change: Change) => () => checkVolume(parseEnvironment(boxed(change)), recorded);

  it('never shrinks', () => {
    expect(check((e) => (e.box.dataVolumeGb = 17))).toThrow(/box\.dataVolumeGb[\s\S]*at least 18[\s\S]*never shrinks/);
    expect(check((e) => (e.box.dataVolumeGb = 19))).not.toThrow();
    expect(check(() => undefined)).not.toThrow();
  });

  it('never moves to another zone, where it would be an empty one', () => {
    expect(check((e) => (e.network.zones = ['b', 'a']))).toThrow(/network\.zones[\s\S]*first zone "eu-west-1a"/);
    expect(check((e) => (e.network.zones = ['a', 'c']))).not.toThrow();
  });

  it('is held to what was recorded of its own environment only', () => {
    expect(() => checkVolume(parseEnvironment(boxed((e) => (e.box.dataVolumeGb = 1))), {})).not.toThrow();
    expect(
      check((e) => {
        e.name = 'shop-other';
        e.box.dataVolumeGb = 1;
      }),
    ).not.toThrow();
  });

  it('is recorded with size and zone, in the order of names', () => {
    const named = (name: string) => parseEnvironment(boxed((e) => (e.name = name)));
    const volumes = volumesOf([named('shop-b'), named('shop-a'), parseEnvironment(rich())]);
    expect(Object.entries(volumes)).toEqual([
      ['shop-a', { sizeGb: 18, zone: 'eu-west-1a' }],
      ['shop-b', { sizeGb: 18, zone: 'eu-west-1a' }],
    ]);
    expect(JSON.parse(volumesText(volumes))).toEqual(volumes);
  });
});

describe('a host in a zone that another environment owns', () => {
  const environments = (authorities: readonly string[]) => [
    parseEnvironment({ ...rich(), name: 'shop-prod', domain: { ...rich().domain, certificateAuthorities: authorities } }),
    parseEnvironment(boxed((e) => (e.domain.certificateAuthorities = []))),
  ];

  it('gets its certificates only when the owner admits their authority', () => {
    expect(() => checkSharedZones(environments(['amazon.com']))).toThrow(
      /shop-prod: domain\.certificateAuthorities[\s\S]*letsencrypt\.org[\s\S]*shop-test/,
    );
    expect(() => checkSharedZones(environments(['amazon.com', 'letsencrypt.org']))).not.toThrow();
    expect(() => checkSharedZones(environments([]))).not.toThrow();
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

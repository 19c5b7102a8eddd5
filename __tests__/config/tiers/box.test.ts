/** What a person may not write about a single host, and what its instance type means. */
import { parseEnvironment } from '../../../src/config';
import { architectureOf, isBurstable, isNitro } from '../../../src/config/tables/ec2-architectures';
import { testRefusals } from '../../support/refusals';
import type { Json } from '../../support/rich';
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

/** The rules as a set, and the tables that they look things up in. */
import { parseEnvironment } from '../../../src/config';
import { RULES } from '../../../src/config/all-rules';
import { backupDuring, parseDaily, parseWeekly } from '../../../src/config/rules/windows';
import { maxConnectionsOf, memoryGibOf } from '../../../src/config/tables/database-classes';
import { FARGATE_MEMORY_MIB, isFargateSize } from '../../../src/config/tables/fargate-sizes';
import { problemsOf } from '../../support/problems';
import { builderOnHost, REFUSED_ON_HOST } from '../tiers/box-inputs';
import { REFUSED_DATA } from './data-inputs';
import { REFUSED_AT_EDGE } from './edge-inputs';
import { ADVICE, REFUSED_LIMITS, VPC_OF_DOCKER } from './limit-inputs';
import { REFUSED_PREVIEWS } from './preview-inputs';
import { REFUSED, WARNED } from './refused-inputs';
import { REFUSED_TRAFFIC, WARNED_TRAFFIC } from './traffic-inputs';
import { REFUSED_ASLEEP } from './sleep-inputs';

describe('the rules', () => {
  it('have different ids, in lower case with hyphens', () => {
    expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length);
    for (const { id } of RULES) expect(id).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/);
  });

  it('are each the answer to an input of the tables, whose tests see that it is, or are found in one here', () => {
    const refused = [
      ...[...REFUSED, ...REFUSED_DATA, ...REFUSED_TRAFFIC, ...REFUSED_AT_EDGE, ...REFUSED_LIMITS],
      ...[...REFUSED_ASLEEP, ...REFUSED_PREVIEWS],
    ].map(([, , , rule]) => rule);
    const warned = [...WARNED, ...WARNED_TRAFFIC, ...ADVICE].map(([rule]) => rule);
    // On a host, one input has several answers, or a warning.
    const onHost = [
      ...REFUSED_ON_HOST.flatMap(([, input]) => problemsOf(input)),
      ...[builderOnHost, VPC_OF_DOCKER].flatMap((input) => parseEnvironment(input).warnings),
    ].map(({ rule }) => rule);
    const answers = new Set([...refused, ...warned, ...onHost]);
    expect(RULES.map(({ id }) => id).filter((id) => !answers.has(id))).toEqual([]);
  });
});

describe('windows of RDS', () => {
  const overlaps = (daily: string, weekly: string) => backupDuring(parseDaily(daily)!, parseWeekly(weekly)!);

  it('overlap only when they share a minute', () => {
    expect(overlaps('01:00-02:00', 'sun:03:00-sun:04:00')).toBe(false);
    expect(overlaps('02:00-03:00', 'sun:03:00-sun:04:00')).toBe(false);
    expect(overlaps('02:00-03:01', 'sun:03:00-sun:04:00')).toBe(true);
    expect(overlaps('03:59-04:59', 'wed:03:00-wed:04:00')).toBe(true);
    expect(overlaps('23:30-00:30', 'mon:00:00-mon:01:00')).toBe(true);
    expect(overlaps('12:00-13:00', 'sat:20:00-sun:14:00')).toBe(true);
  });

  it.each(['24:00-25:00', '01:60-02:30', '01:00-01:29', '01:00-01:00'])('refuse the day window %s', (text) => {
    expect(parseDaily(text)).toBeUndefined();
  });

  it.each(['son:03:00-son:04:00', 'sun:03:00-mon:04:00', 'sun:03:00-sun:03:10'])('refuse the week window %s', (text) => {
    expect(parseWeekly(text)).toBeUndefined();
  });
});

describe('connections of an instance class', () => {
  it.each([
    ['db.t4g.micro', 1, 112],
    ['db.t3.medium', 4, 450],
    ['db.m6g.large', 8, 901],
    ['db.r6g.xlarge', 32, 3604],
    ['db.r6g.16xlarge', 512, 5000],
  ])('%s has %d GiB and takes %d', (instanceClass, memoryGib, connections) => {
    expect(memoryGibOf(instanceClass)).toBe(memoryGib);
    expect(maxConnectionsOf(instanceClass)).toBe(connections);
  });

  it('are not guessed for a class that the table does not know', () => {
    expect(maxConnectionsOf('db.z9.large')).toBeUndefined();
  });
});

describe('sizes of Fargate', () => {
  it('are those that AWS lists', () => {
    expect(FARGATE_MEMORY_MIB.get(0.25)).toEqual([512, 1024, 2048]);
    expect([...FARGATE_MEMORY_MIB].map(([vcpu, memories]) => [vcpu, memories.at(-1)])).toEqual([
      [0.25, 2048],
      [0.5, 4096],
      [1, 8192],
      [2, 16384],
      [4, 30720],
      [8, 61440],
      [16, 122880],
    ]);
    expect(isFargateSize(1, 2048)).toBe(true);
    expect(isFargateSize(1, 1024)).toBe(false);
  });
});

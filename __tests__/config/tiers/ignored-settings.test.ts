/** No setting is dropped in silence: what a tier does not do is refused, with the way out. */
import { parseEnvironment } from '../../../src/config';
import { boxed } from '../../support/boxed';
import { example } from '../../support/example';
import { problemsOf } from '../../support/problems';

const service = (changes: object) => ({
  api: { ...example().services?.api, image: 'api', scaling: undefined, ...changes } as never,
});

describe('a setting that the tier of an environment does not honour', () => {
  it.each([
    ['replicas.max', { replicas: { min: 1, max: 3 } }],
    ['scaling', { replicas: { min: 1, max: 1 }, scaling: { cpuPercent: 70 } }],
    ['spotPercent', { replicas: { min: 1, max: 1 }, spotPercent: 50 }],
    ['metrics', { replicas: { min: 1, max: 1 }, metrics: { port: 9090 } }],
    ['deployment', { replicas: { min: 1, max: 1 }, deployment: { circuitBreaker: false } }],
  ])('is refused on the box: %s', (field, changes) => {
    const problems = problemsOf(boxed({ services: service(changes) }));
    expect(problems).toContainEqual(expect.objectContaining({ path: `services.api.${field}`, rule: 'tier-ignores' }));
  });

  it('is accepted on the tier that honours it, and on the box when a tier that honours it waits', () => {
    const services = service({ replicas: { min: 1, max: 3 }, spotPercent: 50 });
    expect(() => parseEnvironment(example({ services }))).not.toThrow();
    const climbing = problemsOf(boxed({ nextTier: 'fargate', services }));
    expect(climbing.filter(({ rule }) => rule === 'tier-ignores')).toEqual([]);
  });

  it('is accepted on the box when its cost is acknowledged, and not otherwise', () => {
    const services = service({ replicas: { min: 1, max: 3 } });
    const acknowledge = { 'tier-ignores': { 'services.api.replicas.max': 'the same description also runs on fargate' } };
    const rules = (changes: object) => problemsOf(boxed({ services, ...changes })).map(({ rule }) => rule);
    expect(rules({ acknowledge })).not.toContain('tier-ignores');
    expect(rules({})).toContain('tier-ignores');
  });

  it('is refused on Kubernetes: a circuit breaker that is turned off', () => {
    const services = service({ user: '1000', deployment: { circuitBreaker: false } });
    const problems = problemsOf(example({ tier: 'kubernetes', services }));
    expect(problems).toContainEqual(
      expect.objectContaining({ path: 'services.api.deployment.circuitBreaker', received: 'false', rule: 'tier-ignores' }),
    );
  });

  it('is refused on Fargate: metrics for Prometheus', () => {
    const services = service({ metrics: { port: 9090 } });
    expect(problemsOf(example({ services }))).toContainEqual(
      expect.objectContaining({
        path: 'services.api.metrics',
        rule: 'tier-ignores',
        fix: expect.stringContaining('OpenTelemetry'),
      }),
    );
  });

  it.each([
    ['the box', () => boxed({}), 'box'],
    ['Fargate', () => example(), 'fargate'],
  ])('is refused on %s, in jobs too: a node group', (_name, environment, tier) => {
    const jobs = { sync: { image: 'api', vcpu: 0.25, memoryMib: 512, nodeGroup: 'reports' } };
    const kubernetes = { nodeGroups: { reports: { instanceTypes: ['r7i.large'], max: 1 } } };
    const problem = { path: 'jobs.sync.nodeGroup', rule: 'tier-ignores', allowed: expect.stringContaining(`tier ${tier}`) };
    expect(problemsOf({ ...environment(), jobs, kubernetes })).toContainEqual(expect.objectContaining(problem));
    const waiting = { ...environment(), jobs, kubernetes, nextTier: 'kubernetes' };
    expect(problemsOf(waiting as never).filter(({ rule }) => rule === 'tier-ignores')).toEqual([]);
  });
});

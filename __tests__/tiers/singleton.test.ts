/** Exactly one task, also during a release, on every tier. */
import { parse } from 'yaml';
import { parseEnvironment, type EnvironmentInput } from '../../src/config';
import { boxed } from '../support/boxed';
import { example } from '../support/example';
import { hostFiles } from '../support/host-files';
import { manifest, manifestsOf, richKubernetes } from '../support/kubernetes';
import { synthEnvironment, theOnly, type RootModule } from '../support/synth';

/** The example whose service neither scales nor says how many tasks run. */
function single<E extends EnvironmentInput>(input: E, singleton: boolean): E {
  const changed = structuredClone(input) as any;
  delete changed.services.api.scaling;
  delete changed.services.api.replicas;
  changed.services.api.singleton = singleton;
  return changed as E;
}

const compute = (input: EnvironmentInput): RootModule =>
  synthEnvironment(parseEnvironment(input))[`${input.name}-compute-${input.tier}`] as RootModule;

describe('a singleton', () => {
  test('is one task on Fargate, which ends before the next one starts', () => {
    const service = (singleton: boolean) => theOnly(compute(single(example(), singleton)), 'aws_ecs_service');
    expect(service(true)).toMatchObject({
      desired_count: 1,
      deployment_minimum_healthy_percent: 0,
      deployment_maximum_percent: 100,
      availability_zone_rebalancing: 'DISABLED',
      deployment_circuit_breaker: { enable: true, rollback: true },
    });
    expect(service(false)).toMatchObject({
      desired_count: 1,
      deployment_minimum_healthy_percent: 100,
      deployment_maximum_percent: 200,
      availability_zone_rebalancing: 'ENABLED',
    });
  });

  test('is one pod on Kubernetes, which ends before the next one starts', () => {
    const spec = (singleton: boolean) => {
      const { services } = single(example(), singleton);
      return manifest(manifestsOf(richKubernetes({ services })), 'Deployment', 'api').spec;
    };
    expect(spec(true)).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
    expect(spec(true).strategy.rollingUpdate).toBeUndefined();
    expect(spec(false)).toMatchObject({ replicas: 1, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } } });
  });

  test('is what every container of a host is: the description changes nothing there', () => {
    const composed = (singleton: boolean) =>
      parse(hostFiles(compute(single(boxed(), singleton)))['/opt/shop/compose.yaml']?.content ?? '').services.api;
    expect(composed(true)).toEqual(composed(false));
    expect(composed(true).scale).toBeUndefined();
  });
});

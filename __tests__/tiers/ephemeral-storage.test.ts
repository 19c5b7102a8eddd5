/** Disk for temporary files, on the tiers that have it. */
import { parseEnvironment, type EnvironmentInput } from '../../src/config';
import { example } from '../support/example';
import { manifest, manifestsOf, richKubernetes } from '../support/kubernetes';
import { synthEnvironment, type RootModule } from '../support/synth';

const { api } = example().services ?? {};

/** A service with two writable paths, and as much disk. */
function services(ephemeralStorageGib?: number): EnvironmentInput['services'] {
  return { api: { ...api!, writablePaths: ['/tmp', '/var/cache'], ephemeralStorageGib } };
}

describe('the disk of a container', () => {
  test('is asked of Fargate where it is more than the 20 GiB that every task has', () => {
    const storage = (gib?: number) => {
      const modules = synthEnvironment(parseEnvironment(example({ services: services(gib) })));
      const compute = modules['shop-test-compute-fargate'] as RootModule;
      return (compute.resource?.aws_ecs_task_definition?.['service-api_task_definition'] as any).ephemeral_storage;
    };
    expect([storage(), storage(10), storage(20)]).toEqual([undefined, undefined, undefined]);
    expect([storage(21), storage(200)]).toEqual([{ size_in_gib: 21 }, { size_in_gib: 200 }]);
  });

  test('is requested on Kubernetes, for the container and for each of its paths', () => {
    const disk = (gib?: number) => {
      const { spec } = manifest(manifestsOf(richKubernetes({ services: services(gib) })), 'Deployment', 'api').spec.template;
      const { requests, limits } = spec.containers[0].resources;
      return [
        requests['ephemeral-storage'],
        limits['ephemeral-storage'],
        ...spec.volumes.map((one: any) => one.emptyDir.sizeLimit),
      ];
    };
    expect(disk()).toEqual(['1Gi', '1Gi', '1Gi', '1Gi']);
    expect(disk(12)).toEqual(['12Gi', '12Gi', '12Gi', '12Gi']);
  });
});

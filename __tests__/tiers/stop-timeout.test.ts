/** How long a container has to stop, on every tier. */
import { parse } from 'yaml';
import { parseEnvironment, type EnvironmentInput } from '../../src/config';
import { boxed } from '../support/boxed';
import { example } from '../support/example';
import { hostFiles } from '../support/host-files';
import { manifest, manifestsOf, richKubernetes } from '../support/kubernetes';
import { synthEnvironment, theOnly, type RootModule } from '../support/synth';

/** An input whose service and job have this long to stop. */
function stopping<E extends EnvironmentInput>(input: E, stopTimeoutSeconds?: number): E {
  const changed = structuredClone(input) as any;
  changed.jobs = { sync: { image: 'api', vcpu: 0.25, memoryMib: 512 } };
  if (stopTimeoutSeconds !== undefined)
    for (const container of [changed.services.api, changed.jobs.sync]) container.stopTimeoutSeconds = stopTimeoutSeconds;
  return changed as E;
}

const compute = (input: EnvironmentInput): RootModule =>
  synthEnvironment(parseEnvironment(input))[`${input.name}-compute-${input.tier}`] as RootModule;

describe('the time to stop', () => {
  test('is that of the containers and of the load balancer on Fargate', () => {
    const times = (seconds?: number) => {
      const module = compute(stopping(example(), seconds));
      const definitions = Object.entries(module.resource?.aws_ecs_task_definition ?? {}).filter(([id]) => /api|sync/.test(id));
      const containers = definitions.map(([, block]) => JSON.parse((block as any).container_definitions)[0].stopTimeout);
      return [theOnly(module, 'aws_lb_target_group').deregistration_delay, ...containers];
    };
    expect(times()).toEqual(['30', 30, 30]);
    expect(times(90)).toEqual(['90', 90, 90]);
  });

  test('is that of the pods on Kubernetes, after the time to leave the load balancer, which drains as long', () => {
    const times = (seconds?: number) => {
      const { services, jobs } = stopping(example(), seconds);
      const manifests = manifestsOf(richKubernetes({ services, jobs }));
      const grace = (of: any) => of.template.spec.terminationGracePeriodSeconds;
      return [
        manifest(manifests, 'Service', 'api').metadata.annotations['alb.ingress.kubernetes.io/target-group-attributes'],
        grace(manifest(manifests, 'Deployment', 'api').spec),
        grace(manifest(manifests, 'CronJob', 'sync').spec.jobTemplate.spec),
      ];
    };
    expect(times()).toEqual(['deregistration_delay.timeout_seconds=30', 45, 30]);
    expect(times(600)).toEqual(['deregistration_delay.timeout_seconds=600', 615, 600]);
  });

  test('is that of the containers, of their unit and of the runs of jobs on a host', () => {
    const times = (seconds?: number) => {
      const files = hostFiles(compute(stopping(boxed(), seconds)));
      const unit = (name: string) =>
        /^TimeoutStopSec=(.*)$/m.exec(files[`/etc/systemd/system/${name}.service`]?.content ?? '')?.[1];
      const { services } = parse(files['/opt/shop/compose.yaml']?.content ?? '');
      return [services.api.stop_grace_period, services.sync.stop_grace_period, unit('terrace-app'), unit('terrace-job-sync')];
    };
    expect(times()).toEqual(['30s', '30s', '3min', '30']);
    expect(times(600)).toEqual(['600s', '600s', '11min', '600']);
  });
});

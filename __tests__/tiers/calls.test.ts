/** Under which names containers find the services that they call. */
import { parseEnvironment, type EnvironmentInput } from '../../src/config';
import { describeHost } from '../../src/tiers/box/description';
import { MarkedReferences } from '../../src/terraform/marked-references';
import { boxed, boxOf, boxSection } from '../support/boxed';
import { calling } from '../support/calls';
import { dataHandover } from '../support/handovers';
import { manifest, manifestsOf } from '../support/kubernetes';
import { resourcesOf, synthEnvironment, type RootModule } from '../support/synth';

const CALLS = { api: ['web', 'mailer', 'nightly'], reports: ['api'] };

const fargate = (input: EnvironmentInput) => synthEnvironment(parseEnvironment(input))['shop-test-compute-fargate'] as RootModule;

describe('on Fargate', () => {
  const module = fargate(calling(CALLS));
  const definition = (id: string) => module.resource?.aws_ecs_task_definition?.[`${id}_task_definition`]?.container_definitions;

  test.each(['service-web', 'worker-mailer', 'job-nightly'])('%s has the name of the private zone', (id) => {
    const [{ environment }] = JSON.parse(definition(id));
    expect(environment).toContainEqual({ name: 'API_URL', value: 'http://api.shop-test.internal:8002' });
  });

  test('the zone is private to the VPC, and has a name for each service with callers, which its tasks are entered in', () => {
    const [zone] = resourcesOf(module, 'aws_service_discovery_private_dns_namespace');
    expect(zone).toMatchObject({ name: 'shop-test.internal', vpc: expect.stringContaining('vpc_id') });
    const registries = module.resource?.aws_service_discovery_service ?? {};
    expect(Object.keys(registries)).toEqual(['discovery_service-api', 'discovery_service-reports']);
    expect(registries['discovery_service-api']).toMatchObject({
      name: 'api',
      dns_config: { dns_records: [{ ttl: 10, type: 'A' }], routing_policy: 'MULTIVALUE' },
      health_check_custom_config: { failure_threshold: 1 },
    });
    const services = module.resource?.aws_ecs_service ?? {};
    const registryOf = (id: string) => services[`${id}_service`]?.service_registries?.registry_arn;
    expect(registryOf('service-api')).toBe('${aws_service_discovery_service.discovery_service-api.arn}');
    expect(registryOf('service-reports')).toBe('${aws_service_discovery_service.discovery_service-reports.arn}');
    expect(registryOf('service-web')).toBeUndefined();
    expect(registryOf('worker-mailer')).toBeUndefined();
  });

  test('a job can be run only once the rules of its calls are there', () => {
    const machine = module.resource?.aws_sfn_state_machine?.['job-nightly_run_machine'];
    expect(machine?.depends_on).toEqual(
      expect.arrayContaining([
        'aws_vpc_security_group_egress_rule.job-nightly_security_call-api-out',
        'aws_vpc_security_group_ingress_rule.job-nightly_security_call-api-in',
      ]),
    );
  });

  test('without callers there is neither a zone nor a registry', () => {
    const quiet = fargate(calling({}));
    expect(JSON.stringify(quiet)).not.toContain('service_discovery');
    expect(JSON.stringify(quiet)).not.toContain('service_registries');
  });
});

test('on Kubernetes it is the name of the Service', () => {
  const manifests = manifestsOf(parseEnvironment(calling(CALLS, { tier: 'kubernetes' })));
  for (const caller of ['web', 'mailer', 'nightly']) {
    expect(manifest(manifests, 'ConfigMap', caller).data).toEqual({ API_URL: 'http://api:8002' });
  }
  expect(manifest(manifests, 'Service', 'api').spec.ports).toMatchObject([{ port: 8002, targetPort: 8002 }]);
});

describe('on the box', () => {
  const urlOf = (changes: Partial<EnvironmentInput>): unknown => {
    const { services, workers, jobs } = calling(CALLS);
    const environment = parseEnvironment(boxed({ services, workers, jobs, ...changes }));
    const { identity, workloads, data, edge } = environment;
    const references = new MarkedReferences();
    const handover = dataHandover(environment);
    const host = describeHost({ identity, box: boxOf(environment), workloads, data, edge, handover, references });
    return host.containers.find(({ key }) => key === 'nightly')?.plain.API_URL;
  };

  test('it is the name of the container in the Compose project', () => {
    expect(urlOf({})).toBe('http://api:8002');
  });

  test('with packages it is the address that all containers share', () => {
    const packages = {
      box: boxSection({ dataStores: 'packages' }),
      cache: { placement: 'host' as const, version: '7.0' as const },
    };
    expect(urlOf(packages)).toBe('http://127.0.0.1:8002');
  });
});

test('host and port can be taken apart', () => {
  const input = calling({ api: ['web'] });
  Object.assign(input.services!.web!.environment!, { HOST: { from: 'service.api.host' }, PORT: { from: 'service.api.port' } });
  const manifests = manifestsOf(parseEnvironment({ ...input, tier: 'kubernetes' }));
  expect(manifest(manifests, 'ConfigMap', 'web').data).toMatchObject({ HOST: 'api', PORT: '8002' });
});

/** Secrets under the names of their variables: declared once, injected on every tier, and never in clear text. */
import { parseEnvironment, type EnvironmentInput } from '../../src/config';
import { boxed } from '../support/boxed';
import { example } from '../support/example';
import { hostFiles } from '../support/host-files';
import { manifest, manifestsOf, richKubernetes } from '../support/kubernetes';
import { problemsOf } from '../support/problems';
import { resourcesOf, synthEnvironment, type RootModule } from '../support/synth';

/** An input whose service and job list variables. */
function listing<E extends EnvironmentInput>(input: E, secrets = ['STRIPE_KEY']): E {
  const changed = structuredClone(input) as any;
  changed.services.api.secrets = secrets;
  changed.jobs = { sync: { image: 'api', vcpu: 0.25, memoryMib: 512, secrets } };
  return changed as E;
}

const modules = (input: EnvironmentInput) => synthEnvironment(parseEnvironment(input));

describe('a variable in `secrets` of a container', () => {
  test('is declared once, by its name in lower case, for all containers that list it', () => {
    const { data } = parseEnvironment(listing(example()));
    expect(data.secrets).toEqual([
      expect.objectContaining({ key: 'stripe-key', name: '/shop/test/stripe-key', value: 'manual', readers: [] }),
    ]);
    expect(parseEnvironment(example()).data.secrets).toEqual([]);
  });

  test('keeps the settings of a secret that is declared', () => {
    const declared = { 'stripe-key': { description: 'payments', value: 'generated' as const, name: 'stripe' } };
    const { data } = parseEnvironment({ ...listing(example()), secrets: declared });
    expect(data.secrets).toEqual([expect.objectContaining({ key: 'stripe-key', ...declared['stripe-key'] })]);
  });

  test('is injected on Fargate, by a role that may read this secret', () => {
    const all = modules(listing(example()));
    expect(resourcesOf(all['shop-test-data'] as RootModule, 'aws_secretsmanager_secret').map(({ name }) => name)).toContain(
      '/shop/test/stripe-key',
    );
    const compute = all['shop-test-compute-fargate'] as RootModule;
    for (const family of ['service-api', 'job-sync']) {
      const definition = compute.resource?.aws_ecs_task_definition?.[`${family}_task_definition`] as any;
      const { secrets, environment } = JSON.parse(definition.container_definitions)[0];
      expect(secrets).toContainEqual({ name: 'STRIPE_KEY', valueFrom: expect.stringContaining('secrets.stripe-key.arn') });
      expect(environment.map(({ name }: any) => name)).not.toContain('STRIPE_KEY');
      const policies = Object.entries(compute.resource?.aws_iam_role_policy ?? {}).filter(([id]) => id.startsWith(family));
      expect(policies.map(([, { policy }]: any) => policy).join()).toContain('stripe-key');
    }
  });

  test('is injected on Kubernetes, from the secret of External Secrets', () => {
    const { services } = listing(example());
    const manifests = manifestsOf(richKubernetes({ services }));
    const [container] = manifest(manifests, 'Deployment', 'api').spec.template.spec.containers;
    expect(container.env).toContainEqual({ name: 'STRIPE_KEY', valueFrom: { secretKeyRef: { name: 'api', key: 'STRIPE_KEY' } } });
    expect(manifest(manifests, 'ExternalSecret', 'api').spec.data).toContainEqual({
      secretKey: 'STRIPE_KEY',
      remoteRef: { key: '${SECRET_STRIPE_KEY_ARN}', property: undefined },
    });
  });

  test('is injected on a host', () => {
    const files = hostFiles(modules(listing(boxed()))['shop-test-compute-box'] as RootModule);
    expect(files['/etc/terrace/secrets.tsv']?.content).toMatch(/^api\.env\tdotenv\tSTRIPE_KEY\t.*stripe-key.*\t-$/m);
    expect(files['/etc/terrace/secrets.tsv']?.content).toMatch(/^sync\.env\tdotenv\tSTRIPE_KEY\t/m);
  });

  test('does not hide what is wrong in other sections, nor is hidden by it', () => {
    const input = listing(example(), ['STRIPE_KEY', 'STRIPE_KEY']) as any;
    input.secrets = { stripe: { description: 5 } };
    input.services.api.environment.OTHER = { secret: 'stripe' };
    const paths = problemsOf(input).map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['secrets.stripe.description', 'services.api.secrets']));
  });
});

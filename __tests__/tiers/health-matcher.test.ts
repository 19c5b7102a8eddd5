/** Which statuses count as healthy, on every tier. */
import { parseEnvironment, type EnvironmentInput } from '../../src/config';
import { isStatusList } from '../../src/config/calculations/status-ranges';
import { boxed } from '../support/boxed';
import { example } from '../support/example';
import { hostFiles } from '../support/host-files';
import { manifest, manifestsOf, richKubernetes } from '../support/kubernetes';
import { synthEnvironment, theOnly, type RootModule } from '../support/synth';

/** An input whose service takes these statuses for healthy. */
function accepting<E extends EnvironmentInput>(input: E, matcher?: string): E {
  const changed = structuredClone(input) as any;
  Object.assign(changed.services.api.health, matcher === undefined ? {} : { matcher });
  return changed as E;
}

const compute = (input: EnvironmentInput): RootModule =>
  synthEnvironment(parseEnvironment(input))[`${input.name}-compute-${input.tier}`] as RootModule;

describe('the statuses of a health check', () => {
  test('are those of the target group: 200 unless the service says otherwise', () => {
    const matcher = (input: EnvironmentInput) => theOnly(compute(input), 'aws_lb_target_group').health_check.matcher;
    expect(matcher(example())).toBe('200');
    expect(matcher(accepting(example(), '200-299'))).toBe('200-299');
  });

  test('are those of the load balancer of Kubernetes', () => {
    const { services } = accepting(example(), '200-299');
    const codes = (changes: Partial<EnvironmentInput>) =>
      manifest(manifestsOf(richKubernetes(changes)), 'Service', 'api').metadata.annotations[
        'alb.ingress.kubernetes.io/success-codes'
      ];
    expect(codes({})).toBe('200');
    expect(codes({ services })).toBe('200-299');
  });

  test('are those that the monitor of a host reads', () => {
    const list = (input: EnvironmentInput) => hostFiles(compute(input))['/etc/terrace/health.tsv']?.content;
    expect(list(boxed())).toBe('api\t8080\t18080\t/health\t200\n');
    expect(list(accepting(boxed(), '200,204'))).toBe('api\t8080\t18080\t/health\t200,204\n');
  });

  test('may be errors, which Route 53 would count as failures: then it does not ask there', () => {
    const [healthy, failing] = ['200-399', '200-499'].map((matcher) => parseEnvironment(accepting(boxed(), matcher)));
    expect(healthy?.edge.healthChecks.map(({ path }) => path)).toEqual(['/health']);
    expect(failing?.edge.healthChecks).toEqual([]);
    const checks = (environment = healthy) =>
      hostFiles(synthEnvironment(environment!)['shop-test-compute-box'] as RootModule)['/etc/terrace/site-checks.tsv']?.content;
    expect(checks()).toBe('shop.example\t/health\t400\n');
    expect(checks(failing)).toBe('shop.example\t/health\t500\n');
  });
});

test.each([
  ['200', true],
  ['200,202-204', true],
  ['200-499', true],
  ['199', false],
  ['200-500', false],
  ['300-200', false],
  ['200, 204', false],
  ['2xx', false],
  ['', false],
])('%s is a list of statuses: %s', (text, expected) => expect(isStatusList(text)).toBe(expected));

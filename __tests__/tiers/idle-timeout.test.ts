/** How long a connection may be idle, on every tier. */
import { parseEnvironment, type EnvironmentInput } from '../../src/config';
import { BALANCED, WITH_CONTAINERS } from '../support/host-examples';
import { boxed } from '../support/boxed';
import { example } from '../support/example';
import { hostFiles } from '../support/host-files';
import { manifest, manifestsOf, richKubernetes } from '../support/kubernetes';
import { synthEnvironment, theOnly, type RootModule } from '../support/synth';
import { renderBundle } from '../../src/tiers/box/host/render';
import type { HostDescription } from '../../src/tiers/box/host/types';

const edge: EnvironmentInput['edge'] = { idleTimeoutSeconds: 300 };

const compute = (input: EnvironmentInput): RootModule =>
  synthEnvironment(parseEnvironment(input))[`${input.name}-compute-${input.tier}`] as RootModule;

const nginx = (host: HostDescription, file: string): string =>
  renderBundle(host).find(({ path }) => path === `/etc/terrace/nginx/${file}`)?.content ?? '';

describe('the idle timeout', () => {
  test('is that of the load balancer on Fargate: 60 seconds unless the environment says otherwise', () => {
    expect(theOnly(compute(example()), 'aws_lb').idle_timeout).toBe(60);
    expect(theOnly(compute(example({ edge })), 'aws_lb').idle_timeout).toBe(300);
  });

  test('is that of the load balancer that Kubernetes creates', () => {
    const attributes = (changes: Partial<EnvironmentInput>): string =>
      manifest(manifestsOf(richKubernetes(changes)), 'Ingress', 'public').metadata.annotations[
        'alb.ingress.kubernetes.io/load-balancer-attributes'
      ];
    expect(attributes({})).toContain('idle_timeout.timeout_seconds=60,');
    expect(attributes({ edge })).toContain('idle_timeout.timeout_seconds=300,');
  });

  test('is that of nginx on a single host, in both directions, with the headers of an upgrade', () => {
    const file = (changes: Partial<EnvironmentInput>) =>
      hostFiles(compute(boxed(changes)))['/etc/terrace/nginx/terrace/proxy.conf']?.content ?? '';
    expect(file({})).toMatch(/proxy_read_timeout 60s;\nproxy_send_timeout 60s;/);
    expect(file({ edge })).toMatch(/proxy_read_timeout 300s;\nproxy_send_timeout 300s;/);
    expect(file({ edge })).toMatch(/proxy_set_header Upgrade \$http_upgrade;\nproxy_set_header Connection \$connection_upgrade;/);
  });

  test('keeps the connections of a load balancer longer than the load balancer does, and those of clients as before', () => {
    expect(nginx({ ...BALANCED, idleTimeoutSeconds: 300 }, 'nginx.conf')).toContain('keepalive_timeout 305;');
    expect(nginx({ ...WITH_CONTAINERS, idleTimeoutSeconds: 300 }, 'nginx.conf')).toContain('keepalive_timeout 65;');
  });
});

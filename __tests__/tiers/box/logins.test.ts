/** Basic authentication on hosts: the secret reaches nginx, and nothing else changes. */
import { parseEnvironment, type EnvironmentInput } from '../../../src/config';
import { renderBundle } from '../../../src/tiers/box/host/render';
import { describeHost } from '../../../src/tiers/box/description';
import { MarkedReferences } from '../../../src/terraform/marked-references';
import { boxed, boxOf } from '../../support/boxed';
import { dataHandover } from '../../support/handovers';
import { resourcesOf, synthEnvironment, type RootModule } from '../../support/synth';

const locked: Partial<EnvironmentInput> = {
  secrets: { preview: { description: 'logins of visitors' } },
  edge: { basicAuth: { except: ['/health'], secret: 'preview' } },
};

function filesOf(changes: Partial<EnvironmentInput>): ReadonlyMap<string, string> {
  const environment = parseEnvironment(boxed(changes));
  const { identity, workloads, data, edge } = environment;
  const handover = dataHandover(environment);
  const references = new MarkedReferences();
  const host = describeHost({ identity, box: boxOf(environment), workloads, data, edge, handover, references });
  return new Map(renderBundle(host).map(({ path, content }) => [path, content]));
}

const files = filesOf(locked);

test('the host fetches the secret like its others, and its role may read it', () => {
  expect(files.get('/etc/terrace/secrets.tsv')).toMatch(/^logins\tvalue\t-\t.+\t-$/m);
  const compute = synthEnvironment(parseEnvironment(boxed(locked)))['shop-test-compute-box'] as RootModule;
  const policies = resourcesOf(compute, 'aws_iam_role_policy').map(({ policy }) => policy as string);
  expect(policies.join()).toContain('outputs.secrets.preview.arn');
});

test('each minute a copy is made that only nginx can read as well', () => {
  expect(files.get('/etc/systemd/system/terrace-logins.service')).toContain(
    'install -D -m 0640 -o root -g www-data /run/terrace/logins /run/terrace-nginx/logins',
  );
  expect(files.get('/etc/systemd/system/terrace-logins.timer')).toContain('OnUnitInactiveSec=1min');
});

test('the monitor, which has no login, accepts any answer of nginx', () => {
  expect(files.get('/etc/terrace/site-checks.tsv')).toBe('shop.example\t/\t500\n');
});

test('without the field there is no trace of it', () => {
  const without = filesOf({ secrets: locked.secrets });
  expect([...without.keys()].filter((path) => path.includes('logins'))).toEqual([]);
  expect([...without.values()].join('\n')).not.toMatch(/auth_basic|terrace_realm|\blogins\b/);
});

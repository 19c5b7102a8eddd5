/** `npm run manifests`: YAML that Kubernetes' own schemas accept, with variables for values that only a deployment provides. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { parseEnvironment, type EnvironmentInput } from '../../../src/config';
import { CLOUDFLARE_IPV4 } from '../../../src/config/tables/cloudflare-ranges';
import { EKS_VERSIONS } from '../../../src/config/tables/eks-versions';
import { manifestList } from '../../../src/tiers/kubernetes/workloads/manifests';
import { renderManifests } from '../../../src/commands/manifests/render';
import { exampleFile, runCommand, SHARED_ZONE } from '../../support/command';
import { example } from '../../support/example';
import { manifestsOf, richKubernetes } from '../../support/kubernetes';
import { validatorTest } from '../../support/validators';

/** Kinds that controllers of the platform define. */
const CUSTOM = ['ExternalSecret', 'PodMonitor', 'ScaledObject', 'SecretStore', 'TriggerAuthentication'];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'terrace-manifests-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

const command = (...args: readonly string[]) =>
  runCommand(
    {
      'shop-test': exampleFile(),
      'shop-scale': exampleFile({ name: 'shop-scale', tier: 'kubernetes', domain: SHARED_ZONE }),
      'shop-next': exampleFile({ name: 'shop-next', nextTier: 'kubernetes', domain: SHARED_ZONE }),
    },
    ['manifests', ...args],
  );

const written = (name: string): readonly string[] => readdirSync(join(folder, 'manifests', name)).sort();
const documents = (text: string): readonly any[] =>
  parseAllDocuments(text, { version: '1.1' }).map((document) => document.toJS());

describe('the command', () => {
  it('writes the files of every environment with tier or nextTier kubernetes, and reports where', async () => {
    const { exitCode, stdout } = await command('--output', folder);
    expect(exitCode).toBe(0);
    expect(readdirSync(join(folder, 'manifests')).sort()).toEqual(['shop-next', 'shop-scale']);
    expect(written('shop-scale')).toEqual([
      '00-namespace.yaml',
      '10-custom-resources.yaml',
      '20-job-database-init.yaml',
      '20-service-api.yaml',
      '30-ingress.yaml',
    ]);
    expect(stdout).toContain(join(folder, 'manifests', 'shop-scale'));
    expect(stdout).toMatch(/20-service-api\.yaml\s+7 objects/);
  });

  it('removes the files of removed workloads, and nothing else', async () => {
    await command('shop-scale', '--output', folder);
    writeFileSync(join(folder, 'manifests', 'shop-scale', '20-service-old.yaml'), 'old');
    writeFileSync(join(folder, 'manifests', 'shop-scale', 'notes.txt'), 'mine');
    await command('shop-scale', '--output', folder);
    expect(written('shop-scale')).not.toContain('20-service-old.yaml');
    expect(written('shop-scale')).toContain('notes.txt');
  });

  it('writes the same bytes to standard output', async () => {
    await command('shop-scale', '--output', folder);
    const { stdout } = await command('shop-scale', '--stdout');
    expect(stdout).toBe(
      written('shop-scale')
        .map((name) => readFileSync(join(folder, 'manifests', 'shop-scale', name), 'utf8'))
        .join(''),
    );
  });

  it('fails when no selected environment runs on Kubernetes, or none has the name', async () => {
    expect(await command('shop-test')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('shop-test (fargate)') });
    expect(await command('shop-scal')).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('did you mean shop-scale') });
  });
});

describe('the files', () => {
  const files = renderManifests(richKubernetes());
  const text = files.map((file) => file.text).join('');

  it('hold every object of the workloads stack, once', () => {
    const expected = manifestList(manifestsOf(richKubernetes())).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(
      documents(text)
        .map(({ kind, metadata }) => `${kind} ${metadata.name}`)
        .sort(),
    ).toEqual([...expected].sort());
  });

  it('name the values that only a deployment provides as variables for envsubst', () => {
    const names = new Set([...text.matchAll(/\$\{([^}]+)\}/g)].map(([, name]) => name));
    expect(names).toEqual(
      new Set([
        'CACHE_HOST',
        'CERTIFICATE_ARN',
        'DATABASE_HOST',
        'DATABASE_MASTER_SECRET_ARN',
        'DATABASE_ROLE_APP_SECRET_ARN',
        'HASH_OF_VARIABLES_OF_API',
        'HASH_OF_VARIABLES_OF_DATABASE_INIT',
        'HASH_OF_VARIABLES_OF_RUNNER',
        'IMAGE_API',
        'IMAGE_WORKER',
        'PUBLIC_SUBNET_IDS',
        'QUEUE_WORK_URL',
        'SECRET_JWT_ARN',
        'SECRET_STRIPE_ARN',
        // Written in the environment file.
        'HOME',
        'cash',
      ]),
    );
  });

  it('show texts as Kubernetes receives them, without the escapes that Terraform needs', () => {
    expect(documents(text).find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'api').data.GREETING).toBe(
      'pays ${cash} and $(more)',
    );
    expect(text).not.toContain('$${');
  });

  it('show which networks the ingress admits, and its web ACL', () => {
    const rate = { kind: 'rate', priority: 10, requests: 2000 } as const;
    const annotations = (changes: Partial<EnvironmentInput>): Readonly<Record<string, string>> => {
      const rendered = renderManifests(parseEnvironment(example({ tier: 'kubernetes', ...changes })));
      return documents(rendered.find(({ name }) => name === '30-ingress.yaml')?.text ?? '')[0].metadata.annotations;
    };
    const name = (of: string) => `alb.ingress.kubernetes.io/${of}`;
    expect(annotations({ edge: { waf: { rules: { rate } } } })).toMatchObject({
      [name('inbound-cidrs')]: '0.0.0.0/0',
      [name('wafv2-acl-arn')]: '${WEB_ACL_ARN}',
    });
    const behindCloudFront = annotations({ edge: { cdn: {}, waf: { rules: { rate } } } });
    expect(behindCloudFront).toMatchObject({ [name('security-group-prefix-lists')]: '${CLOUDFRONT_PREFIX_LIST_ID}' });
    expect(behindCloudFront).not.toHaveProperty([name('wafv2-acl-arn')]);
    const behindCloudflare = annotations({
      domain: { zone: 'shop.example', provider: 'cloudflare', names: ['shop.example'] },
      edge: { cloudflare: { plan: 'free', origin: 'cloudflare' } },
    });
    expect(behindCloudflare[name('inbound-cidrs')]).toBe(CLOUDFLARE_IPV4.join(','));
  });

  it('do not exist for an environment without Kubernetes', () => {
    expect(renderManifests(parseEnvironment(example()))).toEqual([]);
  });
});

describe('Kubernetes itself', () => {
  const cases = [
    ['the rich example', () => renderManifests(richKubernetes())],
    ['a pooler', () => renderManifests(withPooler())],
    ['CloudFront', () => renderManifests(parseEnvironment(example({ tier: 'kubernetes', edge: { cdn: {} } })))],
  ] as const;

  validatorTest(
    'accepts every manifest by its strict OpenAPI schema, in the oldest and the newest supported version',
    'kubernetes-validate',
    (run) => {
      const paths = cases.map(([name, render]) => {
        const path = join(folder, `${name}.yaml`);
        writeFileSync(
          path,
          render()
            .map(({ text }) => text)
            .join(''),
        );
        return path;
      });
      const objects = paths.flatMap((path) => documents(readFileSync(path, 'utf8')));
      const known = objects.filter(({ kind }) => !CUSTOM.includes(kind)).length;
      expect(known).toBeGreaterThan(50);
      const versions = [...EKS_VERSIONS.keys()].sort();
      for (const version of [versions[0] ?? '', versions.at(-1) ?? '']) {
        const { ok, said } = run('--strict', '-k', version, ...paths);
        expect(said.split('\n').filter((line) => line.startsWith('ERROR'))).toEqual([]);
        expect(ok).toBe(true);
        expect(said.match(/ passed /g)).toHaveLength(known);
      }
    },
  );

  validatorTest('refuses a manifest with an unknown field', 'kubernetes-validate', (run) => {
    const [service] = renderManifests(richKubernetes()).filter(({ name }) => name === '20-service-api.yaml');
    const path = join(folder, 'wrong.yaml');
    writeFileSync(path, (service?.text ?? '').replace('maxUnavailable: 1', 'maxUnavailible: 1'));
    expect(run('--strict', '-k', '1.35', path).ok).toBe(false);
  });
});

function withPooler() {
  const input: any = structuredClone(example({ tier: 'kubernetes' }));
  input.services.api.pooler = { maxClientConnections: 100, poolSize: 5 };
  return parseEnvironment(input);
}

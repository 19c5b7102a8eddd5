/** Our own policy rules, each with modules that pass and modules that are refused. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refuseUnsafeModules } from '../../../src/checks/policy/inspect';
import { judgeOwn } from '../../../src/checks/policy/judge';
import { OWN_RULES } from '../../../src/checks/policy/own';
import { parseEnvironment } from '../../../src/config';
import type { RootModule } from '../../../src/terraform/root-module';
import { exampleFile, runCommand } from '../../support/command';
import { example } from '../../support/example';
import { synthEnvironment } from '../../support/synth';

const one = (type: string, block: object): RootModule => ({ resource: { [type]: { x: { ...block } } } });
const task = (changes: object): RootModule =>
  one('aws_ecs_task_definition', {
    container_definitions: JSON.stringify([
      { name: 'api', privileged: false, readonlyRootFilesystem: true, environment: [], ...changes },
    ]),
  });
const variable = (name: string, value: string) => task({ environment: [{ name, value }] });
const pod = (container: object): RootModule =>
  one('kubernetes_deployment_v1', { spec: { template: { spec: { container: [{ name: 'api', ...container }] } } } });
const tls = (changes: object = {}) => ({
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: ['arn:aws:s3:::b', 'arn:aws:s3:::b/*'],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  ...changes,
});
const bucket = (...statements: object[]): RootModule => ({
  resource: {
    aws_s3_bucket: { x: { bucket: 'b' } },
    aws_s3_bucket_policy: { x: { bucket: '${aws_s3_bucket.x.id}', policy: JSON.stringify({ Statement: statements }) } },
  },
});
const ENCRYPTION = 'aws_s3_bucket_server_side_encryption_configuration';
const BLOCKED = { blocked_encryption_types: ['SSE-C'] };
const encryption = (...rule: object[]): RootModule => ({
  resource: { aws_s3_bucket: { x: { bucket: 'b' } }, [ENCRYPTION]: { x: { bucket: 'b', rule } } },
});
const queue = (statement: object): RootModule =>
  one('aws_sqs_queue_policy', {
    policy: JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*', ...statement }] }),
  });
const EPHEMERAL = '${ephemeral.aws_secretsmanager_random_password.app.random_password}';

type Case = readonly [what: string, module: RootModule];

/** Every rule, with modules that pass and modules that are refused. */
const CASES: Readonly<Record<string, { readonly holds: readonly Case[]; readonly refused: readonly Case[] }>> = {
  OWN_CONTAINER_PRIVILEGED: {
    holds: [
      ['an ordinary container', task({})],
      ['an ordinary pod', pod({ security_context: { privileged: false, allow_privilege_escalation: false } })],
      ['a Compose file with privileged: false', one('aws_s3_object', { content: 'services:\n  api:\n    privileged: false\n' })],
    ],
    refused: [
      ['a privileged container', task({ privileged: true })],
      ['a privileged pod', pod({ security_context: [{ privileged: true }] })],
      ['a pod that may become root', pod({ security_context: { allow_privilege_escalation: true } })],
      [
        'a privileged service in a Compose file',
        one('aws_s3_object', { content: JSON.stringify({ files: [{ content: 'services:\n  api:\n    privileged: true\n' }] }) }),
      ],
      ['containers that cannot be parsed', one('aws_ecs_task_definition', { container_definitions: '${jsonencode(local.x)}' })],
    ],
  },
  OWN_CONTAINER_READ_ONLY_ROOT: {
    holds: [
      ['a read-only root', task({})],
      ['a pod with one', pod({ security_context: { read_only_root_filesystem: true } })],
    ],
    refused: [
      ['a writable root', task({ readonlyRootFilesystem: false })],
      ['no setting', task({ readonlyRootFilesystem: undefined })],
      ['a pod without a setting', pod({})],
    ],
  },
  OWN_VARIABLE_SECRET: {
    holds: [
      ['a setting', variable('LOG_LEVEL', 'info')],
      ['the lifetime of a token', variable('TOKEN_EXPIRY', '15m')],
      ['the location of a secret', variable('JWT_SECRET_ARN', 'arn:aws:secretsmanager:eu-west-1:1:secret:jwt')],
      ['a switch', variable('REQUIRE_TOKEN', 'true')],
      ['a number', variable('MAX_TOKENS', '4096')],
      ['a reference to a location', variable('DB_PASSWORD_SECRET', '${aws_secretsmanager_secret.db.arn}')],
      ['a URL without a password', variable('REDIS', 'rediss://cache.example:6379/0')],
      ['an injected secret', task({ secrets: [{ name: 'PASSWORD', valueFrom: 'arn' }] })],
      [
        'a build that reads a secret',
        one('aws_codebuild_project', {
          environment: { environment_variable: [{ name: 'TOKEN', value: 'x', type: 'SECRETS_MANAGER' }] },
        }),
      ],
    ],
    refused: [
      ['a password', variable('DATABASE_PASSWORD', 'correct-horse')],
      ['a key in lower case', variable('stripeApiKey', 'not-a-number')],
      ['a URL with a password', variable('REDIS', 'redis://app:hunter2@cache:6379')],
      ['an AWS key under a harmless name', variable('HELPER', 'AKIAABCDEFGHIJKLMNOP')],
      ['the value of a secret by reference', variable('HELPER', '${aws_secretsmanager_secret_version.db.secret_string}')],
      ['a password in a pod', pod({ env: [{ name: 'PASSWORD', value: 'correct-horse' }] })],
      ['a password in a function', one('aws_lambda_function', { environment: { variables: { DB_PASSWORD: 'correct-horse' } } })],
      [
        'a token in a build',
        one('aws_codebuild_project', {
          environment: [{ environment_variable: [{ name: 'NPM_TOKEN', value: 'correct-horse' }] }],
        }),
      ],
    ],
  },
  OWN_LITERAL_PASSWORD: {
    holds: [
      ['a managed password', one('aws_db_instance', { manage_master_user_password: true, username: 'shop' })],
      ['a reference', one('aws_db_instance', { password: '${var.password}' })],
      ['a tag of that name', one('aws_db_instance', { tags: { password: 'kept elsewhere' } })],
      ['a plain parameter', one('aws_ssm_parameter', { type: 'String', value: 'v1' })],
    ],
    refused: [
      ['a password', one('aws_db_instance', { password: 'correct-horse' })],
      ['a secret value', one('aws_secretsmanager_secret_version', { secret_string: '{"a":"b"}' })],
      ['a cache token', one('aws_elasticache_replication_group', { auth_token: 'correct-horse' })],
      ['one in a nested block', one('aws_mq_broker', { user: [{ username: 'a', password: 'correct-horse' }] })],
      ['a secure parameter', one('aws_ssm_parameter', { type: 'SecureString', value: 'correct-horse' })],
    ],
  },
  OWN_WRITE_ONLY_EPHEMERAL: {
    holds: [
      ['an ephemeral value', one('aws_db_instance', { password_wo: EPHEMERAL, password_wo_version: 1 })],
      [
        'a value composed of one',
        one('aws_secretsmanager_secret_version', {
          secret_string_wo: `\${jsonencode({ url = "postgresql://app:\${ephemeral.a.b.c}@host" })}`,
        }),
      ],
    ],
    refused: [
      ['a literal', one('aws_db_instance', { password_wo: 'correct-horse' })],
      ['a value of the state', one('aws_db_instance', { password_wo: '${random_password.app.result}' })],
    ],
  },
  OWN_CREDENTIAL_SHAPE: {
    holds: [['a policy about keys', one('aws_iam_policy', { policy: '{"Action":"iam:CreateAccessKey"}' })]],
    refused: [
      ['an AWS key', one('aws_instance', { user_data: 'export AWS_ACCESS_KEY_ID=AKIAABCDEFGHIJKLMNOP' })],
      ['a private key', one('aws_s3_object', { content: '-----BEGIN RSA PRIVATE KEY-----' })],
      ['a URL with a password', one('aws_s3_object', { content: 'DATABASE_URL=postgresql://app:hunter2@db/shop' })],
    ],
  },
  OWN_BUCKET_TLS_ONLY: {
    holds: [
      ['a policy that denies plain HTTP', bucket(tls())],
      [
        'one among others',
        bucket({ Effect: 'Allow', Principal: { Service: ['x'] }, Action: 's3:PutObject', Resource: '*' }, tls()),
      ],
      [
        'the same in another form',
        bucket(tls({ Principal: { AWS: '*' }, Condition: { Bool: { 'aws:SecureTransport': ['false'] } } })),
      ],
    ],
    refused: [
      ['no policy', one('aws_s3_bucket', { bucket: 'b' })],
      ['no statement about TLS', bucket({ Effect: 'Deny', Principal: '*', Action: 's3:DeleteBucket', Resource: '*' })],
      ['only the objects', bucket(tls({ Resource: ['arn:aws:s3:::b/*'] }))],
      ['only reading', bucket(tls({ Action: 's3:GetObject' }))],
      ['only one account', bucket(tls({ Principal: { AWS: 'arn:aws:iam::1:root' } }))],
      [
        'only from some addresses',
        bucket(tls({ Condition: { Bool: { 'aws:SecureTransport': 'false' }, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } })),
      ],
      ['the opposite condition', bucket(tls({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } }))],
      [
        "another bucket's policy",
        {
          resource: {
            aws_s3_bucket: { x: { bucket: 'b' } },
            aws_s3_bucket_policy: { x: { bucket: 'c', policy: JSON.stringify({ Statement: [tls()] }) } },
          },
        },
      ],
    ],
  },
  OWN_BUCKET_SSE_C_BLOCKED: {
    holds: [
      ['an encryption that blocks SSE-C', encryption({ blocked_encryption_types: ['SSE-C'] })],
      ['among others', encryption({ bucket_key_enabled: true, blocked_encryption_types: ['NONE', 'SSE-C'] })],
      ['a bucket that this stack does not create', { resource: { [ENCRYPTION]: encryption(BLOCKED).resource![ENCRYPTION]! } }],
    ],
    refused: [
      ['an encryption that says nothing about SSE-C', encryption({ bucket_key_enabled: true })],
      ['one that allows it', encryption({ blocked_encryption_types: ['NONE'] })],
      ['one without a rule', encryption()],
      ['a bucket without an encryption', one('aws_s3_bucket', { bucket: 'b' })],
      ["another bucket's encryption", { resource: { ...encryption(BLOCKED).resource, aws_s3_bucket: { x: { bucket: 'c' } } } }],
    ],
  },
  OWN_PUBLIC_PRINCIPAL: {
    holds: [
      ['a service', queue({ Principal: { Service: 'events.amazonaws.com' } })],
      ['everyone of the account', queue({ Principal: '*', Condition: { StringEquals: { 'aws:PrincipalAccount': '1' } } })],
      ['a denial', queue({ Effect: 'Deny', Principal: '*' })],
      [
        'an endpoint',
        one('aws_vpc_endpoint', {
          policy: JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] }),
        }),
      ],
    ],
    refused: [
      ['everyone', queue({ Principal: '*' })],
      ['every account', queue({ Principal: { AWS: '*' } })],
      ['everyone over TLS', queue({ Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'true' } } })],
    ],
  },
};

const problems = (id: string, module: RootModule) =>
  judgeOwn({ 'shop-data': module }, { rules: OWN_RULES.filter((rule) => rule.id === id) }).failed;

describe('our own rules', () => {
  test('each have modules that pass and modules that are refused', () => {
    expect(Object.keys(CASES).sort()).toEqual(
      OWN_RULES.map(({ id }) => id)
        .filter((id) => !id.startsWith('OWN_IAM_'))
        .sort(),
    );
    for (const { holds, refused } of Object.values(CASES)) expect(Math.min(holds.length, refused.length)).toBeGreaterThan(0);
  });

  describe.each(Object.entries(CASES))('%s', (id, { holds, refused }) => {
    test.each(holds)('passes %s', (_what, module) => expect(problems(id, module)).toEqual([]));
    test.each(refused)('refuses %s', (_what, module) => {
      expect(problems(id, module).map(({ address, detail }) => [address.endsWith('.x'), typeof detail])).toEqual([
        [true, 'string'],
      ]);
    });
  });

  test('never print the value they found', () => {
    const details = Object.values(CASES)
      .flatMap(({ refused }) => refused)
      .flatMap(([, module]) => judgeOwn({ s: module }).failed)
      .map(({ detail }) => detail)
      .join();
    expect(details).not.toMatch(/correct-horse|hunter2|AKIA/);
  });

  test('report the resource and the reason, and count what passed', () => {
    const { failed, passed } = judgeOwn({ 'shop-data': task({ privileged: true }), 'shop-network': one('aws_vpc', {}) });
    expect(failed).toEqual([
      expect.objectContaining({
        stack: 'shop-data',
        address: 'aws_ecs_task_definition.x',
        detail: 'the container api is privileged: it has the rights of its host',
      }),
    ]);
    expect(passed['shop-data']).toBeGreaterThan(0);
  });
});

describe('at synthesis', () => {
  const data = synthEnvironment(parseEnvironment(example({ buckets: { uploads: {} } }))) as Readonly<Record<string, RootModule>>;

  test('an ordinary environment passes', () => expect(() => refuseUnsafeModules('shop-test', data)).not.toThrow());

  test('rules that hold at synth are refused, with every finding at once', () => {
    const { aws_s3_bucket_policy: _policies, ...resource } = data['shop-test-data']!.resource!;
    const unsafe = { ...data, 'shop-test-data': { resource }, 'shop-test-x': variable('API_KEY', 'correct-horse') };
    expect(() => refuseUnsafeModules('shop-test', unsafe)).toThrow(
      /3 findings must be fixed[\s\S]*OWN_(BUCKET_TLS_ONLY|VARIABLE_SECRET)\][\s\S]*OWN_(BUCKET_TLS_ONLY|VARIABLE_SECRET)\]/,
    );
  });

  test('rules that hold at the gate are not', () => {
    expect(() => refuseUnsafeModules('shop-test', { x: task({ readonlyRootFilesystem: false }) })).not.toThrow();
  });

  const synth = async (changes: object) => {
    const folder = mkdtempSync(join(tmpdir(), 'terrace-policy-test-'));
    const result = await runCommand({ 'shop-test': exampleFile(changes) }, ['synth', '--output', folder]);
    const isWritten = existsSync(join(folder, 'stacks', 'shop-test-network'));
    rmSync(folder, { recursive: true });
    return { ...result, isWritten };
  };

  test('nothing is written of an environment that breaks a rule', async () => {
    // The configuration takes the value for a setting; the policy takes the argument for a secret.
    const web = {
      kind: 'amplify',
      repository: 'https://github.com/acme/web',
      branch: 'main',
      buildSpec: 'version: 1',
      environment: { token: 'none' },
    };
    const { exitCode, stderr, isWritten } = await synth({ frontends: { web }, edge: { cdn: { servicePaths: ['/api/*'] } } });
    expect({ exitCode, isWritten }).toEqual({ exitCode: 1, isWritten: false });
    expect(stderr).toMatch(/environment_variables\.token is a literal {2}\[OWN_LITERAL_PASSWORD\]/);
  });

  describe('a secret in plain text that an environment acknowledges', () => {
    const { services } = example();
    const withVariables = (environment: Record<string, string>, ...acknowledged: readonly string[]) => ({
      services: { api: { ...services!.api!, environment } },
      acknowledge: {
        'plain-secret': Object.fromEntries(acknowledged.map((name) => [`services.api.environment.${name}`, 'of a test server'])),
      },
    });
    const URL = 'redis://app:hunter2@cache:6379';

    test('is accepted by every check, with one reason', async () => {
      const changes = withVariables({ SIGNING_KEY: 'correct-horse', REDIS: URL }, 'SIGNING_KEY', 'REDIS');
      expect(await synth(changes)).toMatchObject({ exitCode: 0, isWritten: true });
      const { exitCode, stdout } = await runCommand({ 'shop-test': exampleFile(changes) }, [
        'policy',
        '--own',
        '--format',
        'json',
      ]);
      const { explained } = JSON.parse(stdout) as { explained: { finding: { check: string } }[] };
      expect({ exitCode, checks: explained.map(({ finding }) => finding.check).filter((id) => /SECRET|SHAPE/.test(id)) }).toEqual(
        { exitCode: 0, checks: [] },
      );
    }, 60_000);

    test('accepts no second one', async () => {
      const { exitCode, stdout, stderr } = await synth(
        withVariables({ SIGNING_KEY: 'correct-horse', REDIS: URL }, 'SIGNING_KEY'),
      );
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/services\.api\.environment\.REDIS {2}\[plain-secret\]/);
      expect(stderr).not.toMatch(/SIGNING_KEY/);
      expect(stdout + stderr).not.toMatch(/correct-horse|hunter2/);
    });

    const accepted = [
      { name: 'SIGNING_KEY', text: 'correct-horse' },
      { name: 'REDIS', text: URL },
    ];
    const refused = (module: RootModule) => () => refuseUnsafeModules('shop-test', { 'shop-test-x': module }, accepted);

    test.each([
      ['the variable', variable('SIGNING_KEY', 'correct-horse')],
      ['a credential inside the JSON of a container', variable('REDIS', URL)],
      [
        'a copy in the JSON of a file',
        one('aws_s3_object', { content: JSON.stringify({ env: JSON.stringify({ REDIS: URL }) }) }),
      ],
    ])('is %s', (_what, module) => expect(refused(module)).not.toThrow());

    test.each([
      ['the same variable with another value', variable('SIGNING_KEY', 'battery-staple'), /OWN_VARIABLE_SECRET/],
      ['another variable with the same value', variable('API_KEY', 'correct-horse'), /OWN_VARIABLE_SECRET/],
      [
        'another credential next to it',
        task({ command: ['redis://app:other@cache:6379'], environment: [{ name: 'REDIS', value: URL }] }),
        /OWN_CREDENTIAL_SHAPE/,
      ],
      ['an argument with the value', one('aws_db_instance', { password: 'correct-horse' }), /OWN_LITERAL_PASSWORD/],
    ])('is not %s', (_what, module, rule) => expect(refused(module)).toThrow(rule));
  });
});

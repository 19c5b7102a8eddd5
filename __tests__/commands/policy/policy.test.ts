/** The policy gate: our own rules in pairs, the copy that checkov reads, the table of exceptions, and checkov where it is installed. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { environments } from '../../../environments';
import { CHECKOV_VERSION, readReport, runCheckov } from '../../../src/commands/policy/checkov';
import { withTable } from '../../../src/commands/policy/documents';
import { EXCEPTIONS, type Exception } from '../../../src/commands/policy/exceptions';
import { explain, unused } from '../../../src/commands/policy/explain';
import type { Finding } from '../../../src/commands/policy/finding';
import { refuseUnsafeModules } from '../../../src/commands/policy/inspect';
import { judgeOwn } from '../../../src/commands/policy/judge-own';
import { OWN_RULES } from '../../../src/commands/policy/own';
import { CANARY, prepare } from '../../../src/commands/policy/prepare';
import { exceptionsTable, isClean, reportMarkdown, reportText } from '../../../src/commands/policy/report';
import type { RootModule } from '../../../src/terraform/root-module';
import { runProgram } from '../../../src/cli/program';
import { example } from '../../support/example';
import { synthEnvironment } from '../../support/synth';
import { parseEnvironment } from '../../../src/config';

const ROOT = join(__dirname, '../../..');

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
const queue = (statement: object): RootModule =>
  one('aws_sqs_queue_policy', {
    policy: JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*', ...statement }] }),
  });
const EPHEMERAL = '${ephemeral.aws_secretsmanager_random_password.app.random_password}';

type Case = readonly [what: string, module: RootModule];

/** Every rule with what it lets pass and what it refuses. */
const CASES: Readonly<Record<string, { readonly holds: readonly Case[]; readonly refused: readonly Case[] }>> = {
  OWN_CONTAINER_PRIVILEGED: {
    holds: [
      ['an ordinary container', task({})],
      ['an ordinary pod', pod({ security_context: { privileged: false, allow_privilege_escalation: false } })],
      ['a Compose file that says no', one('aws_s3_object', { content: 'services:\n  api:\n    privileged: false\n' })],
    ],
    refused: [
      ['a privileged container', task({ privileged: true })],
      ['a privileged pod', pod({ security_context: [{ privileged: true }] })],
      ['a pod that may become root', pod({ security_context: { allow_privilege_escalation: true } })],
      [
        'a privileged service in a Compose file',
        one('aws_s3_object', { content: JSON.stringify({ files: [{ content: 'services:\n  api:\n    privileged: true\n' }] }) }),
      ],
      ['containers that nobody can read', one('aws_ecs_task_definition', { container_definitions: '${jsonencode(local.x)}' })],
    ],
  },
  OWN_CONTAINER_READ_ONLY_ROOT: {
    holds: [
      ['a read-only root', task({})],
      ['a pod with one', pod({ security_context: { read_only_root_filesystem: true } })],
    ],
    refused: [
      ['a writable root', task({ readonlyRootFilesystem: false })],
      ['nothing said', task({ readonlyRootFilesystem: undefined })],
      ['a pod that says nothing', pod({})],
    ],
  },
  OWN_VARIABLE_SECRET: {
    holds: [
      ['a setting', variable('LOG_LEVEL', 'info')],
      ['how long a token lives', variable('TOKEN_EXPIRY', '15m')],
      ['where a secret is', variable('JWT_SECRET_ARN', 'arn:aws:secretsmanager:eu-west-1:1:secret:jwt')],
      ['a switch', variable('REQUIRE_TOKEN', 'true')],
      ['a number', variable('MAX_TOKENS', '4096')],
      ['a reference to a place', variable('DB_PASSWORD_SECRET', '${aws_secretsmanager_secret.db.arn}')],
      ['a URL without a password', variable('REDIS', 'rediss://cache.example:6379/0')],
      ['a secret that is injected', task({ secrets: [{ name: 'PASSWORD', valueFrom: 'arn' }] })],
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
      ['one further down', one('aws_mq_broker', { user: [{ username: 'a', password: 'correct-horse' }] })],
      ['a secure parameter', one('aws_ssm_parameter', { type: 'SecureString', value: 'correct-horse' })],
    ],
  },
  OWN_WRITE_ONLY_EPHEMERAL: {
    holds: [
      ['an ephemeral value', one('aws_db_instance', { password_wo: EPHEMERAL, password_wo_version: 1 })],
      [
        'one composed of it',
        one('aws_secretsmanager_secret_version', {
          secret_string_wo: `\${jsonencode({ url = "postgresql://app:\${ephemeral.a.b.c}@host" })}`,
        }),
      ],
    ],
    refused: [
      ['a literal', one('aws_db_instance', { password_wo: 'correct-horse' })],
      ['something that the state knows', one('aws_db_instance', { password_wo: '${random_password.app.result}' })],
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
      ['a policy that refuses plain HTTP', bucket(tls())],
      ['among others', bucket({ Effect: 'Allow', Principal: { Service: ['x'] }, Action: 's3:PutObject', Resource: '*' }, tls())],
      ['in other words', bucket(tls({ Principal: { AWS: '*' }, Condition: { Bool: { 'aws:SecureTransport': ['false'] } } }))],
    ],
    refused: [
      ['no policy', one('aws_s3_bucket', { bucket: 'b' })],
      ['nothing about TLS', bucket({ Effect: 'Deny', Principal: '*', Action: 's3:DeleteBucket', Resource: '*' })],
      ['only the objects', bucket(tls({ Resource: ['arn:aws:s3:::b/*'] }))],
      ['only reading', bucket(tls({ Action: 's3:GetObject' }))],
      ['only one account', bucket(tls({ Principal: { AWS: 'arn:aws:iam::1:root' } }))],
      [
        'only from some addresses',
        bucket(tls({ Condition: { Bool: { 'aws:SecureTransport': 'false' }, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } })),
      ],
      ['the wrong way round', bucket(tls({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } }))],
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
  OWN_PUBLIC_PRINCIPAL: {
    holds: [
      ['a service', queue({ Principal: { Service: 'events.amazonaws.com' } })],
      ['everybody of the account', queue({ Principal: '*', Condition: { StringEquals: { 'aws:PrincipalAccount': '1' } } })],
      ['a refusal', queue({ Effect: 'Deny', Principal: '*' })],
      [
        'an endpoint',
        one('aws_vpc_endpoint', {
          policy: JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }] }),
        }),
      ],
    ],
    refused: [
      ['everybody', queue({ Principal: '*' })],
      ['every account', queue({ Principal: { AWS: '*' } })],
      ['everybody over TLS', queue({ Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'true' } } })],
    ],
  },
};

const problems = (id: string, module: RootModule) =>
  judgeOwn(
    { 'shop-data': module },
    OWN_RULES.filter((rule) => rule.id === id),
  ).failed;

describe('our own rules', () => {
  test('are each tried in both directions', () => {
    expect(Object.keys(CASES).sort()).toEqual(OWN_RULES.map(({ id }) => id).sort());
    for (const { holds, refused } of Object.values(CASES)) expect(Math.min(holds.length, refused.length)).toBeGreaterThan(0);
  });

  describe.each(Object.entries(CASES))('%s', (id, { holds, refused }) => {
    test.each(holds)('lets pass: %s', (_what, module) => expect(problems(id, module)).toEqual([]));
    test.each(refused)('refuses: %s', (_what, module) => {
      expect(problems(id, module).map(({ address, detail }) => [address.endsWith('.x'), typeof detail])).toEqual([
        [true, 'string'],
      ]);
    });
  });

  test('never quote what they found', () => {
    const said = Object.values(CASES)
      .flatMap(({ refused }) => refused)
      .flatMap(([, module]) => judgeOwn({ s: module }).failed)
      .map(({ detail }) => detail)
      .join();
    expect(said).not.toMatch(/correct-horse|hunter2|AKIA/);
  });

  test('say on which resource and why, and count what passed', () => {
    const { failed, passed } = judgeOwn({ 'shop-data': task({ privileged: true }), 'shop-network': one('aws_vpc', {}) });
    expect(failed).toEqual([
      expect.objectContaining({
        stack: 'shop-data',
        address: 'aws_ecs_task_definition.x',
        detail: 'the container api is privileged: it could do whatever its host can',
      }),
    ]);
    expect(passed['shop-data']).toBeGreaterThan(0);
  });
});

describe('synth', () => {
  const data = synthEnvironment(parseEnvironment(example({ buckets: { uploads: {} } }))) as Readonly<Record<string, RootModule>>;

  test('lets an ordinary environment pass', () => expect(() => refuseUnsafeModules('shop-test', data)).not.toThrow());

  test('refuses what is never right, with every finding at once', () => {
    const { aws_s3_bucket_policy: _policies, ...resource } = data['shop-test-data']!.resource!;
    const unsafe = { ...data, 'shop-test-data': { resource }, 'shop-test-x': variable('API_KEY', 'correct-horse') };
    expect(() => refuseUnsafeModules('shop-test', unsafe)).toThrow(
      /2 things must not be deployed[\s\S]*OWN_VARIABLE_SECRET|OWN_BUCKET/,
    );
  });

  test('leaves a choice that somebody made, such as a writable root, to the gate', () => {
    expect(() => refuseUnsafeModules('shop-test', { x: task({ readonlyRootFilesystem: false }) })).not.toThrow();
  });

  test('writes nothing of an environment that breaks a rule', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'terrace-policy-test-'));
    const said: string[] = [];
    const sink = { write: (text: string) => said.push(text) };
    const { services } = example();
    const api = { ...services!.api!, environment: { SIGNING_KEY: 'correct-horse' } };
    const files = { 'shop-test': () => Promise.resolve({ default: example({ services: { api } }) }) };
    const exitCode = await runProgram(files, ['synth', '--output', folder], { stdout: sink, stderr: sink, env: {} });
    const isWritten = existsSync(join(folder, 'stacks', 'shop-test-network'));
    rmSync(folder, { recursive: true });
    expect({ exitCode, isWritten }).toEqual({ exitCode: 1, isWritten: false });
    expect(said.join('')).toMatch(/has a secret in plain sight: SIGNING_KEY {2}\[OWN_VARIABLE_SECRET\]/);
    expect(said.join('')).not.toContain('correct-horse');
  });
});

describe("checkov's copy", () => {
  const module = {
    '//': { metadata: {} },
    terraform: { required_version: '>= 1.11.0', required_providers: { aws: {} } },
    moved: [{ from: 'a.b', to: 'a.c' }],
    import: [{ id: 'i' }],
    removed: [{ from: 'a.d' }],
    ephemeral: { a: { b: {} } },
    resource: { aws_x: { one: { '//': 1, group: null, rules: [null, { cidr: null, port: 1 }] } }, aws_y: { one: {} } },
    output: { one: { value: 1 } },
  } as unknown as RootModule;

  test('has nothing that checkov stumbles over, and everything else', () => {
    const copy = JSON.parse(prepare(module).text) as Record<string, any>;
    expect(copy).toEqual({
      terraform: { required_providers: { aws: {} } },
      output: { one: { value: 1 } },
      resource: {
        aws_x: { one: { rules: [{ port: 1 }] } },
        aws_y: { one: {} },
        [CANARY.type]: { [CANARY.name]: CANARY.block },
      },
    });
  });

  test('knows which resource begins at a line: checkov leaves the type away', () => {
    const { text, addressAt } = prepare(module);
    const lines = text.split('\n');
    const found = lines.map((_line, index) => addressAt(index + 1)).filter((address) => address !== undefined);
    expect(found).toEqual(['aws_x.one', 'aws_y.one', CANARY.address]);
    expect(lines[lines.findIndex((_line, index) => addressAt(index + 1) === CANARY.address)]).toContain(CANARY.name);
  });
});

describe("checkov's report", () => {
  const prepared = new Map([
    ['shop-data', prepare(one('aws_s3_bucket', {}))],
    ['shop-network', prepare(one('aws_vpc', {}))],
  ]);
  const lineOf = (stack: string, address: string) => {
    const { text, addressAt } = prepared.get(stack)!;
    return text.split('\n').findIndex((_line, index) => addressAt(index + 1) === address) + 1;
  };
  const check = (stack: string, address: string, check_id: string) => ({
    check_id,
    check_name: `name of ${check_id}`,
    file_path: `/${stack}/cdk.tf.json`,
    file_line_range: [lineOf(stack, address), lineOf(stack, address) + 1],
    resource: 'resource.x',
  });
  const canaries = [...prepared.keys()].map((stack) => check(stack, CANARY.address, CANARY.check));
  const report = (
    failed: object[],
    summary: object = {},
    passed: object[] = [check('shop-data', 'aws_s3_bucket.x', 'CKV_AWS_1')],
  ) =>
    JSON.stringify({
      check_type: 'terraform_json',
      results: { passed_checks: passed, failed_checks: failed },
      summary: { passed: passed.length, failed: failed.length, parsing_errors: 0, ...summary },
    });

  test('is read by address, without the canaries', () => {
    const { failed, passed } = readReport(report([...canaries, check('shop-data', 'aws_s3_bucket.x', 'CKV_AWS_21')]), prepared);
    expect(failed).toEqual([{ check: 'CKV_AWS_21', name: 'name of CKV_AWS_21', stack: 'shop-data', address: 'aws_s3_bucket.x' }]);
    expect(passed).toEqual({ 'shop-data': 1, 'shop-network': 0 });
  });

  test.each([
    ['a file could not be parsed', report(canaries, { parsing_errors: 1 }), /could not read 1/],
    ['nothing passed', report(canaries, { passed: 0 }), /read nothing/],
    ['a stack was passed over without a word', report(canaries.slice(0, 1)), /not read shop-network/],
    [
      'nothing was found to read',
      '{"passed":0,"failed":0,"skipped":0,"parsing_errors":0,"resource_count":0}',
      /nothing was read/,
    ],
    ['it is not JSON', 'Traceback', /not understood/],
  ])('is refused when %s', (_what, text, said) => expect(() => readReport(text, prepared)).toThrow(said));
});

describe('the table of exceptions', () => {
  const finding = (changes: Partial<Finding> = {}): Finding => ({
    check: 'CKV_AWS_21',
    name: 'versioned',
    stack: 'shop-data',
    address: 'aws_s3_bucket.files',
    ...changes,
  });
  const exception = (changes: Partial<Exception> = {}): Exception => ({
    check: 'CKV_AWS_21',
    kind: 'cost',
    reason: 'old versions are paid for',
    ...changes,
  });
  const isExplained = (of: Finding, row: Exception, isProtected = false) =>
    explain([of], () => isProtected, [row])[0]?.exception !== undefined;

  test('explains for cost only where nothing is protected, and by design everywhere', () => {
    expect(isExplained(finding(), exception(), false)).toBe(true);
    expect(isExplained(finding(), exception(), true)).toBe(false);
    expect(isExplained(finding(), exception({ kind: 'design' }), true)).toBe(true);
  });

  test('explains one check, in the stacks and on the resources that it names', () => {
    expect(isExplained(finding({ check: 'CKV_AWS_18' }), exception())).toBe(false);
    expect(isExplained(finding(), exception({ stacks: '*-data' }))).toBe(true);
    expect(isExplained(finding(), exception({ stacks: '*-network' }))).toBe(false);
    expect(isExplained(finding(), exception({ resources: 'aws_s3_bucket.{files,logs}' }))).toBe(true);
    expect(isExplained(finding(), exception({ resources: 'aws_s3_bucket.logs' }))).toBe(false);
  });

  test('loses rows that explain nothing', () => {
    const [used, idle] = [exception(), exception({ check: 'CKV_AWS_18' })];
    expect(
      unused(
        explain([finding()], () => false, [used, idle]),
        [used, idle],
      ),
    ).toEqual([idle]);
  });

  test('fails what it does not explain, and stale rows', () => {
    const of = (explained: readonly { finding: Finding; exception?: Exception }[], stale: readonly Exception[] = []) => ({
      judge: 'checkov',
      figures: [{ name: 'shop', stacks: 1, checkov: 3, own: 2, byDesign: 0, forCost: 0, unexplained: 1 }],
      explained,
      unused: stale,
    });
    expect(isClean(of([{ finding: finding(), exception: exception() }]))).toBe(true);
    expect(isClean(of([{ finding: finding() }]))).toBe(false);
    expect(isClean(of([], [exception()]))).toBe(false);
    expect(reportText(of([{ finding: finding() }]))).toContain('UNEXPLAINED  shop-data: aws_s3_bucket.files');
    expect(reportMarkdown(of([{ finding: finding() }]))).toContain(
      '- **unexplained** `shop-data` `aws_s3_bucket.files`: CKV_AWS_21',
    );
  });

  test('gives a reason with every row, and has no row twice', () => {
    for (const { reason, check } of EXCEPTIONS) {
      expect(reason.length).toBeGreaterThan(15);
      expect(check).toMatch(/^(CKV2?_[A-Z0-9]+_\d+|OWN_[A-Z_]+)$/);
    }
    const rows = EXCEPTIONS.map(({ check, stacks, resources, kind }) => JSON.stringify([check, stacks, resources, kind]));
    expect(new Set(rows).size).toBe(rows.length);
  });

  test('excepts nothing from our own rules that hold at synth', () => {
    const never = OWN_RULES.filter(({ heldAt }) => heldAt === 'synth').map(({ id }) => id);
    expect(EXCEPTIONS.filter(({ check }) => never.includes(check))).toEqual([]);
  });

  test('stands in docs/policy.md', () => {
    const page = readFileSync(join(ROOT, 'docs/policy.md'), 'utf8');
    expect(page).toBe(withTable(page, 'exceptions', exceptionsTable(EXCEPTIONS)));
  });

  test('leaves nothing unexplained in the figures of the README, whose rows are all environments or state stores', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const table = readme.split('policy figures: written by')[1]!.split('<!-- end of policy figures')[0]!;
    const rows = [...table.matchAll(/^\| ([a-z0-9-]+) .* (\d+) +\|$/gm)].map(([, name, left]) => ({ name: name!, left }));
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ left }) => left !== '0')).toEqual([]);
    expect(rows.filter(({ name }) => !(name in environments) && !name.endsWith('-bootstrap'))).toEqual([]);
  });
});

describe('the command', () => {
  async function command(...args: string[]) {
    const [stdout, stderr]: [string[], string[]] = [[], []];
    const io = {
      stdout: { write: (text: string) => stdout.push(text) },
      stderr: { write: (text: string) => stderr.push(text) },
      env: {},
    };
    const files = { 'shop-test': () => Promise.resolve({ default: example() }) };
    const exitCode = await runProgram(files, ['policy', ...args], io);
    return { exitCode, stdout: stdout.join(''), stderr: stderr.join('') };
  }

  test('--own judges without Python', async () => {
    const { exitCode, stdout } = await command('--own');
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: expect.stringContaining('Nothing is unexplained.') });
    expect(stdout).toMatch(/shop-test +0 \+ +\d+ passed/);
  });

  test('--from judges what lies in a folder, and says when an environment is not there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'terrace-policy-from-'));
    try {
      expect(await command('--own', '--from', folder)).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('no stack of shop-test'),
      });
      mkdirSync(join(folder, 'stacks/shop-test-data'), { recursive: true });
      writeFileSync(join(folder, 'stacks/shop-test-data/cdk.tf.json'), JSON.stringify(task({ readonlyRootFilesystem: false })));
      const { exitCode, stdout } = await command('--own', '--from', folder);
      expect(exitCode).toBe(1);
      expect(stdout).toContain('UNEXPLAINED  shop-test-data: aws_ecs_task_definition.x');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

const CHECKOV = join(ROOT, '.terrace', 'venv', `checkov-${CHECKOV_VERSION}`, 'bin', 'checkov');
if (!existsSync(CHECKOV))
  process.stderr.write(`skipped, because checkov is not installed (npm run policy does it): checkov itself\n`);

(existsSync(CHECKOV) ? describe : describe.skip)('checkov itself', () => {
  const rule = (from: object) => ({ security_group_id: 'sg-1', ip_protocol: 'tcp', from_port: 22, to_port: 22, ...from });
  const modules = {
    good: {
      terraform: { required_version: '>= 1.11.0' },
      moved: [{ from: 'aws_ebs_volume.a', to: 'aws_ebs_volume.data' }],
      resource: { aws_ebs_volume: { data: { availability_zone: 'a', size: 1, encrypted: true, kms_key_id: 'arn:aws:kms:x' } } },
    },
    bad: { resource: { aws_vpc_security_group_ingress_rule: { ssh: rule({ cidr_ipv4: '0.0.0.0/0', cidr_ipv6: null }) } } },
  } as unknown as Readonly<Record<string, RootModule>>;

  test('reads every prepared stack, passes the encrypted disk and refuses the open door', async () => {
    const { failed, passed } = await runCheckov(modules, () => undefined);
    expect(failed).toContainEqual(
      expect.objectContaining({ check: 'CKV_AWS_24', stack: 'bad', address: 'aws_vpc_security_group_ingress_rule.ssh' }),
    );
    expect(failed.filter(({ stack }) => stack === 'good')).toEqual([]);
    expect(passed.good).toBeGreaterThan(0);
  });
});

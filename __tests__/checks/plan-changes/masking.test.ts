/** Secrets are in nothing that is shown or hashed. */
import fc from 'fast-check';
import { Configuration } from '../../../src/checks/plan-changes/configuration';
import { inputOf } from '../../../src/checks/plan-changes/digests';
import { readPlanDocument } from '../../../src/checks/plan-changes/plan-document';
import { renderSections } from '../../../src/checks/plan-changes/render-markdown';
import { renderText } from '../../../src/checks/plan-changes/render-text';
import { isSecretName, isSecretVariable, withoutSecrets } from '../../../src/checks/plan-changes/secret-values';
import type { RootModule } from '../../../src/terraform/root-module';
import { planJson, shownIn, valueChange } from '../../support/plans';

/** Everything that is made from a plan. */
function everything(text: string, module?: RootModule): string {
  const shown = shownIn(text, module);
  const document = readPlanDocument('x', text);
  const configuration = new Configuration(document, module);
  return [
    JSON.stringify(shown),
    renderText(shown, { color: true }),
    renderSections([{ head: 'x', changes: shown }], { limit: 1e6, mostLines: 1e6 }).text,
    ...document.changes.map((change) => inputOf(change, configuration, 'stack')),
  ].join('\n');
}

const SECRET = 'hunter2-hunter2';
const shows = (change: object, module?: RootModule): boolean => everything(planJson([change]), module).includes(SECRET);

describe('a value that Terraform marks as sensitive', () => {
  it.each([
    ['before', { before_sensitive: { v: true }, after_sensitive: {} }],
    ['after', { before_sensitive: {}, after_sensitive: { v: true } }],
    ['as a whole', { before_sensitive: true, after_sensitive: false }],
  ])('is masked on both sides when it is marked %s', (_, marks) =>
    expect(shows(valueChange('aws_a.x', ['update'], { v: SECRET }, { v: `${SECRET}-2` }, marks))).toBe(false),
  );

  it('is said to change', () => {
    const [shown] = shownIn(
      planJson([valueChange('aws_a.x', ['update'], { v: 'a' }, { v: 'b' }, { after_sensitive: { v: true } })]),
    );
    expect(shown?.lines).toEqual(['! v: (sensitive), changes']);
  });

  it('is masked inside lists, blocks and outputs', () => {
    const marks = { after_sensitive: { l: [false, true], b: [{ v: true }] } };
    expect(shows(valueChange('aws_a.x', ['create'], null, { l: ['a', SECRET], b: [{ v: SECRET }] }, marks))).toBe(false);
    const output_changes = { v: { actions: ['create'], before: null, after: SECRET, after_sensitive: true } };
    expect(everything(planJson([], { output_changes }))).not.toContain(SECRET);
  });
});

describe('a value that is secret by its name', () => {
  it.each([
    ['an attribute', { master_password: SECRET }],
    ['an attribute in a block', { settings: [{ auth_token: SECRET }] }],
    [
      'a variable of a container',
      { container_definitions: JSON.stringify([{ environment: [{ name: 'DB_PASS', value: SECRET }] }]) },
    ],
    ['a variable of a function', { environment: [{ variables: { STRIPE_TOKEN: SECRET } }] }],
    ['a variable of a build', { environment_variable: [{ name: 'NPM_TOKEN', value: SECRET }] }],
    ['a header of an origin', { custom_header: [{ name: 'X-Origin', value: SECRET }] }],
    ['a line of a script', { user_data: `#!/bin/sh\nexport DB_PASSWORD=${SECRET}\necho done\n` }],
    ['a value of a chart', { values: [`auth:\n  password: ${SECRET}\n`] }],
    ['a URL', { url: `postgres://app:${SECRET}@db/app` }],
    ['an argument', { command: ['run', `--db-password=${SECRET}`] }],
    ['a token by its shape', { note: `ghp_${SECRET.replaceAll('-', '')}${'a'.repeat(20)}` }],
  ])('is masked in %s', (_, after) => {
    expect(everything(planJson([valueChange('aws_a.x', ['create'], null, after)]))).not.toContain(SECRET.slice(0, 7));
    expect(everything(planJson([valueChange('aws_a.x', ['update'], after, {})]))).not.toContain(SECRET.slice(0, 7));
  });

  it('is masked in the configuration of an unknown value too', () => {
    const module = { resource: { aws_a: { x: { environment: { variables: { API_KEY: SECRET, URL: '${aws_b.c.url}' } } } } } };
    expect(shows(valueChange('aws_a.x', ['create'], null, {}, { after_unknown: { environment: true } }), module)).toBe(false);
  });

  it.each(['password', 'auth_token', 'private_key_wo', 'clientSecret', 'master_password', 'secret_string', 'access-key'])(
    '%s',
    (name) => expect(isSecretName(name)).toBe(true),
  );

  it.each([
    'secret_arn',
    'http_tokens',
    'password_wo_version',
    'token_validity',
    'kms_key_id',
    'key',
    'manage_master_user_password_enabled',
  ])('is not %s', (name) => expect(isSecretName(name)).toBe(false));

  it.each([
    'DB_PASS',
    'PGPASSWORD',
    'JWT',
    'SIGNING_KEY',
    'CREDENTIALS',
    'AUTH',
    'SECRET_1',
    'TOKEN_STRIPE',
    'SENTRY_DSN',
    'APP_KEY',
  ])('the variable %s', (name) => expect(isSecretVariable(name)).toBe(true));

  it.each(['DB_SECRET_ARN', 'TOKEN_TTL', 'LOG_LEVEL', 'KEYCLOAK_HOST', 'MONKEY'])('not the variable %s', (name) =>
    expect(isSecretVariable(name)).toBe(false),
  );

  it('is masked in a text by a name that is also common, when the value is no word or file', () => {
    expect(withoutSecrets('APP_KEY=base64abc123def456')).toBe('APP_KEY=(masked)');
    expect(withoutSecrets("CONFIGURATION_KEY='configuration.json'\npassword_encryption = 'scram-sha-256'")).not.toContain(
      'masked',
    );
  });

  it('leaves references and ARNs, which name secrets', () => {
    expect(withoutSecrets('TOKEN=$(aws ssm get-parameter)\nPASSWORD="${DB_PASSWORD}"')).not.toContain('masked');
    const change = valueChange('aws_a.x', ['create'], null, { secret: 'arn:aws:secretsmanager:eu-west-1:1:secret:x' });
    expect(everything(planJson([change]))).toContain('arn:aws:secretsmanager');
  });
});

test('nothing in a policy is masked by its name', () => {
  const Statement = [
    {
      Effect: 'Allow',
      Action: ['secretsmanager:*', 'sts:GetServiceBearerToken'],
      Resource: '*',
      Condition: { StringEquals: { 'aws:RequestTag/token': 'x' } },
    },
  ];
  const policy = JSON.stringify({ Version: '2012-10-17', Statement });
  expect(everything(planJson([valueChange('aws_iam_policy.x', ['create'], null, { policy })]))).not.toMatch(/masked/);
});

/** A plan with secrets at random places: marked before or after, or with the name of a secret. */
const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
const name = fc.string({ minLength: 1, maxLength: 8 });
const secret = fc.integer({ min: 0, max: 1e9 }).map((number) => `S3CR3T${number}`);

interface Tree {
  readonly value: unknown;
  readonly marks: unknown;
}

const node: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small' },
    leaf.map((value) => ({ value, marks: false })),
    secret.map((value) => ({ value, marks: true })),
    fc.array(tie('tree'), { maxLength: 4 }).map((trees) => ({
      value: trees.map(({ value }) => value),
      marks: trees.map(({ marks }) => marks),
    })),
    fc.dictionary(name, tie('tree'), { maxKeys: 4 }).map((trees) => ({
      value: Object.fromEntries(Object.entries(trees).map(([key, { value }]) => [key, value])),
      marks: Object.fromEntries(Object.entries(trees).map(([key, { marks }]) => [key, marks])),
    })),
    secret.map((value) => ({ value: { password: value, list: [{ api_key: value }] }, marks: {} })),
    secret.map((value) => ({ value: JSON.stringify({ environment: [{ name: 'APP_SECRET', value }] }), marks: false })),
  ),
})).tree;

test('no secret at any place is in a rendering or in the input of a digest', () => {
  fc.assert(
    fc.property(
      node,
      node,
      fc.constantFrom(['create'], ['update'], ['delete', 'create'], ['delete']),
      (before, after, actions) => {
        const marks = { before_sensitive: { v: before.marks }, after_sensitive: { v: after.marks } };
        const [one, other] = [{ v: before.value }, { v: after.value }];
        const change = valueChange(
          'aws_a.x',
          actions,
          actions[0] === 'create' ? null : one,
          actions.at(-1) === 'delete' ? null : other,
          marks,
        );
        return !everything(planJson([change])).includes('S3CR3T');
      },
    ),
    { numRuns: 300 },
  );
});

/** HCL is written only where HashiCorp's parser reads it back as what the JSON says. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DbInstance } from '@cdktf/provider-aws/lib/db-instance';
import { S3BucketPolicy } from '@cdktf/provider-aws/lib/s3-bucket-policy';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { Wafv2WebAcl } from '@cdktf/provider-aws/lib/wafv2-web-acl';
import { DataCloudflareZone } from '@cdktf/provider-cloudflare/lib/data-cloudflare-zone';
import { CloudflareProvider } from '@cdktf/provider-cloudflare/lib/provider';
import { App, Fn } from 'cdktf';
import fc from 'fast-check';
import { ephemeralPassword } from '../../src/terraform/ephemeral-password';
import { renderHcl } from '../../src/terraform/hcl/render';
import { expression } from '../../src/terraform/hcl/expression';
import { readRemoteState } from '../../src/terraform/backends';
import { TerraceStack } from '../../src/terraform/terrace-stack';
import { compareModules, parseHcl } from '../../src/terraform/hcl/verify';
import { synthesise } from '../../src/synthesis/synthesise';

const folder = mkdtempSync(join(tmpdir(), 'terrace-hcl-'));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function stackIn(app: App, id = 'test'): TerraceStack {
  return new TerraceStack(app, {
    state: { backend: { kind: 'local' }, stackId: id, stateKey: 'test' },
    region: 'eu-west-1',
    account: '123456789012',
    tags: { 'managed by': 'terrace', for: 'tests' },
  });
}

/** A stack with one of each thing that is written differently in the two formats. */
function variedStack(): TerraceStack {
  const stack = stackIn(new App({ outdir: join(folder, 'varied'), stackTraces: false }));
  const password = ephemeralPassword(stack, 'master');
  const database = new DbInstance(stack, 'db', {
    instanceClass: 'db.t4g.micro',
    passwordWo: password,
    passwordWoVersion: 1,
    lifecycle: { preventDestroy: true, ignoreChanges: ['engine_version'] },
  });
  const statement = {
    Resource: [`${database.arn}/*`, '$${aws:username}'],
    Condition: { text: 'two\nlines, "quoted", \\ and %%{escaped}' },
  };
  new S3BucketPolicy(stack, 'policy', {
    bucket: 'one',
    policy: JSON.stringify({ Statement: [statement] }),
    dependsOn: [database],
  });
  new S3BucketPolicy(stack, 'function', { bucket: Fn.join('-', ['two', database.arn]), policy: '[no code]' });
  new SecurityGroup(stack, 'group', { ingress: [80, 443].map((port) => ({ fromPort: port, toPort: port, protocol: 'tcp' })) });
  const visibilityConfig = { cloudwatchMetricsEnabled: true, metricName: 'all', sampledRequestsEnabled: false };
  const statementOfRule = { not_statement: { statement: [{ geo_match_statement: { country_codes: ['DE'] } }] } };
  new Wafv2WebAcl(stack, 'firewall', {
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig,
    rule: [{ name: 'abroad', priority: 1, action: { block: {} }, visibilityConfig, statement: statementOfRule }],
  });
  readRemoteState(stack, 'network', {
    backend: { kind: 'cloud', hostname: 'h', organization: 'o' },
    stackId: 'n',
    stateKey: 'k',
  });
  stack.addOutput('endpoint', 'A "description"', `https://${database.endpoint}/`);
  return stack;
}

test('resources of Cloudflare have attributes only, which cdktf takes for blocks', async () => {
  const stack = stackIn(new App({ outdir: join(folder, 'cloudflare'), stackTraces: false }));
  new CloudflareProvider(stack, 'cloudflare');
  new DataCloudflareZone(stack, 'zone', { filter: { name: 'shop.example' } });
  const { hcl } = stack.toHclTerraform();
  expect(hcl).toMatch(/filter = \{/);
  expect(compareModules(stack.toTerraform(), await parseHcl('test', hcl))).toEqual([]);
});

describe('a stack with every kind of content', () => {
  const stack = variedStack();
  const { hcl, metadata } = stack.toHclTerraform();

  test('reads back as its JSON', async () => {
    expect(compareModules(stack.toTerraform(), await parseHcl('test', hcl))).toEqual([]);
  });

  test('has its version requirement and ephemeral values, which cdktf loses', () => {
    expect(hcl).toContain('required_version = ">= 1.11.0"');
    expect(hcl).toContain('ephemeral "aws_secretsmanager_random_password" "master" {');
    expect(hcl).toContain('password_wo = ephemeral.aws_secretsmanager_random_password.master.random_password');
  });

  test('has blocks where the provider has blocks, and maps where it has maps', () => {
    expect(hcl).toMatch(/\n {2}ingress \{\n(?:.*\n)+? {2}\}\n {2}ingress \{/);
    expect(hcl).toMatch(/not_statement \{\n +statement \{\n +geo_match_statement \{/);
    expect(hcl).toMatch(/default_tags \{\n +tags = \{\n +"managed by" = "terrace"\n +"for" = "tests"/);
    expect(hcl).toMatch(/config = \{\n(?:.*\n)+? +workspaces = \{/);
  });

  test('refers without quotes where Terraform wants a reference', () => {
    expect(hcl).toMatch(/depends_on = \[\n +aws_db_instance\.db,/);
    expect(hcl).toMatch(/ignore_changes = \[\n +engine_version,/);
  });

  test('keeps the name that the cdktf command line reads from its metadata', () => {
    expect(metadata).toMatchObject({ '//': { metadata: { stackName: 'test' } } });
  });

  test.each([
    ['a changed value', '"db.t4g.micro"', '"db.t4g.large"'],
    ['a lost block', /ephemeral "aws_secretsmanager_random_password" "master" \{[^}]*\}/, ''],
    ['another reference', 'aws_db_instance.db.arn', 'aws_db_instance.db.id'],
    ['a lost escape', '$${aws:username}', '$$${aws:username}'],
  ])('%s would be noticed', async (_, said, instead) => {
    expect(hcl).toMatch(said);
    expect(
      compareModules(
        stack.toTerraform(),
        await parseHcl(
          'test',
          hcl.replace(said, () => instead),
        ),
      ),
    ).not.toEqual([]);
  });
});

test('any text reads back as it was', async () => {
  const character = fc.oneof(
    fc.string({ minLength: 1, maxLength: 1 }),
    fc.constantFrom('"', '\\', '\n', '\r', '\t', '\u0001', '$', '%', '{', '}', 'é'),
  );
  const text = fc.array(character, { maxLength: 30 }).map((characters) => characters.join('').replace(/([$%])\{/g, '$1$1{'));
  await fc.assert(
    fc.asyncProperty(text, fc.boolean(), async (literal, withReference) => {
      const value = withReference ? `${literal.replace(/[$%]+$/, '')}\${upper("a}\${var.b}\\"")}${literal}` : literal;
      const module = { output: { text: { value } } };
      expect(compareModules(module, await parseHcl('text', `output "text" {\n  value = ${expression(value)}\n}\n`))).toEqual([]);
    }),
  );
});

describe('what HCL cannot say', () => {
  const refused: readonly [string, (stack: TerraceStack) => void, string][] = [
    [
      'an override of unknown kind',
      (stack) => new SecurityGroup(stack, 'group', {}).addOverride('mystery', { inner: 1 }),
      'aws_security_group.group.mystery: cdktf has no hint whether this is a block or a map',
    ],
    [
      'an empty list of blocks',
      (stack) => new SecurityGroup(stack, 'group', { ingress: [] }),
      'aws_security_group.group.ingress: HCL cannot express an empty list of blocks',
    ],
    [
      'a section that is not Terrace’s',
      (stack) => stack.addOverride('check.health', { assert: [] }),
      'check: Terrace writes no HCL for check blocks',
    ],
  ];

  test.each(refused)('%s is refused, and only its stack', async (name, add, reason) => {
    const output = join(folder, name.replace(/\W+/g, '-'));
    const build = (app: App): void => {
      add(stackIn(app, 'odd'));
      stackIn(app, 'even');
    };
    const hcl = await synthesise({ outdir: output, format: 'hcl', taken: new Set(), build });
    expect(hcl.refused).toEqual([{ id: 'odd', reason }]);
    expect(hcl.written.map(({ id }) => id)).toEqual(['even']);
    expect(existsSync(join(output, 'stacks/odd/cdk.tf'))).toBe(false);
    const json = await synthesise({ outdir: output, format: 'json', taken: new Set(), build });
    expect(json.written.map(({ id }) => id)).toEqual(['odd', 'even']);
  });

  test('HCL of an earlier run does not stay behind', async () => {
    const output = join(folder, 'earlier');
    const write = (build: (app: App) => void) => synthesise({ outdir: output, format: 'hcl', taken: new Set(), build });
    await write((app) => void stackIn(app, 'odd'));
    expect(existsSync(join(output, 'stacks/odd/cdk.tf'))).toBe(true);
    await write((app) => stackIn(app, 'odd').addOverride('check.health', {}));
    expect(readdirSync(join(output, 'stacks/odd'))).toEqual([]);
  });

  test('a name that is not an identifier', () => {
    expect(() => renderHcl({ output: { a: { 'b c': 1 } } }, {})).toThrow('output.a.b c: "b c" is not an HCL identifier');
  });
});

/** The plan guard, against plans made by hand and, where terraform is at hand, against real ones. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { LONGEST_DAYS, parseAllowances, type Allowance } from '../../../src/commands/guard/allowances';
import { guard, stackOf, type GuardOptions } from '../../../src/commands/guard/command';
import { judge } from '../../../src/commands/guard/guard';
import { isWorld } from '../../../src/commands/guard/ingress';
import { NETWORK_ROOTS } from '../../../src/commands/guard/network-roots';
import { parsePlan, type Plan } from '../../../src/commands/guard/plan';
import { reportMarkdown, reportText } from '../../../src/commands/guard/report';
import { STATEFUL_TYPES } from '../../../src/commands/guard/stateful-types';
import { openStatements } from '../../../src/terraform/open-statements';
import { describeWithTerraform } from '../../support/terraform';

const TODAY = '2026-01-15';
const PLANS = join(__dirname, 'plans');

const planFile = (name: string): string => join(PLANS, `${name}.json`);
const handmade = (name: string): Plan => parsePlan(name, readFileSync(planFile(name), 'utf8'));
const verdict = (plan: Plan, allowances: readonly Allowance[] = [], stack: string | undefined = 'shop-prod-data') =>
  judge(plan, { allowances, today: TODAY, stack });
const harms = (plan: Plan): readonly string[] => verdict(plan).refused.map(({ harm, address }) => `${harm} ${address}`);

/** A plan of one change, with everything that Terraform writes around it. */
function planOf(address: string, actions: readonly string[], before: unknown, after: unknown, more: object = {}): Plan {
  const [type, name] = address.split('.');
  const change = { address, mode: 'managed', type, name, change: { actions, before, after, after_unknown: {} }, ...more };
  return parsePlan('plan', JSON.stringify({ format_version: '1.2', planned_values: {}, resource_changes: [change] }));
}

describe('what a plan may do', () => {
  test('make new things, which hold nothing yet', () => {
    const { passed, counts, notices } = verdict(handmade('create'));
    expect({ passed, notices }).toEqual({ passed: true, notices: [] });
    expect(counts).toMatchObject({ create: 5, update: 0, replace: 0, delete: 0 });
  });

  test('change them in place', () => expect(verdict(handmade('update'))).toMatchObject({ passed: true, counts: { update: 1 } }));

  test('move them to another address', () => {
    expect(verdict(handmade('moved'))).toMatchObject({ passed: true, counts: { move: 2, delete: 0 } });
  });

  test('replace a security-group rule that opens nothing new', () => {
    expect(verdict(handmade('rule-replaced'))).toMatchObject({ passed: true, counts: { replace: 2 } });
  });

  test('open the front door of a load balancer, and say so', () => {
    const { notices, refused } = verdict(handmade('front-door'));
    expect(notices).toEqual([expect.stringContaining('load-balancer_https opens the front door: tcp 443')]);
    expect(refused.map(({ address }) => address)).toEqual([
      'aws_vpc_security_group_ingress_rule.load-balancer_ssh',
      'aws_vpc_security_group_ingress_rule.database_https',
    ]);
  });
});

describe('what a plan may not do', () => {
  test('replace a database or a subnet; a task definition it may', () => {
    expect(harms(handmade('replace'))).toEqual([
      'replace aws_db_instance.database_primary',
      'replace aws_subnet.subnets_private-a',
    ]);
    expect(verdict(handmade('replace')).refused[0]?.why).toContain('because of kms_key_id');
  });

  test('delete what holds data; what holds none it may', () => {
    expect(harms(handmade('delete'))).toEqual([
      'delete aws_db_instance.database_primary',
      'delete aws_s3_bucket.bucket_uploads_bucket',
    ]);
  });

  test('delete under one name to create under another: the way out is told', () => {
    expect(verdict(handmade('delete')).refused[0]?.instead).toBe(
      'if it was renamed, say so: moved { from = aws_db_instance.database_primary, to = aws_db_instance.database_main }',
    );
  });

  test('open a security-group rule by replacing it', () => {
    expect(verdict(handmade('rule-opened')).refused).toEqual([
      expect.objectContaining({ harm: 'open', why: 'lets in tcp 5432 from 0.0.0.0/0' }),
    ]);
  });

  test.each(STATEFUL_TYPES.map(({ type }) => type))('delete or replace a %s', (type) => {
    expect(harms(planOf(`${type}.x`, ['delete'], {}, null))).toEqual([`delete ${type}.x`]);
    for (const actions of [
      ['delete', 'create'],
      ['create', 'delete'],
    ])
      expect(harms(planOf(`${type}.x`, actions, {}, {}))).toEqual([`replace ${type}.x`]);
    expect(verdict(planOf(`${type}.x`, ['update'], {}, {})).passed).toBe(true);
  });

  test.each(NETWORK_ROOTS)('replace a $type', ({ type, deletion }) => {
    expect(harms(planOf(`${type}.x`, ['create', 'delete'], {}, {}))).toEqual([`replace ${type}.x`]);
    expect(verdict(planOf(`${type}.x`, ['delete'], {}, null)).passed).toBe(deletion === 'ordinary');
  });

  test('delete what an earlier replacement left over', () => {
    const { refused } = verdict(planOf('aws_db_instance.x', ['delete'], {}, null, { deposed: '0a1b2c3d' }));
    expect(refused).toEqual([expect.objectContaining({ why: expect.stringContaining('0a1b2c3d') })]);
  });
});

describe('openings', () => {
  const rule = { ip_protocol: 'tcp', from_port: 22, to_port: 22, cidr_ipv4: null, cidr_ipv6: null };
  const statement = (changes: object) =>
    JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: '*', ...changes }] });
  const block = { block_public_acls: true, block_public_policy: true, ignore_public_acls: true, restrict_public_buckets: true };

  test.each<readonly [string, string, unknown, unknown]>([
    ['a rule for the world', 'aws_vpc_security_group_ingress_rule.x', null, { ...rule, cidr_ipv4: '0.0.0.0/0' }],
    ['for the IPv6 world', 'aws_vpc_security_group_ingress_rule.x', null, { ...rule, cidr_ipv6: '::/0' }],
    ['for half the world', 'aws_vpc_security_group_ingress_rule.x', null, { ...rule, cidr_ipv4: '128.0.0.0/1' }],
    [
      'every port',
      'aws_vpc_security_group_ingress_rule.x',
      { ...rule, cidr_ipv4: '0.0.0.0/0' },
      { ...rule, ip_protocol: '-1', cidr_ipv4: '0.0.0.0/0' },
    ],
    [
      'an older rule',
      'aws_security_group_rule.x',
      null,
      { type: 'ingress', protocol: 'tcp', from_port: 22, to_port: 22, cidr_blocks: ['0.0.0.0/0'] },
    ],
    [
      'a rule inside a group',
      'aws_security_group.x',
      { ingress: [] },
      { ingress: [{ protocol: '-1', from_port: 0, to_port: 0, cidr_blocks: [], ipv6_cidr_blocks: ['::/0'] }] },
    ],
    [
      'the default group',
      'aws_default_security_group.x',
      {},
      { ingress: [{ protocol: 'tcp', from_port: 22, to_port: 22, cidr_blocks: ['0.0.0.0/0'] }] },
    ],
    ['a public database', 'aws_db_instance.x', { publicly_accessible: false }, { publicly_accessible: true }],
    [
      'a bucket that may become public',
      'aws_s3_bucket_public_access_block.x',
      block,
      { ...block, restrict_public_buckets: false },
    ],
    ['a bucket that never was closed', 'aws_s3_bucket_public_access_block.x', null, { bucket: 'b' }],
    ['a public acl', 'aws_s3_bucket_acl.x', null, { acl: 'public-read' }],
    [
      'a bucket policy',
      'aws_s3_bucket_policy.x',
      { policy: statement({ Principal: { AWS: 'arn:aws:iam::1:root' } }) },
      { policy: statement({}) },
    ],
    ['a queue policy', 'aws_sqs_queue_policy.x', null, { policy: statement({ Principal: { AWS: ['*'] } }) }],
    ['a key policy', 'aws_kms_key.x', null, { policy: statement({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } }) }],
    ['a role for everybody', 'aws_iam_role.x', null, { assume_role_policy: statement({ Action: 'sts:AssumeRole' }) }],
    [
      'everybody but one',
      'aws_sns_topic_policy.x',
      null,
      { policy: statement({ Principal: undefined, NotPrincipal: { AWS: 'arn:aws:iam::1:root' } }) },
    ],
    ['a function', 'aws_lambda_permission.x', null, { principal: '*', source_arn: null }],
    [
      "a cluster's API",
      'aws_eks_cluster.x',
      null,
      { vpc_config: [{ endpoint_public_access: true, public_access_cidrs: ['0.0.0.0/0'] }] },
    ],
    ['a balancer that was internal', 'aws_lb.x', { internal: true }, { internal: false }],
  ])('refused: %s', (_name, address, before, after) => {
    const { refused } = verdict(planOf(address, [before === null ? 'create' : 'update'], before, after));
    expect(refused.map(({ harm }) => harm)).toEqual(['open']);
  });

  test.each<readonly [string, string, unknown, unknown]>([
    ['a private range', 'aws_vpc_security_group_ingress_rule.x', null, { ...rule, cidr_ipv4: '10.0.0.0/8' }],
    ['another group', 'aws_vpc_security_group_ingress_rule.x', null, { ...rule, referenced_security_group_id: 'sg-1' }],
    [
      'what is open already',
      'aws_vpc_security_group_ingress_rule.x',
      { ...rule, cidr_ipv4: '0.0.0.0/0' },
      { ...rule, cidr_ipv4: '0.0.0.0/0', description: 'x' },
    ],
    [
      'a way out',
      'aws_security_group_rule.x',
      null,
      { type: 'egress', protocol: '-1', from_port: 0, to_port: 0, cidr_blocks: ['0.0.0.0/0'] },
    ],
    ['a refusal of plain HTTP', 'aws_s3_bucket_policy.x', null, { policy: statement({ Effect: 'Deny' }) }],
    [
      'everybody of one account',
      'aws_sqs_queue_policy.x',
      null,
      { policy: statement({ Condition: { StringEquals: { 'aws:SourceAccount': '1' } } }) },
    ],
    ['an endpoint policy', 'aws_vpc_endpoint.x', null, { policy: statement({}) }],
    [
      'a policy that stays as it is',
      'aws_s3_bucket_policy.x',
      { policy: statement({}) },
      { policy: statement({}).replace('{', '{ ') },
    ],
    ['a new public load balancer', 'aws_lb.x', null, { internal: false }],
    [
      'a closed API',
      'aws_eks_cluster.x',
      null,
      { vpc_config: [{ endpoint_public_access: true, public_access_cidrs: ['203.0.113.0/24'] }] },
    ],
  ])('let pass: %s', (_name, address, before, after) => {
    expect(verdict(planOf(address, [before === null ? 'create' : 'update'], before, after)).refused).toEqual([]);
  });

  test('taking the block on public access away is one, unless the bucket goes with it', () => {
    const lock = planOf('aws_s3_bucket_public_access_block.x', ['delete'], { bucket: 'b' }, null);
    expect(harms(lock)).toEqual(['open aws_s3_bucket_public_access_block.x']);
    const bucket = planOf('aws_s3_bucket.x', ['delete'], { bucket: 'b' }, null);
    expect(harms({ ...lock, changes: [...lock.changes, ...bucket.changes] })).toEqual(['delete aws_s3_bucket.x']);
  });

  test('a front door needs a load balancer that faces the internet, or a host with an address', () => {
    const text = readFileSync(planFile('front-door'), 'utf8');
    const https = 'open aws_vpc_security_group_ingress_rule.load-balancer_https';
    expect(harms(parsePlan('internal', text.replace('"constant_value": false', '"constant_value": true')))).toContain(https);
    expect(harms(parsePlan('no configuration', JSON.stringify({ ...JSON.parse(text), configuration: undefined })))).toContain(
      https,
    );
    expect(harms(parsePlan('as it is', text))).not.toContain(https);
  });

  test('what is known only after the apply is told, not passed over', () => {
    const change = { actions: ['create'], before: null, after: {}, after_unknown: { policy: true, id: true } };
    const plan = planOf('aws_sqs_queue_policy.x', ['create'], null, {}, { change });
    expect(verdict(plan).notices).toEqual([expect.stringContaining('policy is known only after the apply')]);
  });

  test.each([
    ['0.0.0.0/0', true],
    ['64.0.0.0/2', true],
    ['10.0.0.0/8', false],
    ['::/0', true],
    ['2000::/3', true],
    ['fd00::/16', false],
  ])('%s is the world: %s', (cidr, expected) => expect(isWorld(cidr)).toBe(expected));

  test('a condition narrows only when it says who: not with a wildcard, not negated, not if absent', () => {
    const open = (condition: object) => openStatements(statement({ Condition: condition })).length === 1;
    expect(open({ StringEquals: { 'aws:PrincipalOrgID': 'o-1' } })).toBe(false);
    expect(open({ StringLike: { 'aws:PrincipalArn': '*' } })).toBe(true);
    expect(open({ StringNotEquals: { 'aws:SourceAccount': '1' } })).toBe(true);
    expect(open({ StringEqualsIfExists: { 'aws:SourceAccount': '1' } })).toBe(true);
    expect(open({ IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } })).toBe(true);
  });
});

describe('the reviewed file', () => {
  const entry = (changes: object = {}) => ({
    stack: 'shop-prod-data',
    address: 'aws_db_instance.database_primary',
    harm: 'replace',
    expires: '2026-02-01',
    reason: 'restored from a snapshot under the new key',
    ...changes,
  });
  const allowances = (...entries: object[]) => parseAllowances(JSON.stringify({ allow: entries }), TODAY);
  const judged = (...entries: object[]) => verdict(handmade('replace'), allowances(...entries));

  test('allows the one harm at the one address of the one stack', () => {
    const { allowed, refused } = judged(entry());
    expect(allowed.map(({ finding, allowance }) => [finding.address, allowance.reason])).toEqual([
      ['aws_db_instance.database_primary', 'restored from a snapshot under the new key'],
    ]);
    expect(refused.map(({ address }) => address)).toEqual(['aws_subnet.subnets_private-a']);
    expect(judged(entry(), entry({ address: 'aws_subnet.subnets_private-a' })).passed).toBe(true);
  });

  test.each([
    ['another stack', { stack: 'shop-dev-data' }],
    ['another harm', { harm: 'delete' }],
    ['another address', { address: 'aws_db_instance.database_replica' }],
  ])('does not allow %s', (_name, changes) => {
    expect(judged(entry(changes)).refused.map(({ address }) => address)).toContain('aws_db_instance.database_primary');
  });

  test('counts up to its last day, and fails the plan from the next one on', () => {
    expect(judged(entry({ expires: TODAY })).allowed).toHaveLength(1);
    const over = judged(entry({ expires: '2026-01-14' }));
    expect(over).toMatchObject({ passed: false, allowed: [], expired: [{ expires: '2026-01-14' }] });
    expect(over.refused).toHaveLength(2);
  });

  test('an expired entry fails even a plan that does no harm, but not that of another stack', () => {
    const old = allowances(entry({ expires: '2026-01-14' }));
    expect(verdict(handmade('update'), old).passed).toBe(false);
    expect(verdict(handmade('update'), old, 'shop-dev-data').passed).toBe(true);
  });

  test('allows nothing when nobody says which stack the plan is of', () => {
    const plan = handmade('replace');
    expect(judge(plan, { allowances: allowances(entry()), today: TODAY }).refused).toHaveLength(2);
  });

  test.each([
    ['no reason', entry({ reason: '' })],
    ['no date', entry({ expires: 'soon' })],
    ['no stack', entry({ stack: undefined })],
    ['an unknown harm', entry({ harm: 'anything' })],
    ['an unknown field', entry({ forever: true })],
    ['more time than an exception has', entry({ expires: '2026-04-16' })],
  ])('refuses an entry with %s', (_name, wrong) => expect(() => allowances(wrong)).toThrow(/guard-allow\.yaml/));

  test(`lasts at most ${LONGEST_DAYS} days`, () => expect(allowances(entry({ expires: '2026-04-15' }))).toHaveLength(1));

  test('may be empty, and must be YAML', () => {
    for (const empty of ['', '# nothing\n', 'allow:\n', 'allow: []\n']) expect(parseAllowances(empty, TODAY)).toEqual([]);
    expect(() => parseAllowances('allow: [', TODAY)).toThrow(/not YAML/);
  });

  test('the one of this project is understood', () => {
    const file = join(__dirname, '../../../guard-allow.yaml');
    expect(() => parseAllowances(readFileSync(file, 'utf8'), new Date().toISOString().slice(0, 10))).not.toThrow();
  });
});

describe('what cannot be judged', () => {
  test.each([
    ['a state', readFileSync(planFile('state'), 'utf8'), 'it is a state'],
    ['the binary plan', 'PK\u0003\u0004', 'it is not JSON'],
    ['another format', '{"format_version":"2.0","resource_changes":[]}', 'its format is 2.0'],
    ['something else', '{"resource_changes":[]}', 'format_version'],
    [
      'an action from the future',
      '{"format_version":"1.9","resource_changes":[{"address":"a.b","type":"a","change":{"actions":["shred"]}}]}',
      'shred',
    ],
  ])('%s is refused as such', (_name, text, said) => expect(() => parsePlan('plan.json', text)).toThrow(said));

  test('a plan that failed half-way, or is not whole, is not passed', () => {
    const plan = JSON.parse(readFileSync(planFile('update'), 'utf8')) as object;
    for (const flaw of [{ errored: true }, { complete: false }])
      expect(verdict(parsePlan('plan', JSON.stringify({ ...plan, ...flaw })))).toMatchObject({ passed: false, refused: [] });
  });

  test('changes that Terraform puts off are judged too', () => {
    const [deferred] = (JSON.parse(readFileSync(planFile('delete'), 'utf8')) as { resource_changes: unknown[] }).resource_changes;
    const text = JSON.stringify({
      format_version: '1.2',
      planned_values: {},
      deferred_changes: [{ reason: 'deferred_prereq', resource_change: deferred }],
    });
    expect(harms(parsePlan('plan', text))).toEqual(['delete aws_db_instance.database_primary']);
  });

  test('what somebody deleted by hand, and what Terraform lets go of, is told', () => {
    const drift = planOf('aws_db_instance.x', ['delete'], {}, null).changes;
    const { passed, notices } = verdict({ ...planOf('aws_db_instance.x', ['create'], null, {}), vanished: drift });
    expect({ passed, notices }).toEqual({ passed: true, notices: [expect.stringContaining('deleted outside of Terraform')] });
    expect(verdict(planOf('aws_s3_bucket.x', ['forget'], {}, null)).notices).toEqual([
      expect.stringContaining('no longer looks after it'),
    ]);
  });
});

describe('the command', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'terrace-guard-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function run(files: readonly string[], options: Partial<GuardOptions> = {}) {
    const said: string[] = [];
    const sink = { write: (text: string) => said.push(text) };
    const exitCode = guard(files, { format: 'text', today: TODAY, ...options }, { stdout: sink, stderr: sink, env: {} });
    return { exitCode, said: said.join('') };
  }

  test('ends with 0 when every plan may be applied, and with 1 when one may not', () => {
    expect(run([planFile('create'), planFile('moved')]).exitCode).toBe(0);
    const { exitCode, said } = run([planFile('create'), planFile('delete')]);
    expect(exitCode).toBe(1);
    expect(said).toContain('create: may be applied (5 to create)');
    expect(said).toContain('REFUSED  delete aws_db_instance.database_primary');
  });

  test('never prints a value out of the plan', () => {
    for (const format of ['text', 'markdown', 'json'] as const)
      for (const name of ['create', 'replace', 'delete']) expect(run([planFile(name)], { format }).said).not.toContain('hunter2');
  });

  test('knows the stack by the name of the file or of its folder', () => {
    expect(stackOf('h2o-dev-data.json')).toBe('h2o-dev-data');
    expect(stackOf('plans/h2o-dev-data.plan.json')).toBe('h2o-dev-data');
    expect(stackOf('cdktf.out/stacks/h2o-dev-data/plan.json')).toBe('h2o-dev-data');
    expect(stackOf('somewhere/plan.json')).toBeUndefined();
    expect(stackOf('-')).toBeUndefined();
  });

  test('takes the exceptions from the file that it is given', () => {
    const plan = join(folder, 'shop-prod-data.json');
    writeFileSync(plan, readFileSync(planFile('rule-opened'), 'utf8'));
    const allow = join(folder, 'allow.yaml');
    writeFileSync(
      allow,
      'allow:\n  - stack: shop-prod-data\n    address: aws_vpc_security_group_ingress_rule.api_database\n' +
        '    harm: open\n    expires: 2026-01-20\n    reason: a migration from outside, for this week\n',
    );
    expect(run([plan]).exitCode).toBe(1);
    expect(run([plan], { allow })).toMatchObject({ exitCode: 0, said: expect.stringContaining('until 2026-01-20: a migration') });
  });

  test('fails when a file is not there, rather than pass what it has not seen', () => {
    expect(() => run([join(folder, 'none.json')])).toThrow(/cannot be read/);
    expect(() => run([planFile('create')], { allow: join(folder, 'none.yaml') })).toThrow(/cannot be read/);
    expect(() => run([planFile('create'), planFile('moved')], { stack: 'shop-prod-data' })).toThrow(/one stack/);
  });

  test('reports for a terminal what to do, and for GitHub as a table', () => {
    const refused = verdict(handmade('delete'));
    expect(reportText(refused)).toMatch(
      /instead: if it was renamed[\s\S]*entry for shop-prod-data reviewed in guard-allow\.yaml/,
    );
    expect(reportMarkdown(refused)).toContain('| **refused** | delete `aws_db_instance.database_primary` | a database');
    expect(reportMarkdown(verdict(handmade('update')))).toBe('**shop-prod-data** may be applied (1 to update)');
  });
});

describeWithTerraform('real plans, of resources that are built into terraform', () => {
  const folder = mkdtempSync(join(tmpdir(), 'terrace-guard-real-'));
  const module = join(folder, 'module');
  const terraform = (...args: string[]): string =>
    execFileSync('terraform', [...args], {
      cwd: module,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, CHECKPOINT_DISABLE: '1', TF_IN_AUTOMATION: '1' },
    });
  const planned = (content: object, ...args: string[]): Plan => {
    writeFileSync(join(module, 'main.tf.json'), JSON.stringify(content));
    terraform('plan', '-input=false', '-out=tfplan', ...args);
    return parsePlan('plan', terraform('show', '-json', 'tfplan'));
  };
  const said = ({ changes }: Plan) =>
    changes.map(({ address, action, previousAddress, replacedFor }) => ({ address, action, previousAddress, replacedFor }));
  const thing = (block: object = {}, name = 'thing') => ({
    resource: { terraform_data: { [name]: { input: 'one', ...block } } },
  });

  beforeAll(() => {
    mkdirSync(module);
    writeFileSync(join(module, 'main.tf.json'), JSON.stringify(thing()));
    terraform('init', '-input=false');
    planned(thing({ triggers_replace: 'one' }));
    terraform('apply', '-input=false', 'tfplan');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('creating, updating, replacing, deleting and moving are read as such', () => {
    const address = 'terraform_data.thing';
    expect(said(planned(thing({ triggers_replace: 'one' })))).toMatchObject([{ address, action: 'nothing' }]);
    expect(said(planned(thing({ triggers_replace: 'one', input: 'two' })))).toMatchObject([{ address, action: 'update' }]);
    expect(said(planned(thing({ triggers_replace: 'two' })))).toMatchObject([
      { address, action: 'replace', replacedFor: ['triggers_replace'] },
    ]);
    expect(said(planned({}))).toMatchObject([{ address, action: 'delete' }]);
    expect(said(planned(thing({ triggers_replace: 'one' }, 'other')))).toMatchObject([
      { address: 'terraform_data.other', action: 'create' },
      { address, action: 'delete' },
    ]);
    const moved = { ...thing({ triggers_replace: 'one' }, 'other'), moved: [{ from: address, to: 'terraform_data.other' }] };
    expect(said(planned(moved))).toMatchObject([
      { address: 'terraform_data.other', action: 'nothing', previousAddress: address },
    ]);
  });

  test('a whole destruction is read as deletions, and a plan without changes is still a plan', () => {
    expect(said(planned(thing({ triggers_replace: 'one' }), '-destroy'))).toMatchObject([{ action: 'delete' }]);
    expect(verdict(planned(thing({ triggers_replace: 'one' }))).passed).toBe(true);
  });

  test('a resource that is forgotten but not destroyed is read as let go', () => {
    const removed = { removed: [{ from: 'terraform_data.thing', lifecycle: { destroy: false } }] };
    expect(said(planned(removed))).toMatchObject([{ action: 'forget' }]);
  });
});

/** The plan guard, on hand-written plans and, where terraform is installed, on real ones. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NETWORK_ROOTS } from '../../../src/checks/guarded-types/network-roots';
import { STATEFUL_TYPES } from '../../../src/checks/guarded-types/stateful-types';
import { LONGEST_DAYS, parseAllowances, type Allowance } from '../../../src/checks/plan-guard/allowances';
import { isInternet } from '../../../src/checks/plan-guard/ingress';
import { judge } from '../../../src/checks/plan-guard/judge';
import { parsePlan, type Plan } from '../../../src/checks/plan-guard/plan';
import { reportMarkdown, reportText } from '../../../src/checks/plan-guard/report';
import { openStatements } from '../../../src/terraform/open-statements';
import { describeWithTerraform } from '../../support/terraform';

const TODAY = '2026-01-15';
const PLANS = join(__dirname, 'plans');

const planFile = (name: string): string => join(PLANS, `${name}.json`);
const written = (name: string): Plan => parsePlan(name, readFileSync(planFile(name), 'utf8'));
const verdict = (plan: Plan, allowances: readonly Allowance[] = [], stack: string | undefined = 'shop-prod-data') =>
  judge(plan, { allowances, today: TODAY, stack });
const harms = (plan: Plan): readonly string[] => verdict(plan).refused.map(({ harm, address }) => `${harm} ${address}`);

/** A plan of one change, with everything that Terraform writes around it. */
function planOf(address: string, actions: readonly string[], before: unknown, after: unknown, more: object = {}): Plan {
  const [type, name] = address.split('.');
  const change = { address, mode: 'managed', type, name, change: { actions, before, after, after_unknown: {} }, ...more };
  return parsePlan('plan', JSON.stringify({ format_version: '1.2', planned_values: {}, resource_changes: [change] }));
}

describe('a plan passes that', () => {
  test('creates resources, which hold nothing yet', () => {
    const { passed, counts, notices } = verdict(written('create'));
    expect({ passed, notices }).toEqual({ passed: true, notices: [] });
    expect(counts).toMatchObject({ create: 5, update: 0, replace: 0, delete: 0 });
  });

  test('changes them in place', () => expect(verdict(written('update'))).toMatchObject({ passed: true, counts: { update: 1 } }));

  test('moves them to another address', () => {
    expect(verdict(written('moved'))).toMatchObject({ passed: true, counts: { move: 2, delete: 0 } });
  });

  test('replaces a security-group rule without opening anything new', () => {
    expect(verdict(written('rule-replaced'))).toMatchObject({ passed: true, counts: { replace: 2 } });
  });

  test('opens the public endpoint of a load balancer, with a notice', () => {
    const { notices, refused } = verdict(written('public-endpoint'));
    expect(notices).toEqual([expect.stringContaining('load-balancer_https opens a public endpoint: tcp 443')]);
    expect(refused.map(({ address }) => address)).toEqual([
      'aws_vpc_security_group_ingress_rule.load-balancer_ssh',
      'aws_vpc_security_group_ingress_rule.database_https',
    ]);
  });
});

describe('a plan is refused that', () => {
  test('replaces a database or a subnet, but not for a task definition', () => {
    expect(harms(written('replace'))).toEqual([
      'replace aws_db_instance.database_primary',
      'replace aws_subnet.subnets_private-a',
    ]);
    expect(verdict(written('replace')).refused[0]?.why).toContain('because of kms_key_id');
  });

  test('deletes what holds data, but not for other resources', () => {
    expect(harms(written('delete'))).toEqual([
      'delete aws_db_instance.database_primary',
      'delete aws_s3_bucket.bucket_uploads_bucket',
    ]);
  });

  test('deletes under one name to create under another, with the fix', () => {
    expect(verdict(written('delete')).refused[0]?.instead).toBe(
      'if it was renamed, record the move: moved { from = aws_db_instance.database_primary, to = aws_db_instance.database_main }',
    );
  });

  test('opens a security-group rule by replacing it', () => {
    expect(verdict(written('rule-opened')).refused).toEqual([
      expect.objectContaining({ harm: 'open', why: 'allows tcp 5432 from 0.0.0.0/0' }),
    ]);
  });

  test.each(STATEFUL_TYPES.map(({ type }) => type))('deletes or replaces a %s', (type) => {
    expect(harms(planOf(`${type}.x`, ['delete'], {}, null))).toEqual([`delete ${type}.x`]);
    for (const actions of [
      ['delete', 'create'],
      ['create', 'delete'],
    ])
      expect(harms(planOf(`${type}.x`, actions, {}, {}))).toEqual([`replace ${type}.x`]);
    expect(verdict(planOf(`${type}.x`, ['update'], {}, {})).passed).toBe(true);
  });

  test.each(NETWORK_ROOTS)('replaces a $type', ({ type, deletion }) => {
    expect(harms(planOf(`${type}.x`, ['create', 'delete'], {}, {}))).toEqual([`replace ${type}.x`]);
    expect(verdict(planOf(`${type}.x`, ['delete'], {}, null)).passed).toBe(deletion === 'ordinary');
  });

  test('deletes what an earlier replacement left over', () => {
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
    ['a rule for the internet', 'aws_vpc_security_group_ingress_rule.x', null, { ...rule, cidr_ipv4: '0.0.0.0/0' }],
    ['for the IPv6 internet', 'aws_vpc_security_group_ingress_rule.x', null, { ...rule, cidr_ipv6: '::/0' }],
    ['for half of the internet', 'aws_vpc_security_group_ingress_rule.x', null, { ...rule, cidr_ipv4: '128.0.0.0/1' }],
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
    ['a bucket that was never closed', 'aws_s3_bucket_public_access_block.x', null, { bucket: 'b' }],
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
      'egress',
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
  ])('passed: %s', (_name, address, before, after) => {
    expect(verdict(planOf(address, [before === null ? 'create' : 'update'], before, after)).refused).toEqual([]);
  });

  test('removing the public access block is one, unless the bucket is deleted too', () => {
    const block = planOf('aws_s3_bucket_public_access_block.x', ['delete'], { bucket: 'b' }, null);
    expect(harms(block)).toEqual(['open aws_s3_bucket_public_access_block.x']);
    const bucket = planOf('aws_s3_bucket.x', ['delete'], { bucket: 'b' }, null);
    expect(harms({ ...block, changes: [...block.changes, ...bucket.changes] })).toEqual(['delete aws_s3_bucket.x']);
  });

  test('a public endpoint needs an internet-facing load balancer, or a host with an Elastic IP', () => {
    const text = readFileSync(planFile('public-endpoint'), 'utf8');
    const https = 'open aws_vpc_security_group_ingress_rule.load-balancer_https';
    expect(harms(parsePlan('internal', text.replace('"constant_value": false', '"constant_value": true')))).toContain(https);
    expect(harms(parsePlan('no configuration', JSON.stringify({ ...JSON.parse(text), configuration: undefined })))).toContain(
      https,
    );
    expect(harms(parsePlan('as it is', text))).not.toContain(https);
  });

  test('values that are known only after the apply get a notice', () => {
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
  ])('%s is the internet: %s', (cidr, expected) => expect(isInternet(cidr)).toBe(expected));

  test('a condition narrows only by known callers: not with a wildcard, not negated, not if absent', () => {
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
  const judged = (...entries: object[]) => verdict(written('replace'), allowances(...entries));

  test('allows the one harm at the one address of the one stack', () => {
    const { allowed, refused } = judged(entry());
    expect(allowed.map(({ address, allowance }) => [address, allowance.reason])).toEqual([
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
    expect(verdict(written('update'), old).passed).toBe(false);
    expect(verdict(written('update'), old, 'shop-dev-data').passed).toBe(true);
  });

  test('allows nothing for a plan of an unknown stack', () => {
    const plan = written('replace');
    expect(judge(plan, { allowances: allowances(entry()), today: TODAY }).refused).toHaveLength(2);
  });

  test('reports every problem with the path, the value received, what is allowed and the fix', () => {
    const wrong = () => allowances(entry({ reason: 'because', harm: 'shred' }), entry({ expires: 'soon' }));
    expect(wrong).toThrow(/^guard-allow\.yaml: 3 problems$/m);
    expect(wrong).toThrow(/allow\[0\]\.harm\n +received +"shred"\n +allowed +"delete", "replace", "open"\n +fix +/);
    expect(wrong).toThrow(/allow\[1\]\.expires\n +received +"soon"\n +allowed +a date such as 2026-01-31/);
  });

  test.each([
    ['no reason', entry({ reason: '' })],
    ['no date', entry({ expires: 'soon' })],
    ['no stack', entry({ stack: undefined })],
    ['an unknown harm', entry({ harm: 'anything' })],
    ['an unknown field', entry({ forever: true })],
    ['too much time', entry({ expires: '2026-04-16' })],
  ])('refuses an entry with %s', (_name, wrong) => expect(() => allowances(wrong)).toThrow(/guard-allow\.yaml/));

  test(`lasts at most ${LONGEST_DAYS} days`, () => expect(allowances(entry({ expires: '2026-04-15' }))).toHaveLength(1));

  test('may be empty, and must be YAML', () => {
    for (const empty of ['', '# nothing\n', 'allow:\n', 'allow: []\n']) expect(parseAllowances(empty, TODAY)).toEqual([]);
    expect(() => parseAllowances('allow: [', TODAY)).toThrow(/not YAML/);
  });

  test('of this project is valid', () => {
    const file = join(__dirname, '../../../guard-allow.yaml');
    expect(() => parseAllowances(readFileSync(file, 'utf8'), new Date().toISOString().slice(0, 10))).not.toThrow();
  });
});

describe('a plan cannot be judged', () => {
  test.each([
    ['a state', readFileSync(planFile('state'), 'utf8'), 'it is a state'],
    ['the binary plan', 'PK\u0003\u0004', 'it is not JSON'],
    ['another format', '{"format_version":"2.0","resource_changes":[]}', 'its format is 2.0'],
    ['another document', '{"resource_changes":[]}', 'format_version'],
    [
      'an action from the future',
      '{"format_version":"1.9","resource_changes":[{"address":"a.b","type":"a","change":{"actions":["shred"]}}]}',
      'shred',
    ],
  ])('that is %s', (_name, text, said) => expect(() => parsePlan('plan.json', text)).toThrow(said));

  test('that failed half-way, or is incomplete', () => {
    const plan = JSON.parse(readFileSync(planFile('update'), 'utf8')) as object;
    for (const flaw of [{ errored: true }, { complete: false }])
      expect(verdict(parsePlan('plan', JSON.stringify({ ...plan, ...flaw })))).toMatchObject({ passed: false, refused: [] });
  });

  test('without its deferred changes, which are judged too', () => {
    const [deferred] = (JSON.parse(readFileSync(planFile('delete'), 'utf8')) as { resource_changes: unknown[] }).resource_changes;
    const text = JSON.stringify({
      format_version: '1.2',
      planned_values: {},
      deferred_changes: [{ reason: 'deferred_prereq', resource_change: deferred }],
    });
    expect(harms(parsePlan('plan', text))).toEqual(['delete aws_db_instance.database_primary']);
  });

  test('without notices of resources deleted outside of Terraform, and of those it stops managing', () => {
    const drift = planOf('aws_db_instance.x', ['delete'], {}, null).changes;
    const { passed, notices } = verdict({ ...planOf('aws_db_instance.x', ['create'], null, {}), vanished: drift });
    expect({ passed, notices }).toEqual({ passed: true, notices: [expect.stringContaining('deleted outside of Terraform')] });
    expect(verdict(planOf('aws_s3_bucket.x', ['forget'], {}, null)).notices).toEqual([
      expect.stringContaining('no longer manages it'),
    ]);
  });
});

describe('the report', () => {
  test('says on a terminal what to do, and is a table on GitHub', () => {
    const refused = verdict(written('delete'));
    expect(reportText(refused)).toMatch(
      /instead: if it was renamed[\s\S]*entry for shop-prod-data reviewed in guard-allow\.yaml/,
    );
    expect(reportMarkdown(refused)).toContain('| **refused** | delete `aws_db_instance.database_primary` | a database');
    expect(reportMarkdown(verdict(written('update')))).toBe('**shop-prod-data** may be applied (1 to update)');
  });
});

describeWithTerraform('real plans, of resources built into terraform', () => {
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
  const summaryOf = ({ changes }: Plan) =>
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
    expect(summaryOf(planned(thing({ triggers_replace: 'one' })))).toMatchObject([{ address, action: 'no-op' }]);
    expect(summaryOf(planned(thing({ triggers_replace: 'one', input: 'two' })))).toMatchObject([{ address, action: 'update' }]);
    expect(summaryOf(planned(thing({ triggers_replace: 'two' })))).toMatchObject([
      { address, action: 'replace', replacedFor: ['triggers_replace'] },
    ]);
    expect(summaryOf(planned({}))).toMatchObject([{ address, action: 'delete' }]);
    expect(summaryOf(planned(thing({ triggers_replace: 'one' }, 'other')))).toMatchObject([
      { address: 'terraform_data.other', action: 'create' },
      { address, action: 'delete' },
    ]);
    const moved = { ...thing({ triggers_replace: 'one' }, 'other'), moved: [{ from: address, to: 'terraform_data.other' }] };
    expect(summaryOf(planned(moved))).toMatchObject([
      { address: 'terraform_data.other', action: 'no-op', previousAddress: address },
    ]);
  });

  test('a whole destruction is read as deletions, and a plan without changes is still a plan', () => {
    expect(summaryOf(planned(thing({ triggers_replace: 'one' }), '-destroy'))).toMatchObject([{ action: 'delete' }]);
    expect(verdict(planned(thing({ triggers_replace: 'one' }))).passed).toBe(true);
  });

  test('a resource that is removed from the state but not destroyed is read as forgotten', () => {
    const removed = { removed: [{ from: 'terraform_data.thing', lifecycle: { destroy: false } }] };
    expect(summaryOf(planned(removed))).toMatchObject([{ action: 'forget' }]);
  });
});

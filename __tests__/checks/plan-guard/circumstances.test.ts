/** What a verdict depends on apart from the changes: the account, the protection, what is masked, and what several ranges are. */
import { parseExceptions } from '../../../src/checks/plan-guard/allowances';
import { areInternet } from '../../../src/checks/plan-guard/cidr';
import { judge, type JudgeOptions, type Verdict } from '../../../src/checks/plan-guard/judge';
import { powersOf } from '../../../src/checks/plan-guard/powers';
import { reportMarkdown, reportText } from '../../../src/checks/plan-guard/report';
import { olderTls, tlsVersion } from '../../../src/checks/plan-guard/weakening-rows/predicates';
import { stackProtection } from '../../../src/synthesis/protection';
import { example } from '../../support/example';
import { planJson, TODAY } from '../../support/plans';
import { parsePlan } from '../../../src/checks/plan-guard/plan';
import { entry, policy, STRANGER, toPlan, type Entry, type PlanContent } from './hostile/hostile-case';

const verdict = (content: PlanContent, options: Partial<JudgeOptions> = {}): Verdict =>
  judge(toPlan(content), { allowances: [], today: TODAY, stack: 'shop-prod-data', ...options });

describe('an account', () => {
  const admits = (account: string): Entry =>
    entry('aws_s3_bucket_policy.b', null, {
      bucket: 'b',
      policy: policy({ Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 's3:GetObject' }),
    });

  test('that is trusted by guard-allow.yaml may be named', () => {
    const { accounts } = parseExceptions(`accounts:\n  - id: '${STRANGER}'\n    reason: the account of the backups\n`, TODAY);
    expect(verdict({ changes: [admits(STRANGER)] }).refused).toHaveLength(1);
    expect(verdict({ changes: [admits(STRANGER)] }, { accounts }).refused).toEqual([]);
  });

  test('is written with a reason, in quotes', () => {
    expect(() => parseExceptions(`accounts:\n  - id: ${STRANGER}\n    reason: backups\n`, TODAY)).toThrow(
      /12 digits[\s\S]*at least 10 characters/,
    );
  });

  test('of the plan is that of the caller, of the provider, or of most ARNs; unknown, every account is a stranger', () => {
    const judged = (more: Readonly<Record<string, unknown>>, account: string) => {
      const change = { actions: ['create'], before: null, after: admits(account).after, after_unknown: {} };
      const text = planJson([{ address: 'aws_s3_bucket_policy.b', type: 'aws_s3_bucket_policy', change }], more);
      return judge(parsePlan('plan', text), { allowances: [], today: TODAY }).refused.map(({ why }) => why);
    };
    const provider = {
      configuration: { provider_config: { aws: { expressions: { allowed_account_ids: { constant_value: ['111111111111'] } } } } },
    };
    const arns = {
      prior_state: {
        values: {
          root_module: {
            resources: [{ address: 'a.b', mode: 'managed', type: 'a', values: { arn: 'arn:aws:sqs:eu-west-1:222222222222:q' } }],
          },
        },
      },
    };
    expect(judged(provider, '111111111111')).toEqual([]);
    expect(judged(provider, '222222222222')).toHaveLength(1);
    expect(judged(arns, '222222222222')).toEqual([]);
    expect(judged({}, '222222222222')).toEqual([expect.stringContaining('pass --account')]);
  });
});

describe('protection', () => {
  const weaker = { changes: [entry('aws_cloudwatch_log_group.l', { retention_in_days: 30 }, { retention_in_days: 1 })] };

  test('is assumed, unless the description says otherwise', () => {
    expect(verdict(weaker).passed).toBe(false);
    expect(verdict(weaker, { isProtected: false })).toMatchObject({ passed: true, notices: [expect.stringContaining('30 → 1')] });
  });

  test('counts as it was before the plan, so that turning it off is no way around it', () => {
    const off = entry('aws_db_instance.d', { deletion_protection: true }, { deletion_protection: false });
    const { refused } = verdict({ changes: [...weaker.changes, off] }, { isProtected: false });
    expect(refused.map(({ address }) => address)).toEqual(['aws_cloudwatch_log_group.l', 'aws_db_instance.d']);
  });

  test('is read from the descriptions by the name of the stack', async () => {
    const file = (input: unknown) => () => Promise.resolve({ default: input });
    const isProtected = await stackProtection({
      'shop-prod': file(example({ name: 'shop-prod', protect: true })),
      'shop-dev': file(example({ name: 'shop-dev', protect: false })),
      'shop-broken': file({}),
    });
    const stacks = ['shop-prod-data', 'shop-dev-data', 'shop-broken-data', 'bootstrap-shop', 'shop-development-data', undefined];
    expect(stacks.map(isProtected)).toEqual([true, false, true, true, true, true]);
  });
});

describe('a value', () => {
  const marked = { password: 'hunter2', backup_retention_period: 7 };

  test('that Terraform marks as sensitive is not printed, nor are its actions and principals', () => {
    const document = policy({ Sid: 'hunter2', Principal: { AWS: `arn:aws:iam::${STRANGER}:root` }, Action: 's3:hunter2' });
    const change = {
      actions: ['update'],
      before: { ...marked, policy: null },
      after: { password: 'hunter2b', backup_retention_period: 3, policy: document },
      after_unknown: {},
      before_sensitive: { password: true, backup_retention_period: true },
      after_sensitive: { policy: true },
    };
    const judged = judge(parsePlan('plan', planJson([{ address: 'aws_db_instance.d', type: 'aws_db_instance', change }])), {
      allowances: [],
      today: TODAY,
    });
    expect(judged.refused.map(({ harm }) => harm)).toEqual(['open', 'weaken']);
    const text = [reportText(judged), reportMarkdown(judged), JSON.stringify(judged)].join('\n');
    expect(text).not.toMatch(/hunter2|999988887777|7 → 3/);
  });

  test('that is a text is not printed, whatever it is', () => {
    const judged = verdict({ changes: [entry('aws_db_instance.d', { kms_key_id: 'hunter2' }, { kms_key_id: 'hunter3' })] });
    expect(judged.refused).toHaveLength(1);
    expect(reportText(judged)).not.toMatch(/hunter/);
  });

  test('that is known only after the apply is assumed to stay, and the rest of its block is judged', () => {
    const rule = (algorithm: string): object => ({
      rule: [{ apply_server_side_encryption_by_default: [{ sse_algorithm: algorithm, kms_master_key_id: 'a' }] }],
    });
    const unknown = { rule: [{ apply_server_side_encryption_by_default: [{ kms_master_key_id: true }] }] };
    const change = (algorithm: string): Entry =>
      entry('aws_s3_bucket_server_side_encryption_configuration.b', rule('aws:kms'), rule(algorithm), {
        actions: ['update'],
        unknown,
      });
    expect(verdict({ changes: [change('aws:kms')] })).toMatchObject({
      refused: [],
      notices: [expect.stringContaining('rule is known only after')],
    });
    expect(verdict({ changes: [change('AES256')] }).refused).toHaveLength(1);
  });
});

test.each<readonly [string, readonly string[], boolean]>([
  ['halves', ['0.0.0.0/1', '128.0.0.0/1'], true],
  ['two networks of 16 million', ['52.0.0.0/8', '54.0.0.0/8'], true],
  ['the same one twice', ['52.0.0.0/8', '52.0.0.0/8'], false],
  ['every private range', ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'], false],
  ['private ranges of IPv6', ['fd00::/8', 'fe80::/10'].map((cidr) => cidr.replace('/8', '/16').replace('/10', '/16')), false],
  ['parts of IPv6', ['2000::/16', '2001::/16'], true],
  ['some offices', ['203.0.113.0/24', '198.51.100.7/32', '2001:db8::/32'], false],
])('networks together: %s', (_name, cidrs, expected) => expect(areInternet(cidrs)).toBe(expected));

test.each<readonly [string, number]>([
  ['ELBSecurityPolicy-TLS13-1-3-2021-06', 3],
  ['ELBSecurityPolicy-TLS13-1-2-Res-2021-06', 2],
  ['ELBSecurityPolicy-TLS-1-2-2017-01', 2],
  ['ELBSecurityPolicy-FS-1-2-Res-2020-10', 2],
  ['ELBSecurityPolicy-TLS-1-1-2017-01', 1],
  ['ELBSecurityPolicy-2016-08', 0],
  ['TLSv1.2_2021', 2],
  ['TLSv1_2016', 0],
  ['SSLv3', -1],
  ['Policy-Min-TLS-1-2-2019-07', 2],
])('the oldest version that %s accepts is TLS 1.%s', (name, expected) => expect(tlsVersion(name)).toBe(expected));

test('the extended ciphers are weaker than the same version without them', () => {
  expect(olderTls('ELBSecurityPolicy-TLS13-1-2-2021-06', 'ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06')).toBe(true);
  expect(olderTls('ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06', 'ELBSecurityPolicy-TLS13-1-2-2021-06')).toBe(false);
});

test.each<readonly [string, object, boolean]>([
  ['everything', { Action: '*', Resource: 'arn:aws:s3:::b' }, true],
  ['a whole service everywhere', { Action: 's3:*', Resource: '*' }, true],
  ['a whole service of one bucket', { Action: 's3:*', Resource: 'arn:aws:s3:::b/*' }, true],
  ['reading one bucket', { Action: ['s3:Get*', 's3:List*'], Resource: 'arn:aws:s3:::b/*' }, false],
  [
    'passing one role to one service',
    {
      Action: 'iam:PassRole',
      Resource: 'arn:aws:iam::1:role/a',
      Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
    },
    false,
  ],
  ['passing one role to any service', { Action: 'iam:PassRole', Resource: 'arn:aws:iam::1:role/a' }, true],
  [
    'passing every role to one service',
    { Action: 'iam:PassRole', Resource: '*', Condition: { StringEquals: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } } },
    true,
  ],
  ['changing policies, by a wildcard', { Action: 'iam:Put*', Resource: 'arn:aws:iam::1:role/a' }, true],
  ['opening one queue to others', { Action: 'sqs:AddPermission', Resource: 'arn:aws:sqs:eu-west-1:1:jobs' }, true],
  [
    'becoming an administrator of one cluster',
    { Action: 'eks:CreateAccessEntry', Resource: 'arn:aws:eks:eu-west-1:1:cluster/a' },
    true,
  ],
  ['a shell on one host', { Action: 'ssm:StartSession', Resource: 'arn:aws:ec2:eu-west-1:1:instance/i-1' }, false],
  ['a shell on every host', { Action: 'ssm:StartSession', Resource: 'arn:aws:ec2:eu-west-1:1:instance/*' }, true],
  ['reading every secret', { Action: 'secretsmanager:GetSecretValue', Resource: '*' }, true],
  ['reading roles', { Action: ['iam:Get*', 'iam:ListRoles'], Resource: '*' }, false],
  [
    'what AWS gives on every resource only',
    { Action: ['ecr:GetAuthorizationToken', 'xray:PutTraceSegments'], Resource: '*' },
    false,
  ],
])('further rights: %s', (_name, statement, expected) =>
  expect(powersOf({ Effect: 'Allow', ...statement }).length > 0).toBe(expected),
);

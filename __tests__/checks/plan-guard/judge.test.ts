/** Verdicts on hand-written plans, and their reports. */
import { NETWORK_ROOTS } from '../../../src/checks/guarded-types/network-roots';
import { STATEFUL_TYPES } from '../../../src/checks/guarded-types/stateful-types';
import { reportMarkdown, reportText } from '../../../src/checks/plan-guard/report';
import { harmsOf, planOf, verdictOf, writtenPlan } from '../../support/plans';

describe('a plan passes that', () => {
  test('creates resources, which hold nothing yet', () => {
    const { passed, counts, notices } = verdictOf(writtenPlan('create'));
    expect({ passed, notices }).toEqual({ passed: true, notices: [] });
    expect(counts).toMatchObject({ create: 5, update: 0, replace: 0, delete: 0 });
  });

  test('changes them in place', () =>
    expect(verdictOf(writtenPlan('update'))).toMatchObject({ passed: true, counts: { update: 1 } }));

  test('moves them to another address', () => {
    expect(verdictOf(writtenPlan('moved'))).toMatchObject({ passed: true, counts: { move: 2, delete: 0 } });
  });

  test('replaces a security-group rule without opening anything new', () => {
    expect(verdictOf(writtenPlan('rule-replaced'))).toMatchObject({ passed: true, counts: { replace: 2 } });
  });

  test('opens the public endpoint of a load balancer, with a notice', () => {
    const { notices, refused } = verdictOf(writtenPlan('public-endpoint'));
    expect(notices).toEqual([
      expect.stringContaining('load-balancer_https opens a public endpoint: tcp 443'),
      'aws_lb.load-balancer_balancer is a new internet-facing load balancer',
    ]);
    expect(refused.map(({ address }) => address)).toEqual([
      'aws_vpc_security_group_ingress_rule.load-balancer_ssh',
      'aws_vpc_security_group_ingress_rule.database_https',
    ]);
  });
});

describe('a plan is refused that', () => {
  test('replaces a database or a subnet, but not for a task definition', () => {
    expect(harmsOf(writtenPlan('replace'))).toEqual([
      'replace aws_db_instance.database_primary',
      'replace aws_subnet.subnets_private-a',
    ]);
    expect(verdictOf(writtenPlan('replace')).refused[0]?.why).toContain('because of kms_key_id');
  });

  test('deletes what holds data, but not for other resources', () => {
    expect(harmsOf(writtenPlan('delete'))).toEqual([
      'delete aws_db_instance.database_primary',
      'delete aws_s3_bucket.bucket_uploads_bucket',
    ]);
  });

  test('deletes under one name to create under another, with the fix', () => {
    expect(verdictOf(writtenPlan('delete')).refused[0]?.instead).toBe(
      'if it was renamed, record the move: moved { from = aws_db_instance.database_primary, to = aws_db_instance.database_main }',
    );
  });

  test('opens a security-group rule by replacing it', () => {
    expect(verdictOf(writtenPlan('rule-opened')).refused).toEqual([
      expect.objectContaining({ harm: 'open', why: 'allows tcp 5432 from 0.0.0.0/0' }),
    ]);
  });

  test.each(STATEFUL_TYPES.map(({ type }) => type))('deletes or replaces a %s', (type) => {
    expect(harmsOf(planOf(`${type}.x`, ['delete'], {}, null))).toEqual([`delete ${type}.x`]);
    for (const actions of [
      ['delete', 'create'],
      ['create', 'delete'],
    ])
      expect(harmsOf(planOf(`${type}.x`, actions, {}, {}))).toEqual([`replace ${type}.x`]);
    expect(verdictOf(planOf(`${type}.x`, ['update'], {}, {})).passed).toBe(true);
  });

  test.each(NETWORK_ROOTS)('replaces a $type', ({ type, deletion }) => {
    expect(harmsOf(planOf(`${type}.x`, ['create', 'delete'], {}, {}))).toEqual([`replace ${type}.x`]);
    expect(verdictOf(planOf(`${type}.x`, ['delete'], {}, null)).passed).toBe(deletion === 'ordinary');
  });

  test('deletes what an earlier replacement left over', () => {
    const { refused } = verdictOf(planOf('aws_db_instance.x', ['delete'], {}, null, { deposed: '0a1b2c3d' }));
    expect(refused).toEqual([expect.objectContaining({ why: expect.stringContaining('0a1b2c3d') })]);
  });
});

describe('the report', () => {
  test('says on a terminal what to do, and is a table on GitHub', () => {
    const refused = verdictOf(writtenPlan('delete'));
    expect(reportText(refused)).toMatch(
      /instead: if it was renamed[\s\S]*entry for shop-prod-data reviewed in guard-allow\.yaml/,
    );
    expect(reportMarkdown(refused)).toContain(
      '| **refused** | delete <code>aws_db_instance.database_primary</code> | a database',
    );
    expect(reportMarkdown(verdictOf(writtenPlan('update')))).toBe('**shop-prod-data** may be applied (1 to update)');
  });

  test('gives no meaning on GitHub to names and reasons, which others write', () => {
    const hostile = '</code> **x** [y](https://z.example) @acme/all | <!-- `';
    const policy = JSON.stringify({
      Statement: [{ Sid: hostile, Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: '*' }],
    });
    const address = `aws_s3_bucket_policy.x["${hostile}"]`;
    const text = reportMarkdown(verdictOf(planOf(address, ['create'], null, { bucket: 'b', policy })));
    expect(text).toContain('**refused**');
    expect(text.match(/<[^>]*>/g)).toEqual(['<code>', '</code>']);
    for (const part of ['**x', '](', 'https://', '@acme', '<!--']) expect(text).not.toContain(part);
    for (const line of text.split('\n').filter((row) => row.startsWith('|'))) expect(line.split('|')).toHaveLength(5);
  });
});

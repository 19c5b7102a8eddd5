/** Public access that a plan adds. */
import { readFileSync } from 'node:fs';
import { isInternet } from '../../../src/checks/plan-guard/cidr';
import { parsePlan } from '../../../src/checks/plan-guard/plan';
import { openStatements } from '../../../src/terraform/open-statements';
import { harmsOf, planFile, planOf, verdictOf } from '../../support/plans';

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
    ['a role for everyone', 'aws_iam_role.x', null, { assume_role_policy: statement({ Action: 'sts:AssumeRole' }) }],
    [
      'everyone but one',
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
    const { refused } = verdictOf(planOf(address, [before === null ? 'create' : 'update'], before, after));
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
      'everyone of one account',
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
    expect(verdictOf(planOf(address, [before === null ? 'create' : 'update'], before, after)).refused).toEqual([]);
  });

  test('removing the public access block is one, unless the bucket is deleted too', () => {
    const block = planOf('aws_s3_bucket_public_access_block.x', ['delete'], { bucket: 'b' }, null);
    expect(harmsOf(block)).toEqual(['open aws_s3_bucket_public_access_block.x']);
    const bucket = planOf('aws_s3_bucket.x', ['delete'], { bucket: 'b' }, null);
    expect(harmsOf({ ...block, changes: [...block.changes, ...bucket.changes] })).toEqual(['delete aws_s3_bucket.x']);
  });

  test('a public endpoint needs an internet-facing load balancer, or a host with an Elastic IP', () => {
    const text = readFileSync(planFile('public-endpoint'), 'utf8');
    const https = 'open aws_vpc_security_group_ingress_rule.load-balancer_https';
    expect(harmsOf(parsePlan('internal', text.replace('"constant_value": false', '"constant_value": true')))).toContain(https);
    expect(harmsOf(parsePlan('no configuration', JSON.stringify({ ...JSON.parse(text), configuration: undefined })))).toContain(
      https,
    );
    expect(harmsOf(parsePlan('as it is', text))).not.toContain(https);
  });

  test('values that are known only after the apply get a notice', () => {
    const change = { actions: ['create'], before: null, after: {}, after_unknown: { policy: true, id: true } };
    const plan = planOf('aws_sqs_queue_policy.x', ['create'], null, {}, { change });
    expect(verdictOf(plan).notices).toEqual([expect.stringContaining('policy is known only after the apply')]);
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

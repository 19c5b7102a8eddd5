/** Policies, as a reviewer reads them. */
import { linesOf, valueChange } from '../../support/plans';

const document = (...statements: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement: statements });

const READ = { Sid: 'Read', Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Resource: 'arn:aws:s3:::a/*' };
const WRITE = { Effect: 'Allow', Action: 's3:PutObject', Resource: 'arn:aws:s3:::a/*' };

const lines = (before: string | null, after: string | null): readonly string[] =>
  linesOf(
    valueChange('aws_iam_role_policy.x', before === null ? ['create'] : ['update'], before === null ? null : { policy: before }, {
      policy: after,
    }),
  );

it('shows a changed statement with its actions and resources, line by line', () => {
  expect(lines(document(READ, WRITE), document({ ...READ, Action: ['s3:GetObject', 's3:*'], Resource: '*' }, WRITE))).toEqual([
    '  policy: (policy)',
    '!   statement Read:',
    '      Effect        Allow',
    '-     Action        s3:ListBucket',
    '+                   s3:*',
    '                    s3:GetObject',
    '-     Resource      arn:aws:s3:::a/*',
    '+                   *',
    '    (1 unchanged statement)',
  ]);
});

it('shows statements that were added and removed', () => {
  const other = {
    Sid: 'All',
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: '*',
    Resource: '*',
    Condition: { Bool: { 'aws:SecureTransport': 'true' } },
  };
  expect(lines(document(READ), document(READ, other))).toEqual([
    '  policy: (policy)',
    '+   statement All:',
    '+     Effect        Allow',
    '+     Principal     AWS: *',
    '+     Action        *',
    '+     Resource      *',
    '+     Condition     Bool aws:SecureTransport: true',
    '    (1 unchanged statement)',
  ]);
  expect(lines(document(READ, WRITE), document(READ))).toContain('-     Action        s3:PutObject');
  // The only different one on each side is one statement that was rewritten.
  const logs = { Effect: 'Allow', Action: 'logs:*', Resource: '*' };
  expect(lines(document(READ, WRITE), document(READ, logs))).toContain('!   statement without a Sid:');
});

it('matches statements without a Sid by what they have in common, and sees a Deny that becomes an Allow', () => {
  expect(lines(document(WRITE), document({ ...WRITE, Resource: ['arn:aws:s3:::a/*', 'arn:aws:s3:::b/*'] }))).toEqual([
    '  policy: (policy)',
    '!   statement without a Sid:',
    '      Effect        Allow',
    '      Action        s3:PutObject',
    '      Resource      arn:aws:s3:::a/*',
    '+                   arn:aws:s3:::b/*',
  ]);
  expect(lines(document({ ...READ, Effect: 'Deny' }), document(READ))).toEqual(
    expect.arrayContaining(['-     Effect        Deny', '+                   Allow']),
  );
});

it('does not show another order of actions, or one action as a list', () => {
  expect(
    lines(document(READ), document({ ...READ, Action: ['s3:ListBucket', 's3:GetObject'], Resource: ['arn:aws:s3:::a/*'] })),
  ).toEqual(['  policy: (policy)', '!   the same statements, written differently']);
});

it('shows the statements of a policy that is known only after the apply, as they are configured', () => {
  const policy = document({ ...READ, Resource: '${aws_s3_bucket.a.arn}/*' });
  const module = { resource: { aws_iam_role_policy: { x: { policy } } } };
  const change = valueChange('aws_iam_role_policy.x', ['create'], null, { name: 'exact' }, { after_unknown: { policy: true } });
  expect(linesOf(change, module)).toEqual(
    expect.arrayContaining([
      '  policy: (policy, known after apply; as configured)',
      '+     Action        s3:GetObject',
      '+     Resource      ${aws_s3_bucket.a.arn}/*',
    ]),
  );
});

it('shows the access that is lost with a deleted policy', () => {
  const change = valueChange('aws_s3_bucket_policy.x', ['delete'], { id: 'a', policy: document(READ) }, null);
  expect(linesOf(change)).toEqual(
    expect.arrayContaining(['- id = "a"', '-   statement Read:', '-     Action        s3:GetObject']),
  );
});

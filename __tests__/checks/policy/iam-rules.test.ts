/** Our own rules about IAM, each with policies that pass and policies that are refused; no checkov is needed. */
import { broadResources, escalations } from '../../../src/checks/policy/own/iam/grants';
import type { Grant } from '../../../src/checks/policy/own/iam/documents';
import { reservedAccess, reservedIn } from '../../../src/checks/policy/own/iam/reserved';
import { trustFlaws } from '../../../src/checks/policy/own/iam/trust';
import { join } from 'node:path';
import { judgeOwn } from '../../../src/checks/policy/judge';
import { IAM_RULES } from '../../../src/checks/policy/own/iam';
import { NEEDS } from '../../../src/checks/policy/own/iam/needs';
import type { EnvironmentInput } from '../../../src/config';
import type { RootModule } from '../../../src/terraform/root-module';
import { synthesiseModules } from '../../../src/synthesis/modules';
import { capture, fileOf, SHARED_ZONE } from '../../support/command';
import { example } from '../../support/example';
import { SHOP } from '../../support/shop';
import { github } from '../../support/stores';

type Case = readonly [what: string, module: RootModule];

const TERRAFORM = { backend: { s3: { bucket: 'shop-state', dynamodb_table: 'shop-locks' } } };
const PROVIDER = {
  aws: [{ allowed_account_ids: ['123456789012'], default_tags: [{ tags: { system: 'shop', environment: 'shop-prod' } }] }],
};
const root = (resource: RootModule['resource']): RootModule => ({ terraform: TERRAFORM, provider: PROVIDER, resource });
const document = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const one = (type: string, block: object): RootModule => root({ [type]: { x: { ...block } } });

/** One statement in the inline policy of a role. */
const grant = (Action: unknown, Resource: unknown, more: object = {}): RootModule =>
  one('aws_iam_role_policy', { role: 'r', policy: document({ Effect: 'Allow', Action, Resource, ...more }) });
const on = (...keys: readonly (readonly [string, string, string])[]) => ({
  Condition: Object.fromEntries(keys.map(([operator, key, value]) => [operator, { [key]: value }])),
});
const trust = (Principal: unknown, more: object = {}): RootModule =>
  one('aws_iam_role', { assume_role_policy: document({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal, ...more }) });
const key = (Action: unknown, Principal: unknown): RootModule =>
  one('aws_kms_key', { policy: document({ Effect: 'Allow', Action, Resource: '*', Principal }) });

const ACCOUNT = '${data.aws_caller_identity.account.account_id}';
const ROLE = '${aws_iam_role.job_role.arn}';
const arn = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:${ACCOUNT}:${resource}`;
const secret = (name: string) => arn('secretsmanager', `secret:${name}`);
const PROVIDER_ARN = '${aws_iam_openid_connect_provider.github.arn}';
const subject = (sub: string, operator = 'StringLike') => ({
  Action: 'sts:AssumeRoleWithWebIdentity',
  Condition: {
    StringEquals: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' },
    [operator === 'StringEquals' ? 'ForAnyValue:StringEquals' : operator]: { 'token.actions.githubusercontent.com:sub': sub },
  },
});

const CASES: Readonly<Record<string, { readonly holds: readonly Case[]; readonly refused: readonly Case[] }>> = {
  OWN_IAM_READABLE: {
    holds: [['a document', grant('s3:GetObject', 'arn:aws:s3:::b/*')]],
    refused: [
      ['a function of Terraform', one('aws_iam_role_policy', { policy: '${jsonencode(local.policy)}' })],
      ['a document of a data source', one('aws_iam_policy', { policy: '${data.aws_iam_policy_document.x.json}' })],
      ['no trust policy', one('aws_iam_role', {})],
    ],
  },
  OWN_IAM_ACTIONS: {
    holds: [
      ['single actions', grant(['s3:GetObject', 's3:Put*'], 'arn:aws:s3:::b/*')],
      ['a denial', grant('*', '*', { Effect: 'Deny' })],
      ['the key of an account that administers it', key('kms:*', { AWS: `arn:aws:iam::${ACCOUNT}:root` })],
      [
        'a boundary, which gives nothing',
        root({
          aws_iam_policy: { edge: { policy: document({ Effect: 'Allow', Action: '*', Resource: '*' }) } },
          aws_iam_role: { x: { permissions_boundary: '${aws_iam_policy.edge.arn}', assume_role_policy: document({}) } },
        }),
      ],
    ],
    refused: [
      ['everything', grant('*', '*')],
      ['a service', grant('secretsmanager:*', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:a')],
      ['a service by a pattern', grant('secretsmanage?:Get', 'arn:aws:s3:::b')],
      ['all but some', grant(undefined, '*', { NotAction: 'iam:*' })],
      [
        'a policy of its own',
        one('aws_iam_policy', { policy: document({ Effect: 'Allow', Action: 's3:*', Resource: 'arn:aws:s3:::b' }) }),
      ],
      [
        'the policy of a user',
        one('aws_iam_user_policy', { policy: document({ Effect: 'Allow', Action: 's3:*', Resource: 'a' }) }),
      ],
      [
        'the policy of a group',
        one('aws_iam_group_policy', { policy: document({ Effect: 'Allow', Action: 's3:*', Resource: 'a' }) }),
      ],
      [
        'a policy inside a role',
        one('aws_iam_role', {
          assume_role_policy: document({
            Effect: 'Allow',
            Action: 'sts:AssumeRole',
            Principal: { Service: 'ec2.amazonaws.com' },
          }),
          inline_policy: [{ name: 'x', policy: document({ Effect: 'Allow', Action: ['s3:*'], Resource: 'a' }) }],
        }),
      ],
      ['a key for a role', key('kms:*', { AWS: ROLE })],
    ],
  },
  OWN_IAM_RESOURCES: {
    holds: [
      ['objects of a bucket', grant('s3:GetObject', 'arn:aws:s3:::b/*')],
      ['a login of a registry', grant('ecr:GetAuthorizationToken', '*')],
      ['metrics of a namespace', grant('cloudwatch:PutMetricData', '*', on(['StringEquals', 'cloudwatch:namespace', 'Shop']))],
      [
        'what only a tag limits',
        grant('ec2:DeleteSnapshot', 'arn:aws:ec2:eu-west-1::snapshot/*', on(['StringEquals', 'aws:ResourceTag/of', 'shop'])),
      ],
      ['secrets below a path', grant('secretsmanager:GetSecretValue', secret('/shop/prod/users/*'))],
    ],
    refused: [
      ['everything', grant('s3:GetObject', '*')],
      ['every bucket', grant('s3:GetObject', ['arn:aws:s3:::*'])],
      ['every object of every bucket', grant('s3:GetObject', ['arn:aws:s3:::*/*'])],
      ['every secret', grant('secretsmanager:DescribeSecret', secret('*'))],
      [
        'every key',
        grant('kms:Decrypt', arn('kms', 'key/*'), on(['StringEquals', 'kms:ViaService', 's3.eu-west-1.amazonaws.com'])),
      ],
      ['metrics of any namespace', grant('cloudwatch:PutMetricData', '*')],
      [
        'metrics of any namespace, by a wildcard',
        grant('cloudwatch:PutMetricData', '*', on(['StringLike', 'cloudwatch:namespace', '*'])),
      ],
      [
        'a tag that may be missing',
        grant(
          'ec2:DeleteSnapshot',
          'arn:aws:ec2:eu-west-1::snapshot/*',
          on(['StringEqualsIfExists', 'aws:ResourceTag/of', 'shop']),
        ),
      ],
      ['all but one', grant('s3:GetObject', undefined, { NotResource: 'arn:aws:s3:::b/*' })],
    ],
  },
  OWN_IAM_ESCALATION: {
    holds: [
      [
        'passing an exact role to one service',
        grant('iam:PassRole', ROLE, on(['StringEquals', 'iam:PassedToService', 'ecs-tasks.amazonaws.com'])),
      ],
      ['assuming an exact role of the stack', grant('sts:AssumeRole', ROLE)],
      [
        'a role that AWS defines, for one service',
        grant('iam:CreateServiceLinkedRole', '*', on(['StringEquals', 'iam:AWSServiceName', 'x.amazonaws.com'])),
      ],
      ['reading IAM', grant(['iam:GetRole', 'iam:List*'], ROLE)],
      ['calling a function', grant('lambda:InvokeFunction', arn('lambda', 'function:f'))],
    ],
    refused: [
      ['passing a role to any service', grant('iam:PassRole', ROLE)],
      ['passing any role', grant('iam:PassRole', '*', on(['StringEquals', 'iam:PassedToService', 'ecs-tasks.amazonaws.com']))],
      [
        'passing a role that is only named',
        grant('iam:PassRole', 'arn:aws:iam::123456789012:role/admin', on(['StringEquals', 'iam:PassedToService', 'x'])),
      ],
      ['passing a role to a service by a wildcard', grant('iam:PassRole', ROLE, on(['StringLike', 'iam:PassedToService', '*']))],
      ['assuming a role that is only named', grant('sts:AssumeRole', 'arn:aws:iam::123456789012:role/x')],
      ['any role that AWS defines', grant('iam:CreateServiceLinkedRole', '*')],
      ...['iam:PutRolePolicy', 'iam:Attach*', 'iam:CreatePolicyVersion', 'iam:UpdateAssumeRolePolicy', 'iam:pAsSrOlE'].map(
        (action): Case => [action, grant(action, ROLE)],
      ),
      ...[
        'lambda:UpdateFunctionCode',
        'lambda:AddPermission',
        'lambda:U*',
        'ssm:SendCommand',
        'ssm:StartSession',
        'ecs:RunTask',
        'ecs:ExecuteCommand',
      ].map((action): Case => [action, grant(action, arn('x', 'y/z'))]),
      ...[
        'kms:PutKeyPolicy',
        'kms:CreateGrant',
        'secretsmanager:PutResourcePolicy',
        'cloudformation:CreateStack',
        'glue:UpdateDevEndpoint',
        'codebuild:StartBuild',
        'ec2:RunInstances',
      ].map((action): Case => [action, grant(action, arn('x', 'y/z'))]),
      ['a grant by the policy of a key', key('kms:CreateGrant', { AWS: ROLE })],
    ],
  },
  OWN_IAM_RESERVED: {
    holds: [
      ['a bucket whose name only begins like that of the state', grant('s3:GetObject', 'arn:aws:s3:::shop-state-reports/*')],
      ['the login of an application', grant('secretsmanager:GetSecretValue', secret('/shop/prod/database/app-??????'))],
      ['secrets below a path', grant('secretsmanager:GetSecretValue', secret('/shop/prod/users/*'))],
      [
        'a reference to the login of an application',
        grant('secretsmanager:GetSecretValue', '${data.terraform_remote_state.data.outputs.database.role_secret_arns.app}'),
      ],
      ['certificates that IAM lists', grant('iam:ListServerCertificates', '*')],
    ],
    refused: [
      ["Terraform's state", grant('s3:GetObject', 'arn:aws:s3:::shop-state/*')],
      ['one state', grant('s3:GetObject', 'arn:aws:s3:::shop-state/prod/data/terraform.tfstate')],
      ['a bucket by a pattern that includes the state', grant('s3:ListBucket', 'arn:aws:s3:::shop-*')],
      ['the state by a variable', grant('s3:GetObject', 'arn:aws:s3:::shop-$${aws:PrincipalTag/what}/*')],
      ['the audit trail', grant('s3:DeleteObject', 'arn:aws:s3:::shop-state-audit/*')],
      ['every bucket', grant('s3:GetObject', '*')],
      ['the locks', grant('dynamodb:PutItem', arn('dynamodb', 'table/shop-locks'))],
      ['the apply role', grant('sts:AssumeRole', `arn:aws:iam::${ACCOUNT}:role/shop-terraform-apply`)],
      ['the boundary', grant('iam:CreatePolicyVersion', `arn:aws:iam::${ACCOUNT}:policy/shop-terraform-boundary`)],
      [
        "the provider of GitHub's tokens",
        grant(
          'iam:UpdateOpenIDConnectProviderThumbprint',
          `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`,
        ),
      ],
      ['the master login', grant('secretsmanager:GetSecretValue', secret('/shop/prod/database/master-??????'))],
      ['the master login that RDS keeps', grant('secretsmanager:GetSecretValue', secret('rds!*'))],
      [
        'a reference to the master login',
        grant('secretsmanager:GetSecretValue', '${data.terraform_remote_state.data.outputs.database.master_secret_arn}'),
      ],
      ['the master login among all secrets', grant('secretsmanager:GetSecretValue', secret('*'))],
      ['all of it', grant('*', '*')],
    ],
  },
  OWN_IAM_ENVIRONMENT: {
    holds: [
      ['its own names', grant('s3:GetObject', 'arn:aws:s3:::shop-prod-uploads/*')],
      ['its own paths', grant('ssm:GetParameter', arn('ssm', 'parameter/shop/prod/x'))],
      ['a name that only contains that of another', grant('s3:GetObject', 'arn:aws:s3:::webshop-dev/*')],
      ['a role of its account', key('kms:Decrypt', { AWS: 'arn:aws:iam::123456789012:role/x' })],
    ],
    refused: [
      ['a bucket of another environment', grant('s3:GetObject', 'arn:aws:s3:::shop-dev-uploads/*')],
      ['a secret of another environment', grant('secretsmanager:GetSecretValue', secret('/shop/dev/jwt-??????'))],
      ['a role of another account', key('kms:Decrypt', { AWS: 'arn:aws:iam::210987654321:role/x' })],
      ['trust in another account', trust({ AWS: 'arn:aws:iam::210987654321:role/x' })],
    ],
  },
  OWN_IAM_TRUST: {
    holds: [
      ['a service', trust({ Service: 'ecs-tasks.amazonaws.com' })],
      ['an exact role', trust({ AWS: 'arn:aws:iam::123456789012:role/deploy' })],
      ['an exact subject', trust({ Federated: PROVIDER_ARN }, subject('repo:acme/shop:environment:production'))],
      ['an exact subject with ids', trust({ Federated: PROVIDER_ARN }, subject('repo:acme@1/shop@2:environment:plan'))],
    ],
    refused: [
      ['the whole account', trust({ AWS: `arn:aws:iam::${ACCOUNT}:root` })],
      ['everyone', trust('*')],
      ['roles by a pattern', trust({ AWS: 'arn:aws:iam::123456789012:role/*' })],
      ['everyone but one', trust(undefined, { NotPrincipal: { AWS: 'arn:aws:iam::123456789012:role/x' } })],
      ['any repository', trust({ Federated: PROVIDER_ARN }, subject('repo:*'))],
      ['any repository of an owner', trust({ Federated: PROVIDER_ARN }, subject('repo:acme/*'))],
      ['any job of a repository', trust({ Federated: PROVIDER_ARN }, subject('repo:acme/shop:*'))],
      [
        'no subject',
        trust({ Federated: PROVIDER_ARN }, on(['StringEquals', 'token.actions.githubusercontent.com:aud', 'sts.amazonaws.com'])),
      ],
      [
        'a subject that may be missing',
        trust({ Federated: PROVIDER_ARN }, subject('repo:acme/shop:pull_request', 'StringEqualsIfExists')),
      ],
    ],
  },
  OWN_IAM_ATTACHED: {
    holds: [['a policy of the stack', one('aws_iam_role_policy_attachment', { policy_arn: '${aws_iam_policy.x.arn}' })]],
    refused: [
      ['an administrator', one('aws_iam_role_policy_attachment', { policy_arn: 'arn:aws:iam::aws:policy/AdministratorAccess' })],
      ['a policy from elsewhere', one('aws_iam_role_policy_attachment', { policy_arn: 'arn:aws:iam::123456789012:policy/x' })],
      ['a policy that is looked up', one('aws_iam_policy_attachment', { policy_arn: '${data.aws_iam_policy.x.arn}' })],
      ['one in the list of a role', one('aws_iam_role', { managed_policy_arns: ['arn:aws:iam::aws:policy/PowerUserAccess'] })],
      ['a user', one('aws_iam_user', { name: 'x' })],
      ['an access key', one('aws_iam_access_key', { user: 'x' })],
    ],
  },
};

const findings = (id: string, judged: RootModule, stack = 'shop-prod-compute-fargate') =>
  judgeOwn(
    { [stack]: judged },
    {
      rules: IAM_RULES.filter((rule) => rule.id === id),
      ownerOf: () => 'shop-prod',
      environments: ['shop-prod', 'shop-dev'],
    },
  ).failed;

test('every rule about IAM has policies that pass and policies that are refused', () => {
  expect(Object.keys(CASES).sort()).toEqual(IAM_RULES.map(({ id }) => id).sort());
});

describe.each(Object.entries(CASES))('%s', (id, { holds, refused }) => {
  test.each(holds)('passes %s', (_what, judged) => expect(findings(id, judged)).toEqual([]));
  test.each(refused)('refuses %s', (_what, judged) => {
    expect(findings(id, judged)).toEqual([
      expect.objectContaining({ address: expect.stringMatching(/\.x$/), subject: expect.any(String) }),
    ]);
  });
});

describe('a policy with several findings', () => {
  const policy = one('aws_iam_role_policy', {
    policy: document(
      { Effect: 'Allow', Action: ['ssm:SendCommand', 'ecs:ExecuteCommand'], Resource: arn('ecs', 'task/a/b') },
      { Effect: 'Allow', Action: 'ssm:SendCommand', Resource: arn('ecs', 'task/a/b') },
    ),
  });

  test('has each of them once, by action and resource', () => {
    expect(findings('OWN_IAM_ESCALATION', policy).map(({ subject: text }) => text)).toEqual([
      `ssm:SendCommand on ${arn('ecs', 'task/a/b')}`,
      `ecs:ExecuteCommand on ${arn('ecs', 'task/a/b')}`,
    ]);
  });

  test('has none that counts as the same with other resources', () => {
    const [one_] = findings('OWN_IAM_ESCALATION', grant('ssm:SendCommand', 'arn:aws:ec2:eu-west-1:1:instance/a'));
    const [other] = findings('OWN_IAM_ESCALATION', grant('ssm:SendCommand', 'arn:aws:ec2:eu-west-1:1:instance/b'));
    expect(one_?.subject).not.toBe(other?.subject);
  });
});

test('an attached policy is judged although a role also has it as its boundary', () => {
  const attached = root({
    aws_iam_policy: { x: { policy: document({ Effect: 'Allow', Action: '*', Resource: '*' }) } },
    aws_iam_role: { r: { permissions_boundary: '${aws_iam_policy.x.arn}', assume_role_policy: document({}) } },
    aws_iam_role_policy_attachment: { a: { policy_arn: '${aws_iam_policy.x.arn}' } },
  });
  expect(findings('OWN_IAM_ACTIONS', attached)).toHaveLength(1);
});

describe("the table of Terrace's own needs", () => {
  test('has a reason in each row', () => {
    for (const { reason } of NEEDS) expect(reason.length).toBeGreaterThan(30);
  });

  test('covers a statement on its own role and stack only', () => {
    const run = (name: string, resource: string, cluster?: string): RootModule =>
      root({
        aws_iam_role_policy: {
          [name]: {
            policy: document({
              Effect: 'Allow',
              Action: 'ecs:RunTask',
              Resource: resource,
              ...(cluster === undefined ? {} : on(['ArnEquals', 'ecs:cluster', cluster])),
            }),
          },
        },
      });
    const [holder, task, cluster] = [
      'job-sync_run_role_policy',
      '${aws_ecs_task_definition.job-sync_task.arn_without_revision}',
      'c',
    ];
    const found = (judged: RootModule, stack?: string) => findings('OWN_IAM_ESCALATION', judged, stack).length;
    for (const end of ['', ':*', '_release:*']) expect(found(run(holder, `${task}${end}`, cluster))).toBe(0);
    expect(found(run(holder, `${task}_other:*`, cluster))).toBe(1);
    expect(found(run(holder, task, cluster), 'shop-prod-data')).toBe(1);
    expect(found(run('service-api_task_application_policy', task, cluster))).toBe(1);
    expect(found(run(holder, '*', cluster))).toBe(1);
    expect(found(run(holder, task))).toBe(1);
  });
});

test('what Terrace generates has no finding about IAM, on any tier and with the roles of pipelines', async () => {
  const backend = {
    kind: 's3' as const,
    store: {
      name: 'piped',
      region: 'eu-west-1' as const,
      bucket: 'piped-terraform-state',
      github: { ...github, applyEnvironments: ['piped-prod'], planEnvironments: ['plan'] },
    },
  } satisfies EnvironmentInput['backend'];
  const files = { ...SHOP, 'piped-prod': fileOf(example({ system: 'piped', name: 'piped-prod', backend, domain: SHARED_ZONE })) };
  const { io } = capture();
  const { groups, failed } = await synthesiseModules({ files, io }, Object.keys(files));
  expect(failed).toEqual([]);
  const found = groups.flatMap(
    ({ name, modules }) => judgeOwn(modules, { rules: IAM_RULES, ownerOf: () => name, environments: Object.keys(files) }).failed,
  );
  expect(found.map(({ stack, check, address, subject: text }) => `${join(stack, address)} ${check} ${text}`)).toEqual([]);
}, 60_000);

describe('what looks exact and is not', () => {
  const grant = (actions: readonly string[], resources: readonly string[], condition?: object): Grant => ({
    actions,
    isAllBut: false,
    resources,
    isAnywhereBut: false,
    statement: {
      Effect: 'Allow',
      Action: actions,
      Resource: resources,
      ...(condition === undefined ? {} : { Condition: condition }),
    },
  });
  const reserved = reservedIn({ terraform: { backend: { s3: { bucket: 'acme-state', dynamodb_table: 'acme-locks' } } } });
  const role = '${aws_iam_role.task.arn}';

  it.each([
    ['iam:PassRole', 'iam:PassedToService', 'ecs-tasks.amazonaws.com'],
    ['iam:CreateServiceLinkedRole', 'iam:AWSServiceName', 'ecs.amazonaws.com'],
  ])('%s is narrowed by one service, not by all of them', (action, key, service) => {
    expect(escalations(grant([action], [role], { StringEquals: { [key]: service } }))).toEqual([]);
    expect(escalations(grant([action], [role], { StringLike: { [key]: '*.amazonaws.com' } }))).toHaveLength(1);
  });

  it('every login of every database is not named', () => {
    const logins = (user: string) => broadResources(grant(['rds-db:connect'], [`arn:aws:rds-db:eu:111122223333:dbuser:${user}`]));
    expect(logins('*/*')).toHaveLength(1);
    expect(logins('db-1/app')).toEqual([]);
  });

  it.each([
    ['an access point', 's3:GetObject', 'arn:aws:s3:eu-west-1:111122223333:accesspoint/x/object/*'],
    ['an index of the locks', 'dynamodb:Query', 'arn:aws:dynamodb:eu-west-1:111122223333:table/acme-locks/index/all'],
    ['the stream of the locks', 'dynamodb:GetRecords', 'arn:aws:dynamodb:eu-west-1:111122223333:table/acme-locks/stream/1'],
  ])('the state may be reached through %s', (_, action, resource) => {
    expect(reservedAccess(action, grant([action], [resource]), reserved)).toHaveLength(1);
  });

  it('a subject that ends after the first letter of its kind is not exact', () => {
    const trust = (subject: string) =>
      trustFlaws({
        ...grant(['sts:AssumeRoleWithWebIdentity'], []),
        statement: {
          Principal: { Federated: 'github' },
          Condition: {
            StringLike: {
              'token.actions.githubusercontent.com:sub': subject,
              'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
            },
          },
        },
      });
    expect(trust('repo:acme/shop:ref:refs/heads/main')).toEqual([]);
    expect(trust('repo:acme/shop:r*')).toHaveLength(1);
  });
});

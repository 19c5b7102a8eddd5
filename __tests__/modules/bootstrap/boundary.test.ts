/** The boundary of apply roles, by requests: every known way to more rights is refused, and every deployment is possible. */
import { applyRoleName, boundaryName } from '../../../src/config/names';
import type { DeploymentGroup } from '../../../src/config/resolved/deployment-group';
import { boundaryStatements, type BoundaryProps } from '../../../src/modules/bootstrap/boundary';
import { storeArns } from '../../../src/modules/bootstrap/store-arns';
import { MANAGED_POLICY_CHARACTERS, policyJson } from '../../../src/modules/iam/policy';
import { isAllowed, statementsOf, type PolicyStatement, type Request } from '../../support/iam-evaluator';

const ACCOUNT = '123456789012';
const arns = storeArns({
  storeName: 'shop',
  account: ACCOUNT,
  region: 'eu-west-1',
  bucket: 'acme-shop-states',
  lockTable: 'shop-locks',
});
const prod: DeploymentGroup = {
  name: 'shop-prod',
  statePrefix: 'prod/',
  readsStates: ['zone-shop-example/zone/terraform.tfstate'],
  lockedBuckets: [],
};
const boundaryFor = (changes: Partial<BoundaryProps> = {}): readonly PolicyStatement[] =>
  statementsOf(policyJson(boundaryStatements({ group: prod, arns, lock: 'both', ...changes })));

const ADMINISTRATOR = statementsOf(policyJson([{ actions: ['*'], resources: ['*'] }]));
const boundary = boundaryFor();
/** What the apply role of shop-prod may do, and with it every role that it creates with the widest policy. */
const can = (request: Request): boolean => isAllowed(request, ADMINISTRATOR, boundary);

const iam = (path: string): string => `arn:aws:iam::${ACCOUNT}:${path}`;
const OWN = { 'iam:PermissionsBoundary': iam('policy/shop-prod-terraform-boundary') };
const FOREIGN = { 'iam:PermissionsBoundary': iam('policy/shop-dev-terraform-boundary') };
const IN_ACCOUNT = { 'aws:ResourceAccount': ACCOUNT };
const key = (alias: string) => ({ 'kms:ResourceAliases': [`alias/${alias}`] });
const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`;
const state = (path: string): string => `arn:aws:s3:::acme-shop-states/${path}`;
const ofEnvironment = (environment: string) => ({
  'aws:ResourceTag/managed-by': 'terrace',
  'aws:ResourceTag/environment': environment,
});

type Attempt = readonly [what: string, action: string, resource?: string, context?: Request['context']];

/** As arguments of a test. */
const requests = (attempts: readonly Attempt[]): readonly (readonly [what: string, request: Request])[] =>
  attempts.map(([what, action, resource, context]) => [what, { action, resource, context }]);

const ESCALATIONS: readonly Attempt[] = [
  ['create a role without a boundary', 'iam:CreateRole', iam('role/shop-prod-eve')],
  ["create a role within another environment's boundary", 'iam:CreateRole', iam('role/shop-prod-eve'), FOREIGN],
  ['write a policy of a role without a boundary', 'iam:PutRolePolicy', iam('role/shop-prod-old')],
  ["write a policy of another environment's role", 'iam:PutRolePolicy', iam('role/shop-dev-api-task'), FOREIGN],
  ['attach a policy to a role without a boundary', 'iam:AttachRolePolicy', iam('role/shop-prod-old')],
  ['remove a boundary', 'iam:DeleteRolePermissionsBoundary', iam('role/shop-prod-api-task'), OWN],
  ['widen a boundary by replacing it', 'iam:PutRolePermissionsBoundary', iam('role/shop-prod-api-task'), FOREIGN],
  ['let itself into an existing administrator', 'iam:UpdateAssumeRolePolicy', iam('role/OrganizationAccountAccessRole')],
  ['assume a role that trusts the account', 'sts:AssumeRole', iam('role/cdk-hnb659fds-deploy-role'), IN_ACCOUNT],
  ["assume another environment's role", 'sts:AssumeRole', iam('role/shop-dev-api-task'), IN_ACCOUNT],
  ['pass an administrator to a service', 'iam:PassRole', iam('role/admin')],
  ["pass another environment's role to a service", 'iam:PassRole', iam('role/shop-dev-api-task')],
  ['write a version of its boundary', 'iam:CreatePolicyVersion', iam('policy/shop-prod-terraform-boundary')],
  ['go back to an older boundary', 'iam:SetDefaultPolicyVersion', iam('policy/shop-prod-terraform-boundary')],
  ["delete another environment's boundary", 'iam:DeletePolicy', iam('policy/shop-dev-terraform-boundary')],
  ['write a version of a policy that others have', 'iam:CreatePolicyVersion', iam('policy/developers')],
  ['widen the plan role', 'iam:CreatePolicyVersion', iam('policy/shop-terraform-plan-1')],
  ['write a policy of the plan role', 'iam:PutRolePolicy', iam('role/shop-terraform-plan')],
  ['write a policy of its own role', 'iam:PutRolePolicy', iam('role/shop-prod-terraform-apply'), OWN],
  ['change who may assume its own role', 'iam:UpdateAssumeRolePolicy', iam('role/shop-prod-terraform-apply'), OWN],
  ["change who may assume another store's apply role", 'iam:UpdateAssumeRolePolicy', iam('role/other-prod-terraform-apply'), OWN],
  ['put another role into an instance profile', 'iam:AddRoleToInstanceProfile', iam('instance-profile/bastion')],
  ['trust another issuer of tokens', 'iam:CreateOpenIDConnectProvider', iam('oidc-provider/evil.example')],
  ['trust another certificate of GitHub', 'iam:UpdateOpenIDConnectProviderThumbprint', iam(`oidc-provider/github`)],
  ['trust a SAML provider', 'iam:CreateSAMLProvider', iam('saml-provider/eve')],
  ['create a user', 'iam:CreateUser', iam('user/eve')],
  ['create an access key', 'iam:CreateAccessKey', iam('user/alice')],
  ['set a password', 'iam:CreateLoginProfile', iam('user/alice')],
  ['upload a signing certificate', 'iam:UploadSigningCertificate', iam('user/alice')],
  ['create credentials of a service', 'iam:CreateServiceSpecificCredential', iam('user/alice')],
  ['join a group', 'iam:AddUserToGroup', iam('group/administrators')],
  ['register a multi-factor device', 'iam:CreateVirtualMFADevice', iam('mfa/eve')],
  ['open a session of the root user', 'sts:AssumeRoot', iam('root')],
  ['create an account assignment', 'sso:CreateAccountAssignment'],
  ['create a user of the identity centre', 'identitystore:CreateUser'],
  ['trust certificates', 'rolesanywhere:CreateTrustAnchor'],
  ['leave the organisation', 'organizations:LeaveOrganization'],
  ['change the contact of the account', 'account:PutAlternateContact'],
];

const STORE_AND_TRAIL: readonly Attempt[] = [
  ["write another environment's state", 's3:PutObject', state('dev/data/terraform.tfstate')],
  ["read another environment's state", 's3:GetObject', state('dev/data/terraform.tfstate')],
  ["break another environment's lock", 's3:DeleteObject', state('dev/data/terraform.tfstate.tflock')],
  ["write the zone's state", 's3:PutObject', state('zone-shop-example/zone/terraform.tfstate')],
  ["write bootstrap's state", 's3:PutObject', state('bootstrap/terraform.tfstate')],
  ["read bootstrap's state", 's3:GetObject', state('bootstrap/terraform.tfstate')],
  ['erase the history of its own state', 's3:DeleteObjectVersion', state('prod/data/terraform.tfstate')],
  ['delete the state bucket', 's3:DeleteBucket', arns.bucket],
  ['open the state bucket', 's3:PutBucketPolicy', arns.bucket],
  ['read states by way of an access point', 's3:CreateAccessPoint', `arn:aws:s3:eu-west-1:${ACCOUNT}:accesspoint/eve`],
  ["delete another store's bucket", 's3:DeleteBucket', 'arn:aws:s3:::other-terraform-state'],
  ["write another store's state", 's3:PutObject', 'arn:aws:s3:::other-terraform-state/prod/data/terraform.tfstate'],
  [
    "hold another environment's lock",
    'dynamodb:PutItem',
    arns.lockTable,
    { 'dynamodb:LeadingKeys': ['acme-shop-states/dev/data/terraform.tfstate'] },
  ],
  [
    "hold another environment's lock next to its own",
    'dynamodb:PutItem',
    arns.lockTable,
    { 'dynamodb:LeadingKeys': ['acme-shop-states/prod/data/terraform.tfstate', 'acme-shop-states/dev/data/terraform.tfstate'] },
  ],
  ['let others into the lock table', 'dynamodb:PutResourcePolicy', arns.lockTable],
  ['delete the lock table', 'dynamodb:DeleteTable', arns.lockTable],
  [
    "delete another store's lock table",
    'dynamodb:DeleteTable',
    `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/other-terraform-locks`,
  ],
  ['grant the use of the state key', 'kms:CreateGrant', KEY, key('shop-terraform-state')],
  ['write the policy of the state key', 'kms:PutKeyPolicy', KEY, key('shop-terraform-state')],
  ['delete the state key', 'kms:ScheduleKeyDeletion', KEY, key('shop-terraform-state')],
  ["disable the trail's key", 'kms:DisableKey', KEY, key('shop-audit')],
  ["write the policy of the trail's key", 'kms:PutKeyPolicy', KEY, key('shop-audit')],
  ["disable another store's state key", 'kms:DisableKey', KEY, key('other-terraform-state')],
  ['point an alias elsewhere', 'kms:UpdateAlias', `arn:aws:kms:eu-west-1:${ACCOUNT}:alias/shop-terraform-state`],
  ['remove an alias', 'kms:DeleteAlias', `arn:aws:kms:eu-west-1:${ACCOUNT}:alias/shop-audit`],
  ['stop the trail', 'cloudtrail:StopLogging', arns.trail],
  ['delete an audit log', 's3:DeleteObject', `${arns.trailBucket}/AWSLogs/1.json.gz`],
  ['open the bucket of audit logs', 's3:PutBucketPolicy', arns.trailBucket],
  ['lift an object lock', 's3:BypassGovernanceRetention', 'arn:aws:s3:::shop-prod-uploads/1'],
];

const OTHER_ENVIRONMENT: readonly Attempt[] = [
  ['delete its database', 'rds:DeleteDBInstance', `arn:aws:rds:eu-west-1:${ACCOUNT}:db:shop-dev`, ofEnvironment('shop-dev')],
  ['read its secrets', 'secretsmanager:GetSecretValue', '*', ofEnvironment('shop-dev')],
  ['retag what it has', 'ec2:CreateTags', '*', ofEnvironment('shop-dev')],
  ['change its function', 'lambda:UpdateFunctionCode', '*', ofEnvironment('shop-dev')],
];

const NEEDED: readonly Attempt[] = [
  ['create a role within the boundary', 'iam:CreateRole', iam('role/shop-prod-api-task'), OWN],
  ['bound a role of an earlier version', 'iam:PutRolePermissionsBoundary', iam('role/shop-prod-api-task'), OWN],
  ['write a policy of a role', 'iam:PutRolePolicy', iam('role/shop-prod-api-task'), OWN],
  [
    'attach the policy that AWS prescribes',
    'iam:AttachRolePolicy',
    iam('role/shop-prod-nodes'),
    { ...OWN, 'iam:PolicyARN': 'arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy' },
  ],
  ['change who may assume a role', 'iam:UpdateAssumeRolePolicy', iam('role/shop-prod-api-task'), OWN],
  ['tag a role', 'iam:TagRole', iam('role/shop-prod-api-task')],
  ['delete a role', 'iam:DeleteRole', iam('role/shop-prod-api-task'), OWN],
  ['pass a role', 'iam:PassRole', iam('role/shop-prod-api-task')],
  ['create an instance profile', 'iam:CreateInstanceProfile', iam('instance-profile/shop-prod-box')],
  ['put a role into it', 'iam:AddRoleToInstanceProfile', iam('instance-profile/shop-prod-box')],
  [
    'create a service-linked role',
    'iam:CreateServiceLinkedRole',
    iam('role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS'),
  ],
  ['read its state', 's3:GetObject', state('prod/data/terraform.tfstate')],
  ['write its state', 's3:PutObject', state('prod/data/terraform.tfstate')],
  ['lock its state', 's3:PutObject', state('prod/data/terraform.tfstate.tflock')],
  ['release its lock', 's3:DeleteObject', state('prod/data/terraform.tfstate.tflock')],
  ['find states', 's3:ListBucket', arns.bucket],
  ["read the zone's state", 's3:GetObject', state('zone-shop-example/zone/terraform.tfstate')],
  [
    'lock in the table',
    'dynamodb:PutItem',
    arns.lockTable,
    { 'dynamodb:LeadingKeys': ['acme-shop-states/prod/data/terraform.tfstate'] },
  ],
  [
    'write the checksum of its state',
    'dynamodb:PutItem',
    arns.lockTable,
    { 'dynamodb:LeadingKeys': ['acme-shop-states/prod/data/terraform.tfstate-md5'] },
  ],
  ['decrypt states', 'kms:Decrypt', KEY, key('shop-terraform-state')],
  ['encrypt states', 'kms:GenerateDataKey', KEY, key('shop-terraform-state')],
  ['write the policy of its own key', 'kms:PutKeyPolicy', KEY, { ...key('shop-prod'), ...ofEnvironment('shop-prod') }],
  ['let a service use its own key', 'kms:CreateGrant', KEY, { ...key('shop-prod'), ...ofEnvironment('shop-prod') }],
  ['create the alias of its key', 'kms:CreateAlias', `arn:aws:kms:eu-west-1:${ACCOUNT}:alias/shop-prod`],
  ['delete its own bucket', 's3:DeleteBucket', 'arn:aws:s3:::shop-prod-uploads'],
  ['change its own database', 'rds:ModifyDBInstance', '*', ofEnvironment('shop-prod')],
  ["read what another team's tags protect", 'secretsmanager:GetSecretValue', '*', { 'aws:ResourceTag/environment': 'billing' }],
  [
    'assume a role of another account',
    'sts:AssumeRole',
    'arn:aws:iam::210987654321:role/x',
    { 'aws:ResourceAccount': '210987654321' },
  ],
];

describe('within its boundary, a pipeline with administrator rights', () => {
  it.each(requests([...ESCALATIONS, ...STORE_AND_TRAIL, ...OTHER_ENVIRONMENT]))('cannot %s', (_what, request) =>
    expect(can(request)).toBe(false),
  );

  it.each(requests(NEEDED))('can %s', (_what, request) => expect(can(request)).toBe(true));

  it('could do all of the former without it', () => {
    for (const [what, request] of requests([...ESCALATIONS, ...STORE_AND_TRAIL, ...OTHER_ENVIRONMENT]))
      expect([what, isAllowed(request, ADMINISTRATOR)]).toEqual([what, true]);
  });

  it('has no items of the lock table where states are locked by files', () => {
    const context = { 'dynamodb:LeadingKeys': ['acme-shop-states/prod/data/terraform.tfstate'] };
    expect(
      isAllowed({ action: 'dynamodb:PutItem', resource: arns.lockTable, context }, ADMINISTRATOR, boundaryFor({ lock: 's3' })),
    ).toBe(false);
  });
});

describe('object locks', () => {
  const lock = (bucket: string): Request => ({
    action: 's3:PutBucketObjectLockConfiguration',
    resource: `arn:aws:s3:::${bucket}`,
  });
  const withLocks = boundaryFor({ group: { ...prod, lockedBuckets: ['shop-prod-records', 'shop-prod-invoices'] } });
  const canWithLocks = (request: Request): boolean => isAllowed(request, ADMINISTRATOR, withLocks);

  it('are put on the buckets that the environment locks', () => {
    for (const bucket of ['shop-prod-records', 'shop-prod-invoices']) expect(canWithLocks(lock(bucket))).toBe(true);
  });

  it('are not put on, or changed of, any other bucket, and not by other environments', () => {
    for (const bucket of ['shop-prod-uploads', 'shop-dev-records', 'acme-shop-states-audit'])
      expect(canWithLocks(lock(bucket))).toBe(false);
    expect(can(lock('shop-prod-records'))).toBe(false);
  });

  it('are lifted by no pipeline', () => {
    const lift = { action: 's3:BypassGovernanceRetention', resource: 'arn:aws:s3:::shop-prod-records/one' };
    expect([can(lift), canWithLocks(lift)]).toEqual([false, false]);
  });
});

describe('the documents', () => {
  it('fit IAM, also with the longest names and a zone of many environments', () => {
    const longest = storeArns({
      storeName: 's'.repeat(30),
      account: ACCOUNT,
      region: 'ap-southeast-1',
      bucket: 'b'.repeat(63),
      lockTable: 't'.repeat(255),
    });
    const zone = `zone-${'z'.repeat(100)}`;
    const readsStates = ['*/edge/terraform.tfstate'];
    const characters = (props: BoundaryProps) => policyJson(boundaryStatements(props)).length;
    expect(
      characters({ group: { name: zone, statePrefix: `${zone}/`, readsStates, lockedBuckets: [] }, arns: longest, lock: 'both' }),
    ).toBeLessThan(MANAGED_POLICY_CHARACTERS);
    expect(characters({ group: prod, arns, lock: 'both' })).toBeLessThan(4500);
  });

  it('keep the ends of names by which they protect roles and policies', () => {
    for (const name of ['shop-prod', `zone-${'z'.repeat(200)}`]) {
      expect(applyRoleName(name)).toMatch(/-terraform-apply$/);
      expect(applyRoleName(name).length).toBeLessThanOrEqual(64);
      expect(boundaryName(name)).toMatch(/-terraform-boundary$/);
      expect(boundaryName(name).length).toBeLessThanOrEqual(128);
    }
  });
});

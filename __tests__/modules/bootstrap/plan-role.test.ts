/** The plan role, by requests: it reads what a refresh reads, and no contents but those that plans compare. */
import {
  contentStatements,
  PlanRole,
  refreshPolicies,
  type PlanPermissionsProps,
} from '../../../src/modules/bootstrap/plan-role';
import { readableContents } from '../../../src/modules/bootstrap/readable-contents';
import { REFRESH_ACTIONS } from '../../../src/modules/bootstrap/refresh-actions';
import { storeArns } from '../../../src/modules/bootstrap/store-arns';
import { MANAGED_POLICY_CHARACTERS, policyJson } from '../../../src/modules/iam/policy';
import { boxed } from '../../support/boxed';
import { example, rotatingLogin } from '../../support/example';
import { isAllowed, statementsOf, type Request } from '../../support/iam-evaluator';
import { github, storedEnvironment } from '../../support/stores';
import { resourcesOf, synthModule, theOnly } from '../../support/synth';

const ACCOUNT = '123456789012';
const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555`;
const providerArn = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;
const arns = storeArns({
  storeName: 'shop',
  account: ACCOUNT,
  region: 'eu-west-1',
  bucket: 'shop-terraform-state',
  lockTable: 'shop-terraform-locks',
});

const environment = storedEnvironment('shop-prod', {}, rotatingLogin(example({ name: 'shop-prod' })));
const props: PlanPermissionsProps = {
  arns,
  keyArn: KEY,
  lock: 'both',
  statePrefixes: ['prod/', 'zone-shop-example/'],
  contents: readableContents([environment], ACCOUNT),
};

const policies = [...refreshPolicies([]).flat(), ...contentStatements(props)];
const role = statementsOf(policyJson(policies));
const can = (request: Request): boolean => isAllowed(request, role);

type Attempt = readonly [what: string, action: string, resource?: string, context?: Request['context']];

/** As arguments of a test. */
const requests = (attempts: readonly Attempt[]): readonly (readonly [what: string, request: Request])[] =>
  attempts.map(([what, action, resource, context]) => [what, { action, resource, context }]);

const secret = (name: string) => `arn:aws:secretsmanager:eu-west-1:${ACCOUNT}:secret:${name}-Ab12Cd`;
const decryption = (service: string, context: Record<string, string>) => ({
  'kms:ViaService': `${service}.eu-west-1.amazonaws.com`,
  ...context,
});
const ofSecret = (name: string) => decryption('secretsmanager', { 'kms:EncryptionContext:SecretARN': secret(name) });
const ofObject = (bucket: string) => decryption('s3', { 'kms:EncryptionContext:aws:s3:arn': `arn:aws:s3:::${bucket}` });
const SEED = '/shop/prod/database/master-seed';
const locks = (id: string) => ({ 'dynamodb:LeadingKeys': [id] });

const READ: readonly Attempt[] = [
  ['the states of environments', 's3:GetObject', 'arn:aws:s3:::shop-terraform-state/prod/data/terraform.tfstate'],
  ['the states of shared zones', 's3:GetObject', 'arn:aws:s3:::shop-terraform-state/zone-shop-example/zone/terraform.tfstate'],
  ['them decrypted', 'kms:Decrypt', KEY, ofObject('shop-terraform-state')],
  ['their checksums', 'dynamodb:GetItem', arns.lockTable, locks('shop-terraform-state/prod/data/terraform.tfstate-md5')],
  ['which image runs', 'ssm:GetParameter', `arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/shop/prod/images/api`],
  ['images that AWS publishes', 'ssm:GetParameter', 'arn:aws:ssm:eu-west-1::parameter/aws/service/ami-amazon-linux-latest/x'],
  ['the first password of a database', 'secretsmanager:GetSecretValue', secret(SEED)],
  ['it decrypted', 'kms:Decrypt', `arn:aws:kms:eu-west-1:${ACCOUNT}:key/of-the-environment`, ofSecret(SEED)],
];

const NOT_READ: readonly Attempt[] = [
  ["bootstrap's state", 's3:GetObject', 'arn:aws:s3:::shop-terraform-state/bootstrap/terraform.tfstate'],
  [
    'the state of an environment that the store does not know',
    's3:GetObject',
    'arn:aws:s3:::shop-terraform-state/x/data/terraform.tfstate',
  ],
  ['an older version of a state', 's3:GetObjectVersion', 'arn:aws:s3:::shop-terraform-state/prod/data/terraform.tfstate'],
  ['an object of another bucket', 's3:GetObject', 'arn:aws:s3:::shop-prod-uploads/passport.jpg'],
  ['a secret', 'secretsmanager:GetSecretValue', secret('/shop/prod/jwt')],
  ['the master login', 'secretsmanager:GetSecretValue', secret('/shop/prod/database/master')],
  ["another team's secret with the end of a seed's name", 'secretsmanager:GetSecretValue', secret('/wallet/rng-seed')],
  ['a secret whose name continues that of a seed', 'secretsmanager:GetSecretValue', secret(`${SEED}-phrase`)],
  ['secrets in bulk', 'secretsmanager:BatchGetSecretValue'],
  ['a decrypted secret', 'kms:Decrypt', KEY, ofSecret('/shop/prod/jwt')],
  ['a decrypted object', 'kms:Decrypt', KEY, ofObject('shop-prod-uploads')],
  ['anything decrypted outside of S3', 'kms:Decrypt', KEY],
  ['a parameter that is no image', 'ssm:GetParameter', `arn:aws:ssm:eu-west-1:${ACCOUNT}:parameter/shop/prod/stripe-key`],
  ['earlier parameters', 'ssm:GetParameterHistory'],
  ['what a command printed on a host', 'ssm:GetCommandInvocation'],
  ['what commands printed on hosts', 'ssm:ListCommandInvocations'],
  ['the commands themselves', 'ssm:ListCommands'],
  ['traces of requests', 'xray:BatchGetTraces'],
  ['summaries of requests', 'xray:GetTraceSummaries'],
  ['log lines', 'logs:FilterLogEvents'],
  ['log lines in another way', 'logs:GetLogEvents'],
  ['one log entry', 'logs:GetLogObject'],
  ['results of log queries', 'logs:GetQueryResults'],
  ['queued messages', 'sqs:ReceiveMessage'],
  ['items of a table', 'dynamodb:GetItem', `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/customers`],
  ['items by query', 'dynamodb:Query'],
  ['items by scan', 'dynamodb:Scan'],
  ['changes of items', 'dynamodb:GetRecords'],
  ['the code of a function', 'lambda:GetFunction'],
  ['the variables of a function', 'lambda:GetFunctionConfiguration'],
  ['the logs and variables of builds', 'codebuild:BatchGetBuilds'],
  ['what a state machine ran with', 'states:GetExecutionHistory'],
  ['results of trail queries', 'cloudtrail:GetQueryResults'],
  ['layers of an image', 'ecr:GetDownloadUrlForLayer'],
  ['documents of a search domain', 'es:ESHttpGet'],
  ['the console of a host', 'ec2:GetConsoleOutput'],
  ['the password of a host', 'ec2:GetPasswordData'],
  ['a token of an identity pool', 'cognito-identity:GetOpenIdTokenForDeveloperIdentity'],
  ['a token of a registry', 'ecr:GetAuthorizationToken'],
  ['log files of a database', 'rds:DownloadDBLogFilePortion'],
];

const NOT_WRITTEN: readonly Attempt[] = [
  ['a state', 's3:PutObject', 'arn:aws:s3:::shop-terraform-state/prod/data/terraform.tfstate'],
  ['a lock file', 's3:PutObject', 'arn:aws:s3:::shop-terraform-state/prod/data/terraform.tfstate.tflock'],
  ['a lock', 'dynamodb:PutItem', arns.lockTable, locks('shop-terraform-state/prod/data/terraform.tfstate')],
  ['the release of a lock', 'dynamodb:DeleteItem', arns.lockTable, locks('shop-terraform-state/prod/data/terraform.tfstate')],
  ['a checksum', 'dynamodb:PutItem', arns.lockTable, locks('shop-terraform-state/prod/data/terraform.tfstate-md5')],
  ['anything encrypted', 'kms:GenerateDataKey', KEY, ofObject('shop-terraform-state')],
  ['another session', 'sts:AssumeRole'],
];

describe('the plan role', () => {
  it.each(requests(READ))('reads %s', (_what, request) => expect(can(request)).toBe(true));

  it.each(requests(NOT_READ))('does not read %s', (_what, request) => expect(can(request)).toBe(false));

  it.each(requests(NOT_WRITTEN))('does not write %s', (_what, request) => expect(can(request)).toBe(false));

  it('has only actions that read, none by a pattern', () => {
    const verbs = /^[a-z0-9-]+:(?:BatchGetProjects|Describe|Get|List|View)[A-Za-z0-9]*$/;
    expect(
      Object.values(REFRESH_ACTIONS)
        .flat()
        .filter((action) => !verbs.test(action)),
    ).toEqual([]);
    const contents = contentStatements(props).flatMap(({ actions }) => actions);
    expect(contents.filter((action) => action.includes('*'))).toEqual([]);
  });

  it('reads the table only where states are locked in it', () => {
    const sids = (lock: 'dynamodb' | 's3') => contentStatements({ ...props, lock }).map(({ sid }) => sid);
    expect(sids('dynamodb')).toContain('ReadDigests');
    expect(sids('s3')).not.toContain('ReadDigests');
  });

  it('reads the configuration of single hosts, and of no others', () => {
    const object = 'arn:aws:s3:::shop-box-box-configuration/configuration.json';
    const box = storedEnvironment('shop-box', {}, boxed({ name: 'shop-box' }));
    expect(readableContents([box], ACCOUNT).objects).toEqual([object]);
    expect(readableContents([environment], ACCOUNT).objects).toEqual([]);
  });

  it('reads no seed where RDS keeps the password', () => {
    expect(readableContents([storedEnvironment('shop-prod')], ACCOUNT).seeds).toEqual([]);
    expect(
      contentStatements({ ...props, contents: readableContents([storedEnvironment('shop-prod')], ACCOUNT) }),
    ).not.toContainEqual(expect.objectContaining({ sid: 'ReadSeeds' }));
  });
});

describe('its policies', () => {
  const module = synthModule(
    (stack) =>
      void new PlanRole(stack, 'plan', {
        ...props,
        name: arns.planRoleName,
        providerArn,
        repository: github,
        environments: ['drift'],
        refreshActions: [],
      }),
  );

  it('fit IAM: ten managed ones of 6,144 characters, and 10,240 characters inside the role, for 20 environments', () => {
    const documents = resourcesOf(module, 'aws_iam_policy').map(({ policy }) => policy as string);
    expect(documents.length).toBeLessThanOrEqual(10);
    for (const document of documents) expect(document.length).toBeLessThanOrEqual(MANAGED_POLICY_CHARACTERS);
    expect(resourcesOf(module, 'aws_iam_role_policy_attachment')).toHaveLength(documents.length);
    const many = Array.from({ length: 20 }, (_one, index) => {
      const name = `shop-${'e'.repeat(20)}${index}`;
      return storedEnvironment(name, {}, rotatingLogin(example({ name })));
    });
    const statePrefixes = many.map(({ identity }) => `${identity.shortName}/`);
    expect(
      policyJson(contentStatements({ ...props, statePrefixes, contents: readableContents(many, ACCOUNT) })).length,
    ).toBeLessThan(10_240);
  });

  it('are split where one would be too long, and no action is lost', () => {
    const parts = refreshPolicies([], 1000);
    for (const part of parts) expect(policyJson(part).length).toBeLessThanOrEqual(1000);
    const actions = (statements: readonly { readonly actions: readonly string[] }[]) => statements.flatMap((one) => one.actions);
    expect(actions(parts.flat())).toEqual(actions(refreshPolicies([]).flat()));
    expect(parts.length).toBeGreaterThan(1);
  });

  it('are trusted to the named GitHub environments of one repository, by its ids, and to no pull request', () => {
    const [trust] = statementsOf(theOnly(module, 'aws_iam_role').assume_role_policy as string);
    expect(trust?.Condition).toEqual({
      StringEquals: {
        'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
        'token.actions.githubusercontent.com:sub': ['repo:shop-inc@123456/infrastructure@456789:environment:drift'],
      },
    });
  });
});

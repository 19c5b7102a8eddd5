/** `bootstrap-<store>`. */
import { parseEnvironment, storesInUse, type ResolvedEnvironment } from '../../src/config';
import type { StateStore } from '../../src/config/resolved/environment';
import { addBootstrap, BootstrapStack } from '../../src/stacks/bootstrap-stack';
import { example } from '../support/example';
import { isAllowed, statementsOf } from '../support/iam-evaluator';
import { github, store, storedEnvironment } from '../support/stores';
import { resourcesOf, synthApp, theOnly, type RootModule } from '../support/synth';

const environments = [storedEnvironment('shop-prod'), storedEnvironment('shop-dev')];
const stackOf = (changes: Partial<StateStore> = {}, account: string | undefined = '123456789012'): RootModule =>
  synthApp(
    (app) => void new BootstrapStack(app, { store: store(changes), account, environments, tags: { 'managed-by': 'terrace' } }),
  )['bootstrap-shop'] as RootModule;

describe('bootstrap', () => {
  it('keeps its first state in a file, and then in the bucket that it created, under a separate key', () => {
    expect(stackOf().terraform.backend).toEqual({ local: { path: '../../../terraform.bootstrap-shop.tfstate' } });
    expect(stackOf({ ownState: 'bucket' }).terraform.backend.s3).toMatchObject({
      bucket: 'shop-terraform-state',
      key: 'bootstrap/terraform.tfstate',
      kms_key_id: 'alias/shop-terraform-state',
    });
  });

  it('changes nothing but its backend and its outputs when its state moves', () => {
    expect(stackOf({ ownState: 'bucket' }).resource).toEqual(stackOf().resource);
  });

  it("is in the store's region and account", () => {
    expect(stackOf({ region: 'us-east-1' }).provider.aws?.[0]).toMatchObject({
      region: 'us-east-1',
      allowed_account_ids: ['123456789012'],
    });
  });

  it('creates exactly what the backends of other stacks name', () => {
    const module = stackOf();
    expect(theOnly(module, 'aws_s3_bucket').bucket).toBe('shop-terraform-state');
    expect(theOnly(module, 'aws_dynamodb_table').name).toBe('shop-terraform-locks');
    expect(theOnly(module, 'aws_kms_alias').name).toBe('alias/shop-terraform-state');
  });

  it('works without knowing its account', () => {
    const unknown = synthApp((app) => void new BootstrapStack(app, { store: store(), environments: [], tags: {} }))[
      'bootstrap-shop'
    ];
    expect(theOnly(unknown as RootModule, 'aws_kms_key').policy).toContain(
      'arn:aws:iam::${data.aws_caller_identity.account.account_id}:root',
    );
  });

  it('says how to move its own state, until it is moved', () => {
    expect(stackOf().output?.next_step?.value).toContain(
      'npm run synth && cd cdktf.out/stacks/bootstrap-shop && terraform init -migrate-state',
    );
    expect(stackOf({ ownState: 'bucket' }).output?.next_step?.value).toContain(
      's3://shop-terraform-state/bootstrap/terraform.tfstate',
    );
  });
});

describe('GitHub in bootstrap', () => {
  it('has no access unless a repository is named', () => {
    expect(resourcesOf(stackOf(), 'aws_iam_role')).toEqual([]);
    expect(stackOf().resource).not.toHaveProperty('aws_iam_openid_connect_provider');
  });

  it('gets a plan role, and an apply role for each environment that is named; their ARNs are the output that workflows take', () => {
    const module = stackOf({ github: { ...github, applyEnvironments: ['shop-prod', 'shop-dev'] } });
    expect(resourcesOf(module, 'aws_iam_role').map(({ name }) => name)).toEqual([
      'shop-dev-terraform-apply',
      'shop-prod-terraform-apply',
      'shop-terraform-plan',
    ]);
    expect(module.output?.github_roles?.value).toEqual({
      shop: {
        plan: '${aws_iam_role.plan_role.arn}',
        apply: {
          'shop-prod': '${aws_iam_role.apply-shop-prod_role.arn}',
          'shop-dev': '${aws_iam_role.apply-shop-dev_role.arn}',
        },
      },
    });
  });

  it('applies an environment only from its GitHub environments', () => {
    const module = stackOf({ github: { ...github, applyEnvironments: ['shop-prod', 'shop-dev'] } });
    const [trust] = statementsOf(module.resource?.aws_iam_role?.['apply-shop-dev_role']?.assume_role_policy as string);
    expect(trust?.Condition?.StringEquals).toEqual({
      'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
      'token.actions.githubusercontent.com:sub': [
        'repo:shop-inc@123456/infrastructure@456789:environment:shop-dev',
        'repo:shop-inc@123456/infrastructure@456789:environment:shop-dev-approval',
      ],
    });
  });

  it('applies an environment within a boundary that no other environment has', () => {
    const module = stackOf({ github: { ...github, applyEnvironments: ['shop-prod', 'shop-dev'] } });
    const role = module.resource?.aws_iam_role?.['apply-shop-dev_role'];
    expect(role?.permissions_boundary).toBe('${aws_iam_policy.apply-shop-dev_boundary.arn}');
    const boundary = statementsOf(module.resource?.aws_iam_policy?.['apply-shop-dev_boundary']?.policy as string);
    const writes = (key: string) =>
      isAllowed({ action: 's3:PutObject', resource: `arn:aws:s3:::shop-terraform-state/${key}` }, boundary);
    expect(writes('dev/data/terraform.tfstate')).toBe(true);
    expect(writes('prod/data/terraform.tfstate')).toBe(false);
  });

  it('applies nothing where no environment is named', () => {
    const module = stackOf({ github: { ...github, applyEnvironments: [] } });
    expect(theOnly(module, 'aws_iam_role').name).toBe('shop-terraform-plan');
    expect(module.output?.github_roles?.value).toEqual({ shop: { plan: '${aws_iam_role.plan_role.arn}', apply: {} } });
  });

  it('refuses an environment that it does not know, instead of leaving its role out', () =>
    expect(() => stackOf({ github: { ...github, applyEnvironments: ['shop-qa'] } })).toThrow('"shop-qa"'));

  it("uses the account's provider where there is one", () => {
    const module = stackOf({ github: { ...github, oidcProvider: 'existing' } });
    expect(module.resource).not.toHaveProperty('aws_iam_openid_connect_provider');
    expect(
      theOnly(stackOf({ github: { ...github, oidcProvider: 'existing', applyEnvironments: [] } }), 'aws_iam_role')
        .assume_role_policy,
    ).toContain('data.aws_iam_openid_connect_provider.github.arn');
  });
});

describe('cost anomalies', () => {
  const singletons = (costAnomalies: StateStore['singletons']['costAnomalies']) => ({ ...store().singletons, costAnomalies });
  const types = ['aws_ce_anomaly_monitor', 'aws_ce_anomaly_subscription'];

  it('of any service are reported by e-mail once a day, from the impact that the store says', () => {
    const emails = ['ops@shop.example', 'cto@shop.example'];
    const module = stackOf({ singletons: singletons({ kind: 'create', emails, minimumUsd: 25 }) });
    expect(theOnly(module, 'aws_ce_anomaly_monitor')).toMatchObject({
      name: 'shop-cost-anomalies',
      monitor_type: 'DIMENSIONAL',
      monitor_dimension: 'SERVICE',
    });
    expect(theOnly(module, 'aws_ce_anomaly_subscription')).toMatchObject({
      frequency: 'DAILY',
      monitor_arn_list: ['${aws_ce_anomaly_monitor.cost-anomalies_monitor.arn}'],
      subscriber: emails.map((address) => ({ type: 'EMAIL', address })),
      threshold_expression: { dimension: { key: 'ANOMALY_TOTAL_IMPACT_ABSOLUTE', values: ['25'] } },
    });
  });

  it('are left alone where the account has a monitor, and by default', () => {
    for (const kind of ['existing', 'none'] as const)
      for (const type of types) expect(resourcesOf(stackOf({ singletons: singletons({ kind }) }), type)).toEqual([]);
    for (const type of types) expect(resourcesOf(stackOf(), type)).toEqual([]);
  });
});

test('every store in use gets one stack', () => {
  const base = parseEnvironment(example());
  const environment = (name: string, account: string, changes: Partial<StateStore> = {}): ResolvedEnvironment => ({
    ...base,
    identity: { ...base.identity, environment: name, account },
    backend: { kind: 's3', store: store(changes) },
  });
  const own = { name: 'shop-eu', bucket: 'shop-eu-state' };
  const inTwoAccounts = [environment('shop-dev', '123456789012'), environment('shop-prod', '210987654321', own)];
  const stacks = synthApp((app) => {
    for (const used of storesInUse(inTwoAccounts)) addBootstrap(app, used);
  });
  expect(Object.keys(stacks)).toEqual(['bootstrap-shop', 'bootstrap-shop-eu']);
  expect(stacks['bootstrap-shop-eu']?.provider.aws?.[0]).toMatchObject({
    allowed_account_ids: ['210987654321'],
    default_tags: [{ tags: { 'state-store': 'shop-eu', 'managed-by': 'terrace' } }],
  });
});

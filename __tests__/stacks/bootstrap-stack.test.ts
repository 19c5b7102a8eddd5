/** `<store>-bootstrap`, and the stores that environments name. */
import { parseEnvironment, type ResolvedEnvironment } from '../../src/config';
import type { StateStore } from '../../src/config/resolved/environment';
import { BootstrapStack } from '../../src/stacks/bootstrap-stack';
import { addBootstrap, stateStores } from '../../src/stacks/state-stores';
import { example } from '../support/example';
import { github, store } from '../support/stores';
import { resourcesOf, synthApp, theOnly, type RootModule } from '../support/synth';

const stackOf = (changes: Partial<StateStore> = {}, account: string | undefined = '123456789012'): RootModule =>
  synthApp((app) => void new BootstrapStack(app, { store: store(changes), account, tags: { 'managed-by': 'terrace' } }))[
    'shop-bootstrap'
  ] as RootModule;

describe('bootstrap', () => {
  it('keeps its first state in a file, and then in the bucket that it created, under a separate key', () => {
    expect(stackOf().terraform.backend).toEqual({ local: { path: '../../../terraform.shop-bootstrap.tfstate' } });
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
    expect(theOnly(module, 'aws_dynamodb_table').name).toBe('terraform-locks');
    expect(theOnly(module, 'aws_kms_alias').name).toBe('alias/shop-terraform-state');
  });

  it('works without knowing its account', () => {
    const unknown = synthApp((app) => void new BootstrapStack(app, { store: store(), tags: {} }))['shop-bootstrap'];
    expect(theOnly(unknown as RootModule, 'aws_kms_key').policy).toContain(
      'arn:aws:iam::${data.aws_caller_identity.account.account_id}:root',
    );
  });

  it('says how to move its own state, until it is moved', () => {
    expect(stackOf().output?.next_step?.value).toContain(
      'npm run synth && cd cdktf.out/stacks/shop-bootstrap && terraform init -migrate-state',
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

  it('gets a plan and an apply role, whose ARNs are outputs', () => {
    const module = stackOf({ github });
    expect(resourcesOf(module, 'aws_iam_role').map(({ name }) => name)).toEqual(['shop-terraform-apply', 'shop-terraform-plan']);
    expect(module.output?.github_plan_role?.value).toBe('${aws_iam_role.plan_role.arn}');
    expect(module.output?.github_apply_role?.description).toContain('production');
  });

  it('applies nothing without a GitHub environment', () => {
    const module = stackOf({ github: { ...github, applyEnvironments: [] } });
    expect(theOnly(module, 'aws_iam_role').name).toBe('shop-terraform-plan');
    expect(module.output).not.toHaveProperty('github_apply_role');
    expect(module.resource).not.toHaveProperty('aws_iam_policy');
  });

  it("uses the account's provider where there is one", () => {
    const module = stackOf({ github: { ...github, oidcProvider: 'existing' } });
    expect(module.resource).not.toHaveProperty('aws_iam_openid_connect_provider');
    expect(
      theOnly(stackOf({ github: { ...github, oidcProvider: 'existing', applyEnvironments: [] } }), 'aws_iam_role')
        .assume_role_policy,
    ).toContain('data.aws_iam_openid_connect_provider.github.arn');
  });
});

describe('the stores of a set of environments', () => {
  const base = parseEnvironment(example());
  const environment = (
    shortName: string,
    changes: Partial<StateStore> = {},
    account: string | undefined = '123456789012',
  ): ResolvedEnvironment => ({
    ...base,
    identity: { ...base.identity, environment: `shop-${shortName}`, shortName, account },
    backend: { kind: 's3', store: store(changes) },
  });
  const message = (environments: readonly ResolvedEnvironment[]): string => {
    try {
      stateStores(environments);
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  };

  it('are each there once, with their account and environments', () => {
    const stores = stateStores([environment('dev', {}, undefined), environment('prod'), { ...base, backend: { kind: 'local' } }]);
    expect(stores).toHaveLength(1);
    expect(stores[0]).toMatchObject({ store: { name: 'shop' }, account: '123456789012' });
    expect(stores[0]?.environments.map(({ identity }) => identity.shortName)).toEqual(['dev', 'prod']);
  });

  it('become one bootstrap stack each', () => {
    const own = { name: 'shop-eu', bucket: 'shop-eu-state' };
    const stacks = synthApp((app) => {
      for (const used of stateStores([environment('dev'), environment('prod', own, '210987654321')])) addBootstrap(app, used);
    });
    expect(Object.keys(stacks)).toEqual(['shop-bootstrap', 'shop-eu-bootstrap']);
    expect(stacks['shop-eu-bootstrap']?.provider.aws?.[0]).toMatchObject({
      allowed_account_ids: ['210987654321'],
      default_tags: [{ tags: { 'state-store': 'shop-eu', 'managed-by': 'terrace' } }],
    });
  });

  it('are refused when one is described in two ways or is in two accounts, with every difference at once', () => {
    const text = message([environment('dev'), environment('prod', { lock: 's3', bucket: 'another' }, '210987654321')]);
    expect(text).toContain('3 problems');
    expect(text).toMatch(
      /shop-prod: backend\.store\.bucket\s+received {2}"another"\s+allowed {3}"shop-terraform-state", as in shop-dev/,
    );
    expect(text).toContain('shop-prod: backend.store.lock');
    expect(text).toMatch(/shop-prod: account\s+received {2}"210987654321"/);
  });

  it('are refused when two environments would write the same state', () => {
    expect(message([environment('prod'), environment('prod')])).toContain('have the same keys (prod/...)');
  });

  it('are refused when two would create the same bucket, table or GitHub provider', () => {
    const text = message([environment('dev', { github }), environment('prod', { name: 'other', github })]);
    expect(text).toContain('3 problems');
    expect(text).toMatch(/store other: bucket/);
    expect(text).toMatch(/store other: lockTable[\s\S]*other-terraform-locks/);
    expect(text).toMatch(/store other: github\.oidcProvider[\s\S]*"existing"/);
  });

  it('may use the same names in two accounts', () => {
    const other = { name: 'other', bucket: 'other-state', github };
    expect(message([environment('dev', { github }), environment('prod', other, '210987654321')])).toBe('');
  });
});

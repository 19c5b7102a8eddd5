/** The apply role of an environment is enough for its previews, within its boundary, and that of another environment is not. */
import { deploymentGroups, storesInUse } from '../../src/config';
import { boundaryName } from '../../src/config/names';
import { boundaryStatements } from '../../src/modules/bootstrap/boundary';
import { storeArns } from '../../src/modules/bootstrap/store-arns';
import { policyJson } from '../../src/modules/iam/policy';
import { CREATE_ACTIONS } from '../support/create-actions';
import { isAllowed, statementsOf } from '../support/iam-evaluator';
import { previewModule, previewOf } from '../support/previewed';
import type { Change } from '../support/rich';
import { github } from '../support/stores';
import { resourcesOf } from '../support/synth';

const ACCOUNT = '123456789012';
const BUCKET = 'arn:aws:s3:::shop-terraform-state';
const ADMINISTRATOR = statementsOf(policyJson([{ actions: ['*'], resources: ['*'] }]));

const applied =
  (name: string): Change =>
  (e) => {
    e.name = name;
    e.backend.store.github = { ...github, applyEnvironments: [name] };
  };

/** The boundary of the apply role of an environment. */
function boundaryOf(name: string) {
  const { parent } = previewOf(12, applied(name));
  const [{ store, environments } = { store: undefined, environments: [] }] = storesInUse([parent]);
  const [group] = deploymentGroups(environments);
  if (store === undefined || group === undefined) throw new Error(`${name} has no state store`);
  const { name: storeName, region, bucket, lockTable, lock } = store;
  const arns = storeArns({ storeName, account: ACCOUNT, region, bucket, lockTable });
  return statementsOf(policyJson(boundaryStatements({ group, arns, lock })));
}

const stack = previewModule(previewOf(12, applied('shop-dev')));
const own = boundaryOf('shop-dev');
const other = boundaryOf('shop-test');
const context = {
  'aws:ResourceTag/managed-by': 'terrace',
  'aws:ResourceTag/environment': stack.provider.aws?.[0]?.default_tags[0].tags.environment as string,
  'iam:PermissionsBoundary': `arn:aws:iam::${ACCOUNT}:policy/${boundaryName('shop-dev')}`,
};

it('creates and passes every role of a preview, which carries the boundary of the environment', () => {
  const roles = resourcesOf(stack, 'aws_iam_role');
  expect(roles.length).toBeGreaterThan(8);
  for (const { name, permissions_boundary: carried } of roles) {
    expect(carried).toBe(context['iam:PermissionsBoundary']);
    for (const action of ['iam:CreateRole', 'iam:TagRole', 'iam:PassRole', 'iam:PutRolePolicy', 'iam:DeleteRole']) {
      const request = { action, resource: `arn:aws:iam::${ACCOUNT}:role/${name}`, context };
      expect([name, action, isAllowed(request, ADMINISTRATOR, own)]).toEqual([name, action, true]);
      expect([name, action, isAllowed(request, ADMINISTRATOR, other)]).toEqual([name, action, false]);
    }
  }
});

it('creates every type of resource in a preview', () => {
  for (const type of Object.keys(stack.resource ?? {}))
    for (const action of CREATE_ACTIONS[type] ?? [`add ${type} to CREATE_ACTIONS`]) {
      const resource = action.startsWith('iam:')
        ? `arn:aws:iam::${ACCOUNT}:role/shop-dev-pr-12-x`
        : 'arn:aws:s3:::shop-dev-pr-12-x';
      expect([type, action, isAllowed({ action, resource, context }, ADMINISTRATOR, own)]).toEqual([type, action, true]);
    }
});

it('writes the state of a preview with its lock, and reads those that the preview reads', () => {
  const state = `${BUCKET}/${stack.terraform.backend.s3.key}`;
  for (const resource of [state, `${state}.tflock`]) {
    expect(isAllowed({ action: 's3:PutObject', resource }, ADMINISTRATOR, own)).toBe(true);
    expect(isAllowed({ action: 's3:PutObject', resource }, ADMINISTRATOR, other)).toBe(false);
  }
  for (const { config } of Object.values(stack.data?.terraform_remote_state ?? {}))
    expect(isAllowed({ action: 's3:GetObject', resource: `${BUCKET}/${config.key}` }, ADMINISTRATOR, own)).toBe(true);
});

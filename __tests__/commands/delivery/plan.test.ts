/** What a plan does, its digest, and stacks that cannot be planned yet. */
import { parsePlan } from '../../../src/checks/plan-guard/plan';
import { actionsOf, digestOf, summaryOf } from '../../../src/commands/delivery/actions';
import { whyLater } from '../../../src/commands/delivery/why-later';
import { actionsIn as actions, planJson, resourceChange } from '../../support/plans';

describe('what a plan does', () => {
  it('is listed by address and action, without values', () => {
    const said = actions(
      resourceChange('aws_vpc.main', ['create'], { after: { secret: 'hunter2' } }),
      resourceChange('aws_db_instance.main', ['delete', 'create']),
      resourceChange('aws_s3_bucket.same', ['no-op']),
      resourceChange('data.aws_ami.x', ['read'], { mode: 'data' }),
    );
    expect(said).toEqual([
      { address: 'aws_db_instance.main', action: 'replace' },
      { address: 'aws_vpc.main', action: 'create' },
    ]);
    expect(summaryOf(said)).toBe('1 to create, 1 to replace');
  });

  it('includes moves, which change nothing but the address', () => {
    const said = actions(resourceChange('aws_vpc.new', ['no-op'], { previous_address: 'aws_vpc.old' }));
    expect(said).toEqual([{ address: 'aws_vpc.new', action: 'move', from: 'aws_vpc.old' }]);
  });

  it('includes outputs, which later stacks read', () => {
    const text = planJson([], { output_changes: { vpc_id: { actions: ['update'] }, same: { actions: ['no-op'] } } });
    expect(actionsOf(parsePlan('x', text), text)).toEqual([{ address: 'output.vpc_id', action: 'update' }]);
  });
});

describe('the digest', () => {
  const one = actions(resourceChange('aws_vpc.a', ['create']), resourceChange('aws_vpc.b', ['update']));

  it('is equal for the same actions in any order and with any values', () => {
    const other = actions(resourceChange('aws_vpc.b', ['update'], { after: { x: 1 } }), resourceChange('aws_vpc.a', ['create']));
    expect(digestOf('s', other)).toBe(digestOf('s', one));
    expect(digestOf('s', one)).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['another action', actions(resourceChange('aws_vpc.a', ['create']), resourceChange('aws_vpc.b', ['delete']))],
    ['another address', actions(resourceChange('aws_vpc.a', ['create']), resourceChange('aws_vpc.c', ['update']))],
    ['one action more', [...one, ...actions(resourceChange('aws_vpc.z', ['create']))]],
    ['one action less', one.slice(1)],
  ])('differs for %s', (_, other) => expect(digestOf('s', other)).not.toBe(digestOf('s', one)));

  it('differs for another stack', () => expect(digestOf('t', one)).not.toBe(digestOf('s', one)));
});

describe('a stack that cannot be planned', () => {
  const missing =
    '╷\n│ Error: Unable to find remote state\n│ \n│   with data.terraform_remote_state.compute-fargate,\n│   on cdk.tf.json line 1\n│ \n│ No stored state was found for the given workspace in the given backend.\n╵\n';
  const attribute =
    'Error: Unsupported attribute\n\n on cdk.tf.json line 20:\n 20: "value": "${data.terraform_remote_state.network.outputs.new_id}"\nThis object does not have an attribute named "new_id".';

  it('is planned later when what it reads is not deployed yet', () =>
    expect(whyLater('shop-prod-edge', missing, new Set())).toBe(
      'shop-prod-compute-fargate is not deployed yet, and this stack reads its outputs',
    ));

  it('is planned later when it reads an output that the same change adds', () =>
    expect(whyLater('shop-prod-data', attribute, new Set(['shop-prod-network']))).toContain(
      'shop-prod-network must be applied first',
    ));

  it('has failed when no change adds the output', () => expect(whyLater('shop-prod-data', attribute, new Set())).toBeUndefined());

  it('is planned later without a state store', () =>
    expect(whyLater('shop-prod-network', 'Error: S3 bucket "shop-terraform-state" does not exist.', new Set())).toContain(
      'state store',
    ));

  it('has failed for any other reason', () =>
    expect(whyLater('shop-prod-data', 'Error: Invalid provider configuration', new Set())).toBeUndefined());
});

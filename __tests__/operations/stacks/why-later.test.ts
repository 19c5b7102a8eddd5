/** Stacks that cannot be planned yet. */
import { whyLater } from '../../../src/operations/stacks/why-later';

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

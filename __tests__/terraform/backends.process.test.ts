/** Where states lie: what is synthesised, and what the real terraform says to it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from '@cdktf/hcl2json';
import { App, TerraformStack } from 'cdktf';
import { stateKeyAlias } from '../../src/config/names';
import type { Backend, StateStore } from '../../src/config/resolved/environment';
import { readRemoteState, StackBackend } from '../../src/terraform/backends';
import { BootstrapStack } from '../../src/stacks/bootstrap-stack';
import { Handover } from '../../src/terraform/handover';
import { TerraceStack } from '../../src/terraform/terrace-stack';
import { store } from '../support/stores';
import { synthApp } from '../support/synth';
import { builtInOnly, Checkout, describeWithMoto, describeWithTerraform, Moto } from '../support/terraform';

const location = (backend: Backend) => ({ backend, stackId: 'shop-test-network', stateKey: 'test/network/terraform.tfstate' });
const s3 = (changes: Partial<StateStore> = {}): Backend => ({ kind: 's3', store: store(changes) });
const cloud: Backend = { kind: 'cloud', hostname: 'app.terraform.io', organization: 'shop-inc', project: 'shop' };

/** The settings block of a stack with this backend, and how another stack reads its state. */
function settings(backend: Backend) {
  const stacks = synthApp((app) => {
    const stack = new TerraceStack(app, { state: location(backend), region: 'eu-west-1', tags: {} });
    readRemoteState(stack, 'other', location(backend));
  });
  const module = stacks['shop-test-network'];
  return { terraform: module?.terraform ?? {}, remoteState: module?.data?.terraform_remote_state?.other };
}

describe('state in S3', () => {
  it("is under the stack's key, encrypted with the store's key", () => {
    const { terraform } = settings(s3());
    expect(terraform.backend.s3).toEqual({
      bucket: 'shop-terraform-state',
      key: 'test/network/terraform.tfstate',
      region: 'eu-west-1',
      encrypt: true,
      kms_key_id: 'alias/shop-terraform-state',
      dynamodb_table: 'shop-terraform-locks',
      use_lockfile: true,
    });
  });

  it('is locked in the way the store says and no other', () => {
    expect(settings(s3({ lock: 'dynamodb' })).terraform.backend.s3).not.toHaveProperty('use_lockfile');
    expect(settings(s3({ lock: 's3' })).terraform.backend.s3).not.toHaveProperty('dynamodb_table');
  });

  it('is read by other stacks from the same place, without the lock', () => {
    expect(settings(s3()).remoteState).toEqual({
      backend: 's3',
      config: { bucket: 'shop-terraform-state', key: 'test/network/terraform.tfstate', region: 'eu-west-1' },
    });
  });
});

describe('state in Terraform Cloud', () => {
  it('has a workspace named like the stack, in the project', () => {
    const { terraform } = settings(cloud);
    expect(terraform.cloud).toEqual({
      hostname: 'app.terraform.io',
      organization: 'shop-inc',
      workspaces: { name: 'shop-test-network', project: 'shop' },
    });
    expect(terraform.backend).toBeUndefined();
  });

  it('is read by other stacks by the name of the workspace alone', () => {
    expect(settings(cloud).remoteState).toEqual({
      backend: 'remote',
      config: { hostname: 'app.terraform.io', organization: 'shop-inc', workspaces: { name: 'shop-test-network' } },
    });
  });
});

describe('local state', () => {
  it('is a file next to cdktf.json, named without the path of this machine', () => {
    const { terraform, remoteState } = settings({ kind: 'local' });
    expect(terraform.backend.local).toEqual({ path: '../../../terraform.shop-test-network.tfstate' });
    expect(remoteState).toEqual({ backend: 'local', config: terraform.backend.local });
  });
});

describe('a backend as HCL', () => {
  const blockOf = async (backend: Backend) => {
    const stack = new TerraformStack(new App({ stackTraces: false }), 'shop-test-network');
    new StackBackend(stack, location(backend));
    const { hcl } = stack.toHclTerraform() as { hcl: string };
    const parsed = (await parse('main.tf', hcl)) as { terraform: readonly Record<string, any>[] };
    return parsed.terraform[0] ?? {};
  };

  it.each([
    ['s3', s3()],
    ['local', { kind: 'local' } as const],
  ])('is the same block: %s', async (kind, backend) => {
    expect((await blockOf(backend)).backend).toEqual({ [kind]: [settings(backend).terraform.backend[kind]] });
  });

  it('nests the workspace of Terraform Cloud as a block', async () => {
    const { workspaces, ...rest } = settings(cloud).terraform.cloud;
    expect((await blockOf(cloud)).cloud).toEqual([{ ...rest, workspaces: [workspaces] }]);
  });
});

describeWithTerraform('real terraform and the S3 backend', () => {
  const initialised = async (alias: string) => {
    const checkout = new Checkout();
    try {
      checkout.synth(
        (app) => void new TerraceStack(app, { state: location(s3()), region: 'eu-west-1', tags: {} }),
        (module) => {
          const settled = builtInOnly(module);
          settled.terraform.backend.s3.kms_key_id = alias;
          return settled;
        },
      );
      return (await checkout.terraform('shop-test-network', 'init')).output;
    } finally {
      checkout.remove();
    }
  };

  it('takes every argument, the alias of the key among them, and only then misses credentials', async () => {
    const output = await initialised(stateKeyAlias('shop'));
    expect(output).toContain('No valid credential sources found');
    expect(output).not.toMatch(/Unsupported argument|Invalid|Missing required/);
  });

  it('would refuse an alias that is none', async () => {
    expect(await initialised('shop terraform state')).toContain('Invalid KMS Key ID');
  });
});

describeWithMoto('real terraform against an emulated store', () => {
  let moto: Moto;
  let checkout: Checkout;
  beforeAll(async () => {
    moto = await Moto.start();
    await moto.makeStore(store());
  }, 60_000);
  afterAll(() => moto.stop());
  beforeEach(() => void (checkout = new Checkout()));
  afterEach(() => checkout.remove());

  /** Bootstrap with something in it that needs no provider. */
  const bootstrap = (ownState: StateStore['ownState']) =>
    checkout.synth(
      (app) => void new BootstrapStack(app, { store: store({ ownState }), account: '123456789012', environments: [], tags: {} }),
      (module) => {
        const { output: _output, ...settled } = moto.pointAt(module);
        return { ...settled, resource: { terraform_data: { marker: { input: 'made before the move' } } } };
      },
    );

  it("moves bootstrap's state from its file into its own bucket, and then nothing is left to change", async () => {
    bootstrap('local');
    await checkout.succeed('bootstrap-shop', 'init');
    await checkout.succeed('bootstrap-shop', 'apply', '-auto-approve');
    expect(existsSync(join(checkout.directory, 'terraform.bootstrap-shop.tfstate'))).toBe(true);

    bootstrap('bucket');
    const unasked = await checkout.terraform('bootstrap-shop', 'init');
    expect(unasked.code).toBe(1);
    expect(unasked.output).toContain('-migrate-state');

    await checkout.succeed('bootstrap-shop', 'init', '-migrate-state', '-force-copy');
    const state = await moto.object('shop-terraform-state', 'bootstrap/terraform.tfstate');
    expect(state).toContain('made before the move');
    expect(await checkout.succeed('bootstrap-shop', 'plan', '-detailed-exitcode')).toContain('No changes');
  }, 120_000);

  it('hands values from stack to stack through the bucket, locked in both ways', async () => {
    const stackProps = (kind: string) => ({
      state: { backend: s3(), stackId: `shop-test-${kind}`, stateKey: `test/${kind}/terraform.tfstate` },
      region: 'eu-west-1',
      tags: {},
    });
    checkout.synth((app) => {
      const network = new TerraceStack(app, stackProps('network'));
      const handover = new Handover(network, { vpcId: 'vpc-1' });
      const data = new TerraceStack(app, stackProps('data'));
      data.addOutput('seen', 'what data sees', handover.in(data).vpcId);
    }, moto.pointAt);
    for (const stack of ['shop-test-network', 'shop-test-data']) {
      await checkout.succeed(stack, 'init');
      await checkout.succeed(stack, 'apply', '-auto-approve');
    }
    expect(await checkout.succeed('shop-test-data', 'output')).toContain('seen = "vpc-1"');
    expect(await moto.object('shop-terraform-state', 'test/network/terraform.tfstate')).toContain('vpc-1');
  }, 120_000);
});

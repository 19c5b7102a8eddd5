/** The work copies of a first plan: nothing of an undeployed stack is read, and every placeholder has the form of its value. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Assumptions } from '../../../src/operations/first-plan/assume';
import { firstModule, type FirstModule } from '../../../src/operations/first-plan/work-copy';
import { readModules, stackFolder } from '../../../src/synthesis/output-folder';
import { run } from '../../../src/synthesis/run';
import type { RootModule } from '../../../src/terraform/root-module';
import { danglingReferences, remoteReads } from '../../support/references';
import { SHOP } from '../../support/shop';
import type { RootModule as AnyModule } from '../../support/synth';

let output: string;
let modules: ReadonlyMap<string, RootModule>;
let assumptions: Assumptions;

beforeAll(async () => {
  output = mkdtempSync(join(tmpdir(), 'terrace-first-'));
  const progress = { write: () => undefined };
  await run({ files: SHOP, selected: Object.keys(SHOP), outdir: output, format: 'json', progress, keepEarlier: false });
  modules = readModules(output);
  assumptions = new Assumptions((id) => modules.get(id));
});
afterAll(() => rmSync(output, { recursive: true, force: true }));

const first = (id: string, deployed: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {}) =>
  firstModule(id, modules.get(id)!, { assumptions, published: (stack) => deployed[stack], folder: stackFolder(output, id) });

const copyOf = (id: string, deployed = {}): FirstModule => {
  const copy = first(id, deployed);
  if ('neededFirst' in copy) throw new Error(`${id} needs ${copy.neededFirst.join()}`);
  return copy;
};

const asAny = (module: RootModule): AnyModule => module as unknown as AnyModule;

it('replaces every read of another stack, and leaves no reference to what is gone, in every stack of every tier', () => {
  let read = 0;
  for (const [id, module] of modules) {
    const before = remoteReads(asAny(module));
    const copy = first(id);
    if ('neededFirst' in copy) continue;
    read += before.length;
    expect({ id, left: remoteReads(asAny(copy.module)), dangling: danglingReferences(asAny(copy.module)) }).toEqual({
      id,
      left: [],
      dangling: [],
    });
    expect(copy.module.data?.terraform_remote_state).toBeUndefined();
    expect(copy.module.terraform).not.toHaveProperty('cloud');
    expect(copy.module.terraform?.backend).toEqual({ local: { path: 'first-plan.tfstate' } });
  }
  expect(read).toBeGreaterThan(300);
});

it('changes nothing of a stack but what reads another one', () => {
  const { terraform: _now, ...now } = copyOf('shop-dev-network').module;
  const { terraform: _before, ...before } = modules.get('shop-dev-network')!;
  expect(JSON.parse(JSON.stringify(now))).toEqual(before);
});

it('plans a stack later whose providers would ask a cluster that does not exist', () => {
  expect(first('shop-scale-platform')).toEqual({ neededFirst: ['shop-scale-compute-kubernetes'] });
  expect(first('shop-scale-workloads')).toEqual({ neededFirst: ['shop-scale-compute-kubernetes'] });
});

describe('what stacks of every tier publish', () => {
  /** The forms that providers check, by the names of contracts. */
  const FORMS: readonly (readonly [RegExp, RegExp])[] = [
    [/(^|_)arns?$|_arns\./, /^arn:aws:[a-z0-9-]+:[a-z0-9-]*:(\d{12})?:.+$/],
    [/(^|[._])vpc_id$/, /^vpc-/],
    [/subnet_ids\.\d+$/, /^subnet-/],
    [/security_group_id$/, /^sg-/],
    [/zone_id$/, /^(Z[0-9A-Z]+|[0-9a-f]{32})$/],
    [/public_ip$/, /^\d+\.\d+\.\d+\.\d+$/],
    [/(^|\.)(url|endpoint)$/, /^https:\/\/[a-z0-9.-]+(\/.*)?$/i],
    [/(^|\.)(host|dns_name|domain_name)$|replica_hosts\./, /^[a-z0-9.-]+$/],
    [/repository_url$/, /^\d{12}\.dkr\.ecr\./],
    [/arn_suffix$/, /^(app|targetgroup)\//],
    [/nat_gateway_ids\./, /^nat-/],
    [/box_volume\.id$/, /^vol-/],
    [/instance_id$/, /^i-/],
    [/certificate_authority$/, /^[A-Za-z0-9+/]+=*$/],
  ];

  const leaves = (value: unknown, at: string): readonly (readonly [string, unknown])[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, inner]) => leaves(inner, at === '' ? name : `${at}.${name}`))
      : [[at, value]];

  it('has the form that providers expect, and none is a guess', () => {
    const checked = new Set<RegExp>();
    for (const [id, { output: outputs }] of modules) {
      for (const name of Object.keys(outputs ?? {})) {
        const assumed = assumptions.published(id, `.${name}`)!;
        for (const [at, value] of leaves(assumed.value, name)) {
          const [field, form] = FORMS.find(([pattern]) => pattern.test(at)) ?? [];
          if (form === undefined) continue;
          checked.add(field!);
          expect(`${id} ${at} ${String(value).match(form) === null ? `is ${String(value)}` : ''}`).toBe(`${id} ${at} `);
        }
        // Commands for people may ask functions of Terraform.
        if (!/^(run_|release_|push_|backup|restore|wait_|redeploy_)/.test(name))
          expect(assumed.isGuessed ? `${id} ${name}: ${assumed.invented.join()}` : '').toBe('');
      }
    }
    expect(FORMS.filter(([field]) => !checked.has(field)).map(String)).toEqual([]);
  });

  it('is recognisable wherever it is invented', () => {
    for (const id of modules.keys()) {
      const copy = first(id);
      if ('neededFirst' in copy) continue;
      for (const { of, value, invented } of copy.assumptions) {
        const isMarked = /assumed|YXNzdW1lZA|0000|192\.0\.2\./i.test(JSON.stringify(value));
        expect(`${of} ${invented.length > 0 && !isMarked ? JSON.stringify(value) : ''}`).toBe(`${of} `);
      }
    }
  });
});

describe('next to stacks that are deployed', () => {
  const network = { vpc_id: 'vpc-1', isolated_subnet_ids: ['subnet-1', 'subnet-2', 'subnet-3'] };

  it('reads their states, and assumes only what they do not publish yet', () => {
    const { module, assumptions: assumed } = copyOf('shop-dev-data', { 'shop-dev-network': network });
    expect(module.data?.terraform_remote_state).toHaveProperty('network');
    const reads = remoteReads(asAny(module)).map(({ path }) => path[0]);
    expect(reads.length).toBeGreaterThan(0);
    expect(new Set(reads)).toEqual(new Set(reads.filter((name) => name !== undefined && name in network)));
    expect(assumed.map(({ of }) => of)).toContain('network.database_security_group_id');
  });

  it('keeps a look-up by what they publish, and assumes its result otherwise', () => {
    const lookups = (module: RootModule): number => Object.keys(module.data?.aws_ssm_parameter ?? {}).length;
    const compute = 'shop-prod-compute-fargate';
    const before = lookups(modules.get(compute)!);
    expect(before).toBeGreaterThan(0);
    expect(lookups(copyOf(compute).module)).toBe(0);
    const data = Object.fromEntries(Object.keys(modules.get('shop-prod-data')!.output!).map((name) => [name, {}]));
    expect(lookups(copyOf(compute, { 'shop-prod-data': data }).module)).toBe(before);
  });

  it('finds a local state from the folder of the copy', () => {
    const module: RootModule = {
      data: {
        terraform_remote_state: {
          network: { backend: 'local', config: { path: '../../../terraform.shop-dev-network.tfstate' } },
        },
      },
      output: { vpc: { value: '${data.terraform_remote_state.network.outputs.vpc_id}' } },
    };
    const copy = firstModule('shop-dev-data', module, {
      assumptions,
      published: () => network,
      folder: '/project/cdktf.out/stacks/shop-dev-data',
    }) as FirstModule;
    expect(copy.module.data?.terraform_remote_state?.network?.config).toEqual({
      path: '/project/terraform.shop-dev-network.tfstate',
    });
    expect(copy.module.output).toEqual(module.output);
  });
});

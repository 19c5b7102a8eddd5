/**
 * The roles of workflows against what the listed environments and those of tests contain, as if all of them were planned and applied by
 * GitHub.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  deploymentGroups,
  isEmulated,
  parseEnvironment,
  storesInUse,
  zonesInUse,
  type ResolvedEnvironment,
} from '../../src/config';
import { applyRoleName, boundaryName } from '../../src/config/names';
import type { DeploymentGroup } from '../../src/config/resolved/deployment-group';
import { boundaryStatements } from '../../src/modules/bootstrap/boundary';
import { contentStatements, refreshPolicies } from '../../src/modules/bootstrap/plan-role';
import { readableContents } from '../../src/modules/bootstrap/readable-contents';
import { REFRESH_ACTIONS } from '../../src/modules/bootstrap/refresh-actions';
import { storeArns } from '../../src/modules/bootstrap/store-arns';
import { policyJson } from '../../src/modules/iam/policy';
import { addZone } from '../../src/stacks/shared-zone';
import { CREATED_BY_PERSONS, CREATE_ACTIONS } from '../support/create-actions';
import { isAllowed, statementsOf, type PolicyStatement, type Request } from '../support/iam-evaluator';
import { fileOf, SHARED_ZONE } from '../support/command';
import { example, rotatingLogin } from '../support/example';
import { EVERYTHING } from '../support/shop';
import { github } from '../support/stores';
import { synthApp, synthEnvironment, type RootModule } from '../support/synth';

const ACCOUNT = '123456789012';
const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/of-the-store`;
const ADMINISTRATOR = statementsOf(policyJson([{ actions: ['*'], resources: ['*'] }]));

/** A database whose first password is in a secret of the environment. */
const ROTATING = {
  'shop-rotating': fileOf(
    rotatingLogin(
      example({
        name: 'shop-rotating',
        domain: SHARED_ZONE,
        backend: { kind: 's3', store: { name: 'shop-rotating', region: 'eu-west-1', bucket: 'shop-rotating-terraform-state' } },
      }),
    ),
  ),
};

/** A group with its stacks and the policies of its roles. */
interface Deployed {
  readonly group: DeploymentGroup;
  readonly bucket: string;
  readonly stacks: readonly RootModule[];
  readonly boundary: readonly PolicyStatement[];
  readonly planRole: readonly PolicyStatement[];
}

let deployed: readonly Deployed[];

/** Every group of the environment's store is applied by GitHub; all in one account. */
function applied(all: readonly ResolvedEnvironment[]): readonly ResolvedEnvironment[] {
  const stores = storesInUse(all);
  return all.map((environment) => {
    const { backend, identity } = environment;
    if (backend.kind !== 's3') return environment;
    const { store, environments: own } = stores.find((one) => one.store.name === backend.store.name)!;
    const applyEnvironments = deploymentGroups(own).map(({ name }) => name);
    return {
      ...environment,
      identity: { ...identity, account: ACCOUNT },
      backend: { kind: 's3', store: { ...store, github: { ...github, applyEnvironments } } },
    };
  });
}

beforeAll(async () => {
  const inputs = await Promise.all(Object.values({ ...EVERYTHING, ...ROTATING }).map(async (load) => (await load()).default));
  const all = applied(inputs.filter((input) => !isEmulated(input)).map((input) => parseEnvironment(input)));
  const stacks: Readonly<Record<string, RootModule>> = Object.assign(
    {},
    ...all.map((environment) => synthEnvironment(environment)),
    ...zonesInUse(all).map((zone) => synthApp((app) => addZone(app, zone))),
  );
  deployed = storesInUse(all).flatMap(({ store, environments: own }) => {
    const { name: storeName, region, bucket, lockTable, lock } = store;
    const arns = storeArns({ storeName, account: ACCOUNT, region, bucket, lockTable });
    const groups = deploymentGroups(own);
    const statePrefixes = groups.map(({ statePrefix }) => statePrefix);
    const contents = readableContents(own, ACCOUNT);
    const planRole = [...refreshPolicies([]).flat(), ...contentStatements({ arns, keyArn: KEY, lock, statePrefixes, contents })];
    return groups.map((group) => ({
      group,
      bucket,
      stacks: Object.entries(stacks).flatMap(([id, stack]) =>
        id === group.name || id.startsWith(`${group.name}-`) ? [stack] : [],
      ),
      boundary: statementsOf(policyJson(boundaryStatements({ group, arns, lock }))),
      planRole: statementsOf(policyJson(planRole)),
    }));
  });
});

type Section = 'resource' | 'data' | 'ephemeral';
const blocks = (stacks: readonly RootModule[], section: Section, type: string) =>
  stacks.flatMap((stack) => Object.values(stack[section]?.[type] ?? {}));

/** The types of the AWS provider in some stacks; data sources with `data.` before them, as in addresses. */
function typesOf(stacks: readonly RootModule[]): readonly string[] {
  const types = stacks.flatMap((stack) => [
    ...Object.keys(stack.resource ?? {}),
    ...Object.keys(stack.data ?? {}).map((type) => `data.${type}`),
  ]);
  return [...new Set(types)].filter((type) => /^(?:data\.)?aws_/.test(type)).sort();
}

const inAllGroups = (find: (one: Deployed) => readonly string[]): readonly string[] => [...new Set(deployed.flatMap(find))];

test('there are groups with stacks: environments and shared zones', () => {
  expect(deployed.length).toBeGreaterThan(3);
  for (const { stacks } of deployed) expect(stacks.length).toBeGreaterThan(0);
});

describe('every role of a stack', () => {
  it('carries the boundary of its environment', () => {
    const without = inAllGroups(({ group, stacks }) =>
      blocks(stacks, 'resource', 'aws_iam_role')
        .filter((role) => role.permissions_boundary !== `arn:aws:iam::${ACCOUNT}:policy/${boundaryName(group.name)}`)
        .map(({ name }) => String(name)),
    );
    expect(without).toEqual([]);
    expect(deployed.flatMap(({ stacks }) => blocks(stacks, 'resource', 'aws_iam_role')).length).toBeGreaterThan(20);
  });

  it('can be created, passed and deleted by the pipeline of its environment, and by no other', () => {
    const wrong: string[] = [];
    for (const { group, stacks } of deployed)
      for (const { name, permissions_boundary: carried } of blocks(stacks, 'resource', 'aws_iam_role')) {
        const resource = `arn:aws:iam::${ACCOUNT}:role/${name}`;
        const context = { 'iam:PermissionsBoundary': carried };
        for (const action of ['iam:CreateRole', 'iam:TagRole', 'iam:PassRole', 'iam:PutRolePolicy', 'iam:DeleteRole'])
          for (const one of deployed) {
            const isIts = one.group.name === group.name;
            if (isAllowed({ action, resource, context }, ADMINISTRATOR, one.boundary) !== isIts)
              wrong.push(`${action} of ${name} by ${one.group.name}`);
          }
      }
    expect(wrong).toEqual([]);
  });

  it('has no name that protects the roles of Terraform', () => {
    const names = inAllGroups(({ stacks }) => blocks(stacks, 'resource', 'aws_iam_role').map(({ name }) => String(name)));
    expect(names.filter((name) => /-terraform-(?:plan|apply)$/.test(name))).toEqual([]);
  });
});

describe('the pipeline of an environment', () => {
  it('writes its states and no others', () => {
    const keys = deployed.flatMap(({ group, bucket, stacks }) =>
      stacks.map((stack) => ({ group: group.name, resource: `arn:aws:s3:::${bucket}/${stack.terraform.backend.s3.key}` })),
    );
    expect(keys.length).toBeGreaterThan(20);
    const wrong = deployed.flatMap(({ group: { name }, boundary }) =>
      keys.flatMap((key) =>
        [key.resource, `${key.resource}.tflock`]
          .filter((resource) => isAllowed({ action: 's3:PutObject', resource }, ADMINISTRATOR, boundary) !== (key.group === name))
          .map((resource) => `${name}: ${resource}`),
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('can create every type of resource that its stacks contain', () => {
    const refused: string[] = [];
    for (const { group, stacks, boundary } of deployed) {
      const context: Request['context'] = {
        'aws:ResourceTag/managed-by': 'terrace',
        'aws:ResourceTag/environment': group.name,
        'iam:PermissionsBoundary': `arn:aws:iam::${ACCOUNT}:policy/${boundaryName(group.name)}`,
        'kms:ResourceAliases': [`alias/${group.name}`],
      };
      for (const type of typesOf(stacks).filter((one) => !one.startsWith('data.') && !CREATED_BY_PERSONS.includes(one)))
        for (const action of CREATE_ACTIONS[type] ?? [`add ${type} to CREATE_ACTIONS: what the provider calls to create it`]) {
          const resource = resourceOf(action, group.name);
          if (!isAllowed({ action, resource, context }, ADMINISTRATOR, boundary)) refused.push(`${type}: ${action}`);
        }
    }
    expect(refused).toEqual([]);
  });

  it('has a role that only its own GitHub environments assume', () => {
    expect(new Set(deployed.map(({ group }) => applyRoleName(group.name))).size).toBe(deployed.length);
  });
});

/** The resource of an action, where the boundary looks at it. */
function resourceOf(action: string, group: string): string {
  const iam: Readonly<Record<string, string>> = {
    'iam:CreateServiceLinkedRole': 'role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX',
    'iam:CreateInstanceProfile': `instance-profile/${group}-x`,
    'iam:AddRoleToInstanceProfile': `instance-profile/${group}-x`,
  };
  if (action.startsWith('iam:')) return `arn:aws:iam::${ACCOUNT}:${iam[action] ?? `role/${group}-x`}`;
  if (action === 'kms:CreateAlias') return `arn:aws:kms:eu-west-1:${ACCOUNT}:alias/${group}`;
  return action.startsWith('s3:') ? `arn:aws:s3:::${group}-x` : '*';
}

describe('the plan role', () => {
  it('can refresh every type of resource and data source that the stacks contain', () => {
    const refused: string[] = [];
    for (const { stacks, planRole } of deployed)
      for (const type of typesOf(stacks)) {
        const actions = REFRESH_ACTIONS[type] ?? [
          `add ${type} to src/modules/bootstrap/refresh-actions.ts: the actions that the provider calls when it reads it`,
        ];
        refused.push(...actions.filter((action) => !isAllowed({ action }, planRole)).map((action) => `${type}: ${action}`));
      }
    expect(refused).toEqual([]);
  });

  it('has a row for every type that the code can create, and none for another', () => {
    expect(Object.keys(REFRESH_ACTIONS).sort()).toEqual(importedTypes());
  });

  it('reads its own states, and those that its stacks read', () => {
    const unread = deployed.flatMap(({ bucket, stacks, planRole, boundary, group }) => {
      const read = blocks(stacks, 'data', 'terraform_remote_state').map(({ config }) => String(config.key));
      const own = stacks.map((stack) => String(stack.terraform.backend.s3.key));
      return [...read, ...own]
        .map((key) => ({ action: 's3:GetObject', resource: `arn:aws:s3:::${bucket}/${key}` }))
        .filter((request) => !isAllowed(request, planRole) || !isAllowed(request, ADMINISTRATOR, boundary))
        .map(({ resource }) => `${group.name}: ${resource}`);
    });
    expect(unread).toEqual([]);
  });

  it('reads the first passwords of databases, and of the secrets of an environment nothing else', () => {
    const opened: string[] = [];
    const secrets: string[] = [];
    for (const { stacks, planRole } of deployed)
      for (const { name } of blocks(stacks, 'resource', 'aws_secretsmanager_secret')) {
        const region = String(stacks[0]?.provider.aws?.[0]?.region);
        const resource = `arn:aws:secretsmanager:${region}:${ACCOUNT}:secret:${name}-Ab12Cd`;
        secrets.push(String(name));
        if (isAllowed({ action: 'secretsmanager:GetSecretValue', resource }, planRole)) opened.push(String(name));
      }
    const needed = inAllGroups(({ stacks }) =>
      stacks.flatMap((stack) =>
        Object.values(stack.ephemeral?.aws_secretsmanager_secret_version ?? {}).map(({ secret_id: id }) => {
          const [, version = ''] = /aws_secretsmanager_secret_version\.([^.]+)\./.exec(String(id)) ?? [];
          const [, secret = ''] = /aws_secretsmanager_secret\.([^.]+)\./.exec(
            String(stack.resource?.aws_secretsmanager_secret_version?.[version]?.secret_id),
          ) ?? [''];
          return String(stack.resource?.aws_secretsmanager_secret?.[secret]?.name);
        }),
      ),
    );
    expect(opened.sort()).toEqual([...needed].sort());
    expect(opened.length).toBeGreaterThan(0);
    expect(secrets.length).toBeGreaterThan(opened.length);
  });

  it('reads the objects that stacks manage, and the parameters of their images', () => {
    for (const { stacks, planRole } of deployed) {
      const region = String(stacks[0]?.provider.aws?.[0]?.region);
      for (const { bucket, key } of blocks(stacks, 'resource', 'aws_s3_object')) {
        const [, id = ''] = /aws_s3_bucket\.([^.]+)\./.exec(String(bucket)) ?? [];
        const { bucket: name } = stacks.map((stack) => stack.resource?.aws_s3_bucket?.[id]).find((one) => one !== undefined)!;
        expect(isAllowed({ action: 's3:GetObject', resource: `arn:aws:s3:::${name}/${key}` }, planRole)).toBe(true);
      }
      for (const { name } of blocks(stacks, 'resource', 'aws_ssm_parameter'))
        expect(
          isAllowed({ action: 'ssm:GetParameter', resource: `arn:aws:ssm:${region}:${ACCOUNT}:parameter${name}` }, planRole),
        ).toBe(true);
      for (const name of blocks(stacks, 'data', 'aws_ssm_parameter')
        .map((one) => String(one.name))
        .filter((one) => one.startsWith('/')))
        expect(isAllowed({ action: 'ssm:GetParameter', resource: `arn:aws:ssm:${region}::parameter${name}` }, planRole)).toBe(
          true,
        );
    }
  });
});

/** The types of the AWS provider that the code imports, but for those of bootstrap, which no pipeline plans. */
function importedTypes(): readonly string[] {
  const source = join(__dirname, '../../src');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const bootstrap = join('modules', 'bootstrap');
  const modules = files
    .filter((file) => !file.startsWith(bootstrap))
    .flatMap((file) => [...readFileSync(join(source, file), 'utf8').matchAll(/@cdktf\/provider-aws\/lib\/([a-z0-9-]+)'/g)])
    .map(([, name = '']) => name)
    .filter((name) => name !== 'provider');
  const typeOf = (name: string) =>
    name.startsWith('data-aws-') ? `data.aws_${name.slice(9).replaceAll('-', '_')}` : `aws_${name.replaceAll('-', '_')}`;
  return [...new Set(modules.map(typeOf))].sort();
}

/** The stacks that a change touches, and the jobs of a workflow for them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changesBetween, deployOrder } from '../../../src/commands/delivery/changed';
import {
  accessOf,
  matrixOf,
  parseClouds,
  parseRoles,
  phasesOf,
  plannedInPullRequest,
} from '../../../src/commands/delivery/matrix';
import { parseEnvironment, zonesInUse } from '../../../src/config';
import { example } from '../../support/example';

const scratch = mkdtempSync(join(tmpdir(), 'terrace-changed-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const STORE = { name: 'shop', region: 'eu-west-1', bucket: 'shop-terraform-state' } as const;

describe('what a change touches', () => {
  const environments = [
    parseEnvironment(example({ name: 'shop-test', backend: { kind: 's3', store: STORE } })),
    parseEnvironment(example({ name: 'shop-test-two', backend: { kind: 'cloud', organization: 'acme' } })),
  ];
  const write = (folder: string, modules: Readonly<Record<string, string>>): string => {
    const path = join(scratch, folder);
    const stacks = Object.fromEntries(
      Object.keys(modules).map((id) => [
        id,
        { name: id, dependencies: id.endsWith('-edge') ? [id.replace('-edge', '-data')] : [] },
      ]),
    );
    for (const [id, text] of Object.entries(modules)) {
      mkdirSync(join(path, 'stacks', id), { recursive: true });
      writeFileSync(join(path, 'stacks', id, 'cdk.tf.json'), text);
    }
    writeFileSync(join(path, 'manifest.json'), JSON.stringify({ stacks }));
    return path;
  };
  const before = write('before', {
    'bootstrap-shop': 'a',
    'shop-test-network': 'a',
    'shop-test-data': 'a',
    'shop-test-two-data': 'a',
    'shop-test-old': 'a',
  });
  const after = write('after', {
    'bootstrap-shop': 'b',
    'shop-test-edge': 'a',
    'shop-test-data': 'b',
    'shop-test-domain': 'a',
    'shop-test-network': 'a',
    'shop-test-two-data': 'b',
  });

  it('is what differs, in deploy order, by environment', () => {
    const { environments: changed, byHand, gone } = changesBetween({ before, after, environments, zones: [], whole: false });
    expect(changed.map(({ environment, stacks }) => [environment, stacks])).toEqual([
      ['shop-test', ['shop-test-domain', 'shop-test-data', 'shop-test-edge']],
      ['shop-test-two', ['shop-test-two-data']],
    ]);
    expect({ byHand, gone }).toEqual({ byHand: ['bootstrap-shop'], gone: ['shop-test-old'] });
  });

  it('is the whole environment for a deployment: a change of one stack may change another', () => {
    const [first] = changesBetween({ before, after, environments, zones: [], whole: true }).environments;
    expect(first?.stacks).toEqual(['shop-test-network', 'shop-test-domain', 'shop-test-data', 'shop-test-edge']);
  });

  it('keeps the stacks of an environment apart whose name begins another, also when only one is asked for', () => {
    const only = (...names: string[]) =>
      changesBetween({ after, environments, zones: [], only: names, whole: true }).environments.map(({ environment, stacks }) => [
        environment,
        stacks,
      ]);
    expect(only('shop-test')).toEqual([
      ['shop-test', ['shop-test-network', 'shop-test-domain', 'shop-test-data', 'shop-test-edge']],
    ]);
    expect(only('shop-test-two')).toEqual([['shop-test-two', ['shop-test-two-data']]]);
  });

  it('never has a bootstrap stack in it, whatever the store and the environments are called', () => {
    const named = [
      parseEnvironment(example({ system: 'bootstrapx', name: 'bootstrapx-a', backend: { kind: 's3', store: STORE } })),
      ...environments,
    ];
    const changes = changesBetween({ after, environments: named, zones: [], whole: true });
    expect(changes.environments.flatMap(({ stacks }) => stacks)).not.toContain('bootstrap-shop');
    expect(changes.byHand).toEqual(['bootstrap-shop']);
  });

  it('includes a changed lock file of providers', () => {
    const same = { 'shop-test-data': 'a', 'shop-test-network': 'a' };
    const [one, two] = [write('lock-before', same), write('lock-after', same)];
    writeFileSync(join(one, 'stacks/shop-test-data/.terraform.lock.hcl'), 'sha 1');
    writeFileSync(join(two, 'stacks/shop-test-data/.terraform.lock.hcl'), 'sha 2');
    const stacks = (from: string, to: string) =>
      changesBetween({ before: from, after: to, environments, zones: [], whole: false }).environments.flatMap(
        (each) => each.stacks,
      );
    expect(stacks(one, two)).toEqual(['shop-test-data']);
    expect(stacks(one, one)).toEqual([]);
  });

  it('is nothing when nothing differs, and everything without a before', () => {
    expect(changesBetween({ before: after, after, environments, zones: [], whole: true })).toEqual({
      environments: [],
      byHand: [],
      gone: [],
    });
    expect(
      changesBetween({ after, environments, zones: [], whole: false }).environments.flatMap(({ stacks }) => stacks),
    ).toHaveLength(5);
    expect(deployOrder(after)[0]).toBe('bootstrap-shop');
  });

  it('is a separate group for a shared zone, before the environments, its names after its zone', () => {
    const zone = { zone: 'shop.example', provider: 'route53', servedBy: 'shop-test' } as const;
    const member = parseEnvironment(
      example({
        name: 'shop-test',
        backend: { kind: 's3', store: STORE },
        domain: { kind: 'shared', zone, names: ['shop.example'] },
      }),
    );
    const folder = write('zone', { 'shop-test-edge': 'b', 'zone-shop-example': 'b', 'zone-shop-example-names': 'b' });
    const changes = changesBetween({ after: folder, environments: [member], zones: zonesInUse([member]), whole: false });
    expect(changes.environments).toEqual([
      expect.objectContaining({
        environment: 'zone-shop-example',
        region: 'us-east-1',
        protect: true,
        store: 'shop',
        stacks: ['zone-shop-example', 'zone-shop-example-names'],
      }),
      expect.objectContaining({ environment: 'shop-test', stacks: ['shop-test-edge'] }),
    ]);
    expect(changes.byHand).toEqual([]);
  });

  it('is deployed zone first, names last; a changed zone takes its readers along', () => {
    const zone = { zone: 'shop.example', provider: 'route53', servedBy: 'shop-test' } as const;
    const domain = { kind: 'shared', zone, names: ['shop.example'] } as const;
    const member = parseEnvironment(
      example({ name: 'shop-test', backend: { kind: 's3', store: STORE }, domain: { ...domain, names: ['shop.example'] } }),
    );
    const modules = { 'shop-test-edge': 'a', 'shop-test-network': 'a', 'zone-shop-example': 'a', 'zone-shop-example-names': 'a' };
    const [from, to, edge] = ['phase-before', 'phase-zone', 'phase-edge'].map((folder) => write(folder, modules));
    const dependencies: Readonly<Record<string, readonly string[]>> = {
      'shop-test-edge': ['zone-shop-example'],
      'zone-shop-example-names': ['shop-test-edge'],
    };
    for (const folder of [from!, to!, edge!]) {
      const stacks = Object.keys(modules).map((name) => [name, { name, dependencies: dependencies[name] ?? [] }]);
      writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ stacks: Object.fromEntries(stacks) }));
    }
    writeFileSync(join(to!, 'stacks/zone-shop-example/cdk.tf.json'), 'b');
    writeFileSync(join(edge!, 'stacks/shop-test-edge/cdk.tf.json'), 'b');
    const phases = (after: string) => {
      const changes = changesBetween({ before: from, after, environments: [member], zones: zonesInUse([member]), whole: true });
      const { include } = matrixOf(changes, 'apply', {
        roles: { shop: { apply: { 'shop-test': 'arn:apply', 'zone-shop-example': 'arn:apply' } } },
        clouds: [],
      });
      return Object.values(phasesOf(include)).map((jobs) => jobs.map(({ stacks }) => stacks));
    };
    expect(phases(to!)).toEqual([['zone-shop-example'], ['shop-test-network shop-test-edge'], ['zone-shop-example-names']]);
    expect(phases(edge!)).toEqual([[], ['shop-test-network shop-test-edge'], ['zone-shop-example-names']]);
  });
  const ROLES = parseRoles('{"shop":{"plan":"arn:plan","apply":{"shop-test":"arn:apply-test","shop-prod":"arn:apply-prod"}}}');

  it('becomes jobs with the role of the state store; environments without one are listed', () => {
    const changes = changesBetween({ before, after, environments, zones: [], whole: false });
    const { include, skipped } = matrixOf(changes, 'plan', { roles: ROLES, clouds: ['app.terraform.io/other'] });
    expect(include).toEqual([
      {
        environment: 'shop-test',
        stacks: 'shop-test-domain shop-test-data shop-test-edge',
        region: 'eu-west-1',
        protect: false,
        backend: 's3',
        role: 'arn:plan',
        runner: '["ubuntu-24.04"]',
        approval: 'reviewers',
      },
    ]);
    expect(skipped).toEqual(['shop-test-two: the variable TERRACE_CLOUD does not list app.terraform.io/acme']);
    expect(matrixOf(changes, 'plan', accessOf({})).skipped[0]).toContain('TERRACE_ROLES has no plan role of the store shop');
  });

  it('becomes jobs without a role in AWS where the states are in an organization that the variable lists', () => {
    const changes = changesBetween({ before, after, environments, zones: [], whole: false });
    for (const kind of ['plan', 'apply'] as const) {
      const { include } = matrixOf(changes, kind, accessOf({ TERRACE_CLOUD: 'tfe.acme.example/ops app.terraform.io/acme' }));
      expect(include).toMatchObject([{ environment: 'shop-test-two', backend: 'cloud', role: '', stacks: 'shop-test-two-data' }]);
    }
  });

  it('is applied with the role of the environment, never with that of another', () => {
    const changes = changesBetween({ before, after, environments, zones: [], whole: false });
    expect(matrixOf(changes, 'apply', { roles: ROLES, clouds: [] }).include).toEqual([
      expect.objectContaining({ environment: 'shop-test', role: 'arn:apply-test' }),
    ]);
    const others = accessOf({ TERRACE_ROLES: '{"shop":{"plan":"arn:plan","apply":{"shop-prod":"arn:apply-prod"}}}' });
    expect(matrixOf(changes, 'apply', others).include).toEqual([]);
    expect(matrixOf(changes, 'apply', others).skipped[0]).toContain(
      'TERRACE_ROLES has no apply role of shop-test in the store shop',
    );
  });

  it('runs on the labels, and asks as the environment file says', () => {
    const delivery = { runner: ['self-hosted', 'vpc'], approval: { kind: 'dispatch', approvers: ['alice'] } } as const;
    const own = parseEnvironment(
      example({
        name: 'shop-test',
        backend: { kind: 's3', store: STORE },
        delivery: { ...delivery, runner: [...delivery.runner], approval: { kind: 'dispatch', approvers: ['alice'] } },
      }),
    );
    const changes = changesBetween({ after, environments: [own], zones: [], whole: false });
    expect(matrixOf(changes, 'plan', accessOf({ TERRACE_ROLES: '{"shop":{"plan":"arn:plan"}}' })).include[0]).toMatchObject({
      runner: '["self-hosted","vpc"]',
      approval: 'dispatch',
    });
  });

  it('leaves out of pull requests what the environment says', () => {
    const [first] = changesBetween({ before, after, environments, zones: [], whole: true }).environments;
    const planned = (planInPullRequests: 'all' | 'without-cluster' | 'none', ...stacks: string[]) =>
      plannedInPullRequest({
        environments: [{ ...first!, stacks, delivery: { ...first!.delivery, planInPullRequests } }],
      });
    const stacks = ['shop-test-network', 'shop-test-platform', 'shop-test-workloads', 'shop-test-edge'];
    expect(planned('all', ...stacks).left).toEqual([]);
    expect(planned('without-cluster', ...stacks).environments[0]?.stacks).toEqual(['shop-test-network', 'shop-test-edge']);
    expect(planned('none', ...stacks)).toEqual({ environments: [], left: stacks });
  });

  it('refuses invalid roles', () => {
    expect(parseRoles('')).toEqual({});
    expect(() => parseRoles('arn:plan')).toThrow('TERRACE_ROLES is invalid');
    // One role for all environments, as before version 0.2.
    expect(() => parseRoles('{"shop":{"plan":"arn:plan","apply":"arn:apply"}}')).toThrow('terraform output -json github_roles');
    expect(parseClouds(undefined)).toEqual([]);
    expect(() => parseClouds('https://app.terraform.io/acme')).toThrow('TERRACE_CLOUD is invalid');
  });
});

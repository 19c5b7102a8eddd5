/** The stacks that a change touches, and the jobs of a workflow for them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { changesBetween, deployOrder } from '../../../src/commands/delivery/changed';
import { matrixOf, parseRoles } from '../../../src/commands/delivery/matrix';
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

  const ROLES = parseRoles('{"shop":{"plan":"arn:plan","apply":{"shop-test":"arn:apply-test","shop-prod":"arn:apply-prod"}}}');

  it('becomes jobs with the role of the state store; environments without one are listed', () => {
    const changes = changesBetween({ before, after, environments, zones: [], whole: false });
    const { include, skipped } = matrixOf(changes, 'plan', ROLES);
    expect(include).toEqual([
      {
        environment: 'shop-test',
        stacks: 'shop-test-domain shop-test-data shop-test-edge',
        region: 'eu-west-1',
        protect: false,
        role: 'arn:plan',
      },
    ]);
    expect(skipped).toEqual([expect.stringContaining('Terraform Cloud')]);
    expect(matrixOf(changes, 'plan', {}).skipped[0]).toContain('TERRACE_ROLES has no plan role of the store shop');
  });

  it('is applied with the role of the environment, never with that of another', () => {
    const changes = changesBetween({ before, after, environments, zones: [], whole: false });
    expect(matrixOf(changes, 'apply', ROLES).include).toEqual([
      expect.objectContaining({ environment: 'shop-test', role: 'arn:apply-test' }),
    ]);
    const others = parseRoles('{"shop":{"plan":"arn:plan","apply":{"shop-prod":"arn:apply-prod"}}}');
    expect(matrixOf(changes, 'apply', others).include).toEqual([]);
    expect(matrixOf(changes, 'apply', others).skipped[0]).toContain(
      'TERRACE_ROLES has no apply role of shop-test in the store shop',
    );
  });

  it('refuses invalid roles', () => {
    expect(parseRoles('')).toEqual({});
    expect(() => parseRoles('arn:plan')).toThrow('TERRACE_ROLES is invalid');
    // One role for all environments, as before version 0.2.
    expect(() => parseRoles('{"shop":{"plan":"arn:plan","apply":"arn:apply"}}')).toThrow('terraform output -json github_roles');
  });
});

/** An acknowledgement silences one finding: never its rule, never a later finding. */
import { RULES } from '../../../src/config/all-rules';
import { parseEnvironment, type EnvironmentInput } from '../../../src/config';
import { SYNTHESIS_RULES } from '../../../src/config/rules/synthesis-rules';
import { ACKNOWLEDGEABLE_RULES } from '../../../src/config/schema/acknowledgements';
import { acknowledged } from '../../support/acknowledged';
import { boxed } from '../../support/boxed';
import { problemsOf } from '../../support/problems';
import { changed, type Json } from '../../support/rich';
import { REFUSED } from './refused-inputs';

const REASON = 'known and wanted here';
const users = { secretPath: 'users/*', access: 'read' };
const wildcards = (permissions: readonly object[], acknowledge: object = {}): Json =>
  changed((e) => {
    e.services.api.permissions = permissions;
    e.acknowledge = acknowledge;
  });
const pathsOf = (input: Json) => problemsOf(input).map(({ rule, path }) => `${rule} ${path}`);

const RISKS = REFUSED.filter(([, input]) => input.acknowledge === undefined).flatMap(([name, input]) =>
  problemsOf(input).flatMap((problem) => (problem.accept === undefined ? [] : [[name, input, problem] as const])),
);

describe('an acknowledgement', () => {
  it.each(RISKS)('silences the finding whose line was copied, and no other: %s', (_name, input, problem) => {
    const others = (list: readonly { readonly accept?: string }[]) => list.filter(({ accept }) => accept !== problem.accept);
    const after = { ...input, acknowledge: acknowledged(problem.accept, REASON) };
    expect(problemsOf(after)).toEqual(others(problemsOf(input)));
  });

  it('does not silence a second finding of its rule that appears later', () => {
    const accepted = { 'task-role-wildcard': { 'services.api.permissions[0].secretPath = users/*': REASON } };
    expect(pathsOf(wildcards([users], accepted))).toEqual([]);
    expect(pathsOf(wildcards([users, { secretPath: 'teams/*', access: 'read' }], accepted))).toEqual([
      'task-role-wildcard services.api.permissions[1].secretPath',
    ]);
  });

  it('does not silence another value at the same path', () => {
    const accepted: EnvironmentInput['acknowledge'] = { 'ssh-world': { 'box.sshCidrs[0] = 10.0.0.0/7': REASON } };
    const host: Json = boxed({ acknowledge: accepted });
    const open = (network: string) => pathsOf({ ...host, box: { ...host.box, sshCidrs: [network] } });
    expect(open('10.0.0.0/7')).toEqual([]);
    expect(open('0.0.0.0/0')).toContain('ssh-world box.sshCidrs[0]');
  });

  it('does not silence a warning of another worker about the same queue', () => {
    const input = changed((e) => {
      e.queues.work.visibilityTimeoutSeconds = 60;
      e.workers.second = structuredClone(e.workers.runner);
    });
    const [first, second] = parseEnvironment(input).warnings;
    expect(first?.path).toBe(second?.path);
    const after = { ...input, acknowledge: acknowledged(first?.accept, REASON) };
    expect(parseEnvironment(after).warnings).toEqual([second]);
  });

  it('is refused where nothing is found, and is not where another section hides what is found', () => {
    const single = { 'single-zone-database': { 'database.multiAz': REASON } };
    expect(pathsOf(changed((e) => (e.acknowledge = single)))).toEqual([
      'acknowledge-found acknowledge.single-zone-database["database.multiAz"]',
    ]);
    expect(
      pathsOf(
        changed((e) => {
          e.acknowledge = single;
          e.database.versoin = '16';
        }),
      ),
    ).toEqual(['undefined database.versoin']);
  });

  it('with a mistake keeps the others valid', () => {
    const input = wildcards([users], {
      'task-role-wildcard': { 'services.api.permissions[0].secretPath = users/*': REASON },
      'single-nat': { 'network.nat': 'ok' },
    });
    expect(problemsOf(input).map(({ path }) => path)).toEqual(['acknowledge.single-nat["network.nat"]']);
  });

  it('is completed by an editor for every rule that can be acknowledged, and for no other', () => {
    // @ts-expect-error -- a misspelt rule
    const misspelt: EnvironmentInput['acknowledge'] = { 'single-nta': { 'network.nat': REASON } };
    expect(pathsOf(changed((e) => (e.acknowledge = misspelt)))).toEqual(['acknowledge-known acknowledge.single-nta']);
    const silenced = [...RULES, ...SYNTHESIS_RULES].filter(({ severity }) => severity !== 'refusal').map(({ id }) => id);
    expect([...ACKNOWLEDGEABLE_RULES]).toEqual([...silenced].sort());
  });
});

test('a printed problem ends with the line that accepts it', () => {
  const input = wildcards([users]);
  expect(() => parseEnvironment(input)).toThrow(
    "     or accept acknowledge: { 'task-role-wildcard': { 'services.api.permissions[0].secretPath = users/*': '<reason>' } }",
  );
});

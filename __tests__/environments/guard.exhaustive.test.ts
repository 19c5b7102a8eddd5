/** The plan guard over everything that the listed environments and those of tests synthesise. */
import fc from 'fast-check';
import { isEmulated, parseEmulated, parseEnvironment, storesInUse, zonesInUse, type ResolvedEnvironment } from '../../src/config';
import { classOf } from '../../src/checks/plan-guard/classes';
import { judge, type Verdict } from '../../src/checks/plan-guard/judge';
import type { Plan } from '../../src/checks/plan-guard/plan';
import { isEmpty, valueAt } from '../../src/checks/plan-guard/values';
import { WEAKENINGS } from '../../src/checks/plan-guard/weakening-rows';
import { isHarmlessAttribute } from '../../src/checks/guarded-types/harmless-attributes';
import { HARMLESS_TYPES } from '../../src/checks/guarded-types/harmless-types';
import { addBootstrap } from '../../src/stacks/bootstrap-stack';
import { EmulatedStack } from '../../src/stacks/emulated-stack';
import { addZone } from '../../src/stacks/shared-zone';
import { resourcesOf, type RootModule } from '../../src/terraform/root-module';
import { EVERYTHING } from '../support/shop';
import { firstPlan, plannedResources, updatePlan } from '../support/synthesised-plans';
import { synthApp, synthEnvironment } from '../support/synth';

let stacks: Readonly<Record<string, RootModule>>;

beforeAll(async () => {
  const inputs = await Promise.all(Object.values(EVERYTHING).map(async (load) => (await load()).default));
  const listed: readonly ResolvedEnvironment[] = inputs
    .filter((input) => !isEmulated(input))
    .map((input) => parseEnvironment(input));
  const emulated = inputs.filter((input) => isEmulated(input)).map((input) => parseEmulated(input));
  stacks = Object.assign(
    {},
    ...listed.map((environment) => synthEnvironment(environment)),
    ...zonesInUse(listed).map((zone) => synthApp((app) => addZone(app, zone))),
    ...storesInUse(listed).map((store) => synthApp((app) => void addBootstrap(app, store))),
    ...emulated.map((environment) => synthApp((app) => void new EmulatedStack(app, environment))),
  ) as Readonly<Record<string, RootModule>>;
});

const judged = (plan: Plan, isProtected: boolean, stack = 'shop-prod-data'): Verdict =>
  judge(plan, { allowances: [], today: '2026-01-15', stack, isProtected });

const isSilent = ({ refused, notices }: Verdict): boolean => refused.length === 0 && notices.length === 0;

test('every synthesised type is in exactly one class', () => {
  const types = [...new Set(Object.values(stacks).flatMap((module) => resourcesOf(module).map(({ type }) => type)))];
  expect(types.length).toBeGreaterThan(50);
  expect(types.filter((type) => classOf(type) === undefined)).toEqual([]);
  // The harmless ones are in no other table, so that no table is passed over.
  expect(HARMLESS_TYPES.filter((type) => classOf(type) !== 'harmless')).toEqual([]);
});

test('the first deployment of every stack passes, with the policies that it makes', () => {
  for (const [id, module] of Object.entries(stacks))
    expect({ id, refused: judged(firstPlan(module), true, id).refused }).toEqual({ id, refused: [] });
});

test('a plan without changes passes in silence', () => {
  for (const [id, module] of Object.entries(stacks)) {
    const { refused, notices } = judged(
      updatePlan(module, 'nothing', (values) => values),
      true,
      id,
    );
    expect({ id, refused, notices }).toEqual({ id, refused: [], notices: [] });
  }
});

interface Mutation {
  readonly stack: string;
  readonly address: string;
  readonly attribute: string;
  readonly after: Readonly<Record<string, unknown>>;
  /** Whether a row says that it weakens, and is refused for it. */
  readonly isWeaker: boolean;
}

/** Other values in the place of one: gone, the opposite, less, more, another. */
function others(value: unknown): readonly unknown[] {
  if (typeof value === 'boolean') return [null, !value];
  if (value === 'true' || value === 'false') return [null, String(value !== 'true')];
  if (typeof value === 'number') return [null, 0, value - 1, value + 1];
  if (typeof value === 'string') return [null, '', `${value}-other`];
  if (Array.isArray(value)) return [null, value.slice(1), [...(value as unknown[]), 'other']];
  return [null, {}];
}

/**
 * Every change of one attribute of every resource that holds data, but for attributes that are a matter of size or time, and for
 * changes whose reverse would be a weakening: these protect more.
 */
function mutations(): readonly Mutation[] {
  return Object.entries(stacks).flatMap(([stack, module]) =>
    plannedResources(module)
      .filter(({ type }) => classOf(type) === 'stateful')
      .flatMap(({ address, type, values }) => {
        const before = { id: address, ...values };
        const rows = WEAKENINGS.filter((row) => row.type === type);
        return Object.entries(values)
          .filter(([attribute]) => !isHarmlessAttribute(type, attribute))
          .flatMap(([attribute, value]) =>
            others(value)
              .filter((other) => other !== value && !(isEmpty(value) && isEmpty(other)))
              .map((other) => ({ attribute, after: { ...before, [attribute]: other } })),
          )
          .filter(
            ({ after }) => !rows.some((row) => row.weaker(valueAt(after, row.attribute), valueAt(before, row.attribute), before)),
          )
          .map(({ attribute, after }) => ({
            stack,
            address,
            attribute,
            after,
            isWeaker: rows.some(
              (row) =>
                row.severity === 'refused' && row.weaker(valueAt(before, row.attribute), valueAt(after, row.attribute), after),
            ),
          }));
      }),
  );
}

const planOf = ({ stack, address, after }: Mutation): Plan => updatePlan(stacks[stack] ?? {}, address, () => after);

test('no change of what holds data passes in silence, unless it protects more', () => {
  const all = mutations();
  expect(all.length).toBeGreaterThan(1000);
  fc.assert(
    fc.property(fc.constantFrom(...all), fc.boolean(), (mutation, isProtected) => {
      expect(isSilent(judged(planOf(mutation), isProtected))).toBe(false);
    }),
    { numRuns: 400 },
  );
});

test('what weakens a resource that holds data is refused under protect, and noticed elsewhere', () => {
  const weaker = mutations().filter(({ isWeaker }) => isWeaker);
  expect(weaker.length).toBeGreaterThan(100);
  fc.assert(
    fc.property(fc.constantFrom(...weaker), (mutation) => {
      const plan = planOf(mutation);
      expect(judged(plan, true).refused.map(({ harm }) => harm)).toContain('weaken');
      expect(isSilent(judged(plan, false))).toBe(false);
    }),
    { numRuns: 150 },
  );
});

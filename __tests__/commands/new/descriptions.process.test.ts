/** Whatever is answered, the described environments are valid, and warn only of what was answered. */
import fc from 'fast-check';
import { ModuleKind, transpileModule } from 'typescript';
import { checkBetween, defineSystem, parseEnvironment, storesInUse } from '../../../src/config';
import { dataOf, textOf } from '../../../src/commands/new/description';
import { bootstrapStackId } from '../../../src/config/names';
import { addBootstrap } from '../../../src/stacks/bootstrap-stack';
import { synthApp, synthEnvironment } from '../../support/synth';
import { anyAnswers, answersTo, describeSystem } from './answers';

/** Rules that only the person can satisfy who answered `none` or `local`. */
function expectedWarnings({ account, domain, state, github, 'github-ids': ids }: Record<string, string>): readonly string[] {
  return [
    ...(account === 'none' ? ['account-unpinned'] : []),
    ...(domain === 'none' ? ['service-unreachable'] : []),
    ...(state === 'local' ? ['local-state'] : []),
    ...(state === 's3' && github !== 'none' && ids === 'none' ? ['github-names'] : []),
  ];
}

it('are accepted, alone and side by side, with no warning that an answer avoids', async () => {
  await fc.assert(
    fc.asyncProperty(anyAnswers, async (given) => {
      const { data } = describeSystem(await answersTo(given));
      const environments = data.map((input) => parseEnvironment(input));
      expect(checkBetween({ environments, recordedVolumes: {} })).toEqual([]);
      for (const { warnings } of environments)
        expect([...new Set(warnings.map(({ rule }) => rule))].sort()).toEqual([...expectedWarnings(given as never)].sort());
    }),
    { numRuns: 300 },
  );
});

it('are synthesised', async () => {
  await fc.assert(
    fc.asyncProperty(anyAnswers, async (given) => {
      const { data } = describeSystem(await answersTo(given));
      const environments = data.map((input) => parseEnvironment(input));
      for (const environment of environments)
        expect(Object.keys(synthEnvironment(environment))).toContain(`${environment.identity.environment}-data`);
      for (const store of storesInUse(environments))
        expect(synthApp((app) => void addBootstrap(app, store))).toHaveProperty(bootstrapStackId('shop'));
    }),
    { numRuns: 6 },
  );
});

it('mean in TypeScript what was judged', async () => {
  await fc.assert(
    fc.asyncProperty(anyAnswers, async (given) => {
      const { system, environments, data } = describeSystem(await answersTo(given));
      const common = evaluate(textOf(system));
      expect(common).toEqual(dataOf(system));
      expect(environments.map((environment) => evaluate(textOf(environment), common))).toEqual(data);
    }),
    { numRuns: 100 },
  );
});

/** The value of an expression that may name the system. */
function evaluate(expression: string, system?: unknown): unknown {
  const { outputText } = transpileModule(`exports.value = ${expression};`, { compilerOptions: { module: ModuleKind.CommonJS } });
  const exports: { value?: unknown } = {};
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- text of the code under test
  (new Function('exports', 'system', outputText) as (...values: unknown[]) => void)(exports, system && defineSystem(system));
  return exports.value;
}

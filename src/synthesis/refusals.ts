/** Refused environments as reports for people: with file and line, and each mistake once. */
import { groupBy } from '../cli/group-by';
import { listedFiles } from '../cli/source-files';
import { formatProblems, parsePath, type PlacedProblem, type Problem } from '../config';
import { PlaceFinder } from './places';

/** An environment that cannot be synthesised. */
export interface Refused {
  readonly name: string;
  /** The problems, for the person who wrote the file. */
  readonly report: string;
}

/** What is wrong with the description of an environment. */
export interface Refusal {
  readonly name: string;
  readonly problems: readonly Problem[];
}

/** One report for each environment, in their order. A mistake in a shared part is told with the first that it concerns. */
export async function reportRefusals(refusals: readonly Refusal[]): Promise<readonly Refused[]> {
  return withoutRepetition(await withPlaces(refusals)).map(({ name, problems, told }) => ({
    name,
    report: [...(problems.length > 0 ? [formatProblems(name, problems)] : []), ...told].join('\n'),
  }));
}

interface PlacedRefusal {
  readonly name: string;
  readonly problems: readonly PlacedProblem[];
}

async function withPlaces(refusals: readonly Refusal[]): Promise<readonly PlacedRefusal[]> {
  const files = listedFiles();
  if (!refusals.some(({ name }) => files.has(name))) return refusals;
  const finder = await PlaceFinder.create();
  return refusals.map(({ name, problems }) => {
    const file = files.get(name);
    if (file === undefined) return { name, problems };
    return {
      name,
      problems: problems.map((problem) => {
        const path = parsePath(problem.path);
        return { ...problem, place: path === undefined ? file : (finder?.find(file, path) ?? file) };
      }),
    };
  });
}

/** Problems are one mistake when they were written in one place and are described by the same words. */
function mistakeOf({ place, received, allowed, fix, rule }: PlacedProblem): string | undefined {
  return place === undefined || !/:\d+$/.test(place) ? undefined : JSON.stringify([place, received, allowed, fix, rule]);
}

/** @returns problems that are told with each environment, and lines about those that are told with an earlier one */
function withoutRepetition(refusals: readonly PlacedRefusal[]) {
  const merged = refusals.map(({ name, problems }) => ({ name, problems: mergeUses(problems) }));
  const usersOf = new Map<string, string[]>();
  for (const { name, problems } of merged)
    for (const mistake of problems.flatMap((problem) => mistakeOf(problem) ?? []))
      usersOf.set(mistake, [...(usersOf.get(mistake) ?? []), name]);
  return merged.map(({ name, problems }) => {
    const users = problems.map((problem) => usersOf.get(mistakeOf(problem) ?? '') ?? [name]);
    const first = (index: number): string => users[index]?.[0] ?? name;
    const own = problems.flatMap((problem, index) =>
      first(index) === name ? [{ ...problem, alsoIn: users[index]?.filter((user) => user !== name) }] : [],
    );
    const others = groupBy(
      problems.flatMap(({ path }, index) => (first(index) === name ? [] : [{ path, teller: first(index) }])),
      ({ teller }) => teller,
    );
    const told = [...others].map(([teller, paths]) => {
      const head = own.length > 0 ? '  and' : `${name}:`;
      return `${head} ${paths.length === 1 ? '1 problem' : `${paths.length} problems`} of ${teller} above: ${paths.map(({ path }) => path).join(', ')}`;
    });
    return { name, problems: own, told };
  });
}

/** The problems of an environment, those of a part that is used several times as one. */
function mergeUses(problems: readonly PlacedProblem[]): readonly PlacedProblem[] {
  const uses = new Map<string | PlacedProblem, PlacedProblem>();
  for (const problem of problems) {
    const mistake = mistakeOf(problem) ?? problem;
    const earlier = uses.get(mistake);
    const { path, accept } = problem;
    uses.set(mistake, earlier === undefined ? problem : { ...earlier, alsoAt: [...(earlier.alsoAt ?? []), { path, accept }] });
  }
  return [...uses.values()];
}

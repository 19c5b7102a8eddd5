/** The calls of cdktf's command line on the pages, and whether it would accept them. */
import type { Stack } from './examples';
import { commandsOf, type Found, type Page } from './pages';

/** `npx cdktf deploy shop-prod-network shop-prod-data` */
export interface Call extends Found {
  readonly action: string;
  /** Stacks by name or glob. */
  readonly patterns: readonly string[];
  readonly flags: readonly string[];
}

/** The call that a text is. */
export function parseCall(at: string, text: string): Call {
  const [action = '', ...words] = text.trim().split(/\s+/);
  const plain = words.map((word) => word.replace(/^['"]|['"]$/g, ''));
  return {
    at,
    value: text,
    action,
    patterns: plain.filter((word) => !word.startsWith('-')),
    flags: plain.filter((word) => word.startsWith('-')),
  };
}

/** Every call that a page shows. */
export function callsOf(page: Page): readonly Call[] {
  return commandsOf(page).flatMap(({ at, value }) =>
    [...value.matchAll(/\bcdktf ((?:deploy|destroy|diff|output) [^&|;)#]+)/g)].map(([, text]) => parseCall(at, text!)),
  );
}

/** The part of cdktf's command line that looks at what is named. */
interface StackHelpers {
  readonly getMultipleStacks: (stacks: readonly Stack[], patterns: readonly string[], action: string) => readonly Stack[];
  readonly checkIfAllDependenciesAreIncluded: (stacks: readonly Stack[]) => void;
  readonly checkIfAllDependantsAreIncluded: (stacks: readonly Stack[], all: readonly Stack[]) => void;
}

// cdktf's own code, so that what is tested is not what we believe of it. The test file replaces '@cdktf/commons' beneath it.
const cdktf = jest.requireActual<StackHelpers>('@cdktf/cli-core/src/lib/helpers/stack-helpers');

const IGNORE = '--ignore-missing-stack-dependencies';

/** The examples that stand for the environments of the pages. */
const ENVIRONMENTS = ['shop-fargate', 'shop-kubernetes', 'shop-box'];

/**
 * Why cdktf would refuse a call; undefined when it would not. Checked against every example that has all the kinds of stacks
 * which the call names.
 */
export function refusalOf(call: Call, stacks: readonly Stack[]): string | undefined {
  try {
    const names = new Set(stacks.map(({ name }) => name));
    const candidates = ENVIRONMENTS.map((environment) => call.patterns.map((pattern) => translate(pattern, environment)));
    const fitting = candidates.filter((patterns) => patterns.every((pattern) => pattern.endsWith('*') || names.has(pattern)));
    if (fitting.length === 0) throw new Error('no tier has all of these stacks');
    for (const patterns of fitting) check(call, cdktf.getMultipleStacks(stacks, patterns, call.action), stacks);
    return undefined;
  } catch (error) {
    return `${call.at} ${call.value}: ${(error as Error).message}`;
  }
}

function check({ action, flags }: Call, selected: readonly Stack[], all: readonly Stack[]): void {
  if (flags.includes(IGNORE)) {
    // With the flag cdktf starts all stacks at once and in no order, so it is right for one alone.
    if (selected.length !== 1) throw new Error(`${IGNORE} with ${selected.length} stacks`);
  } else if (action === 'deploy') {
    cdktf.checkIfAllDependenciesAreIncluded(selected);
  } else if (action === 'destroy') {
    cdktf.checkIfAllDependantsAreIncluded(selected, all);
  }
}

/** `shop-prod-data` of a page, and `<env>-data`, is `shop-fargate-data` of the examples. */
function translate(pattern: string, environment: string): string {
  if (/(^|-)bootstrap(-|$)/.test(pattern)) return 'bootstrap-shop';
  // The environments of a shared zone are among the examples under the names that the pages use.
  if (/^(?:zone-|shop-(?:mvp|growth)-)/.test(pattern)) return pattern;
  // Only one example sleeps.
  if (pattern.endsWith('-sleep')) return 'shop-previews-sleep';
  const kind = /-(\*|network|domain|data|compute-(?:\w+|<tier>)|platform|workloads|edge|observability)$/.exec(pattern)?.[1];
  if (kind === undefined) throw new Error(`"${pattern}" is no stack`);
  return `${environment}-${kind.replace('<tier>', environment.replace('shop-', ''))}`;
}

/** What a team adds to an environment's stacks, as its file exports it next to the description. */
import { InvalidEnvironment, type Problem } from '../config/problems/problem';
import type { ResolvedEnvironment } from '../config/resolved/environment';
import type { Handovers } from '../contracts/handovers';
import type { ListedStackKind, ReadBy } from '../contracts/readers';
import { OWN_STACK, STACK_KINDS } from '../contracts/stack-kinds';
import { actionProblem } from './refresh-actions';
import type { StackExtension } from './stack-extension';

/** A stack of an environment that can be extended. */
export type ExtensibleKind = Exclude<ListedStackKind, 'zone' | 'names'>;

/** What a hook may read: what its stack publishes, and what the stack may read of others. */
export type ReadableOutputs<K extends ExtensibleKind> = Pick<Handovers, (K | ReadBy<K>) & keyof Handovers>;

/**
 * Adds to one stack.
 * @param extension the scope of what it creates
 * @param outputs what the stack itself and earlier stacks publish; reading one orders the stacks
 * @param environment the description, with every default filled
 */
export type Hook<Outputs> = (extension: StackExtension, outputs: Outputs, environment: ResolvedEnvironment) => void;

/** Everything that a team adds to an environment. Every field is optional. */
export type Extensions = {
  readonly [K in ExtensibleKind]?: Hook<ReadableOutputs<K>>;
} & {
  /**
   * Stacks of your own, by name: lower-case letters and digits. `search` is `<environment>-own-search`, and may read what every
   * other stack publishes.
   */
  readonly own?: Readonly<Record<string, Hook<Handovers>>>;
  /**
   * Of each type of the AWS provider that Terrace itself does not create: the actions by which the provider refreshes it. The plan
   * role of the state store gets them, for every resource.
   */
  readonly refreshActions?: Readonly<Record<string, readonly string[]>>;
};

/** A hook of any stack. What it returns is judged: it has to be finished. */
export type AnyHook = (...args: Parameters<Hook<never>>) => unknown;

/** Extensions after they were checked. */
export interface ReadExtensions {
  readonly hooks: ReadonlyMap<string, AnyHook>;
  readonly own: ReadonlyMap<string, AnyHook>;
  readonly refreshActions: ReadonlyMap<string, readonly string[]>;
}

export const NO_EXTENSIONS: ReadExtensions = { hooks: new Map(), own: new Map(), refreshActions: new Map() };

/** Types its argument, so that an editor completes stacks and outputs; checks nothing. */
export function defineExtensions(extensions: Extensions): Extensions {
  return extensions;
}

/**
 * Checks what an environment's file exports as `extend`. Whether its stacks exist is known when they are built.
 * @param environments the names of all environments
 * @throws InvalidEnvironment with every problem
 */
export function readExtensions(environment: string, exported: unknown, environments: readonly string[]): ReadExtensions {
  if (exported === undefined) return NO_EXTENSIONS;
  const problems: Problem[] = [];
  const { own = {}, refreshActions = {}, ...hooks } = entriesOf(exported, 'extend', problems);
  const read = {
    hooks: hooksOf(hooks, 'extend', problems),
    own: hooksOf(entriesOf(own, 'extend.own', problems), 'extend.own', problems),
    refreshActions: actionsOf(entriesOf(refreshActions, 'extend.refreshActions', problems), problems),
  };
  for (const name of read.own.keys()) problems.push(...nameProblems(environment, name, environments));
  if (problems.length > 0) throw new InvalidEnvironment(environment, problems);
  return read;
}

const OWN_NAME = /^[a-z][a-z0-9]{0,29}$/;

function nameProblems(environment: string, name: string, environments: readonly string[]): readonly Problem[] {
  const problem = (received: string, allowed: string, fix: string) => [{ path: `extend.own.${name}`, received, allowed, fix }];
  if (!OWN_NAME.test(name) || STACK_KINDS.some((kind) => kind === name))
    return problem(
      `the name "${name}"`,
      `up to 30 lower-case letters and digits, beginning with a letter, and none of ${STACK_KINDS.join(', ')}`,
      'choose another name: it is in the id of the stack and in the key of its state',
    );
  // A stack belongs to the longest name of an environment that begins its id.
  const id = `${environment}-${OWN_STACK}${name}`;
  const other = environments.find((one) => one.length > environment.length && id.startsWith(`${one}-`));
  if (other === undefined) return [];
  return problem(
    `the stack ${id}`,
    `ids that do not begin with the name of another environment (${other})`,
    'rename one of them',
  );
}

function entriesOf(value: unknown, path: string, problems: Problem[]): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Readonly<Record<string, unknown>>;
  problems.push({
    path,
    received: Array.isArray(value) ? 'a list' : `a ${value === null ? 'null' : typeof value}`,
    allowed: 'an object',
    fix: 'export const extend = defineExtensions({ ... }): docs/extending.md',
  });
  return {};
}

function hooksOf(value: Readonly<Record<string, unknown>>, path: string, problems: Problem[]): ReadonlyMap<string, AnyHook> {
  const hooks = new Map<string, AnyHook>();
  for (const [name, hook] of Object.entries(value)) {
    if (typeof hook === 'function') hooks.set(name, hook as AnyHook);
    else if (hook !== undefined)
      problems.push({
        path: `${path}.${name}`,
        received: `a ${typeof hook}`,
        allowed: 'a function (extension, outputs, environment)',
        fix: 'write the resources in a function: docs/extending.md',
      });
  }
  return hooks;
}

function actionsOf(value: Readonly<Record<string, unknown>>, problems: Problem[]): ReadonlyMap<string, readonly string[]> {
  const actions = new Map<string, readonly string[]>();
  for (const [type, listed] of Object.entries(value)) {
    const path = `extend.refreshActions.${type}`;
    const list: readonly unknown[] = Array.isArray(listed) ? listed : [listed];
    const found = list.flatMap((action) => actionProblem(action, path) ?? []);
    problems.push(...found);
    if (found.length === 0) actions.set(type, list as readonly string[]);
  }
  return actions;
}

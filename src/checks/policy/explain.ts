/** Findings and the exceptions that explain them. Pure. */
import picomatch from 'picomatch';
import type { EnvironmentException } from './environment-exceptions';
import { MODULE_EXCEPTIONS, type ModuleException } from './module-exceptions';
import type { Finding } from './finding';

export interface Explained {
  readonly finding: Finding;
  /** The environment, state store or zone of its stack. */
  readonly owner: Owner;
  /** Undefined when nothing explains the finding. */
  readonly exception?: ModuleException | EnvironmentException;
}

/** The environment or state store of a stack. */
export interface Owner {
  readonly name: string;
  /** Whether it holds data that must not be lost; there, cost explains nothing. */
  readonly isProtected: boolean;
}

export interface Exceptions {
  /** @default the table of Terrace's own modules */
  readonly modules?: readonly ModuleException[];
  readonly environments: readonly EnvironmentException[];
}

/** Finds the first exception for each finding: those of Terrace's modules, then those of environments. */
export function explain(
  findings: readonly Finding[],
  ownerOf: (stack: string) => Owner,
  { modules = MODULE_EXCEPTIONS, environments }: Exceptions,
): readonly Explained[] {
  return findings.map((finding) => {
    const owner = ownerOf(finding.stack);
    if (isBeyondExceptions(finding, owner)) return { finding, owner };
    const exception =
      modules.find((candidate) => coversModule(candidate, finding) && !(candidate.kind === 'cost' && owner.isProtected)) ??
      environments.find((candidate) => coversEnvironment(candidate, finding, owner));
    return { finding, owner, exception };
  });
}

/** Whether no exception counts: not where data is protected, for what would open all of it. */
export function isBeyondExceptions({ isFinal = false }: Finding, { isProtected }: Owner): boolean {
  return isFinal && isProtected;
}

/** What `stack` of an entry names: the kind, or the id of a stack that has none. */
export function stackKind({ stack }: Finding, { name }: Owner): string {
  return stack.startsWith(`${name}-`) ? stack.slice(name.length + 1) : stack;
}

/** Exceptions of Terrace's modules that explain nothing here: normal where the environments use only some modules. */
export function unusedModuleExceptions(
  explained: readonly Explained[],
  exceptions: readonly ModuleException[] = MODULE_EXCEPTIONS,
): readonly ModuleException[] {
  const used = new Set<unknown>(explained.map(({ exception }) => exception));
  return exceptions.filter((exception) => !used.has(exception));
}

/** One environment of an entry that explains nothing in it. */
export interface StaleException {
  readonly exception: EnvironmentException;
  readonly environment: string;
  /** `unused`: it explains nothing. `unknown`: there is no such environment. */
  readonly kind: 'unused' | 'unknown';
}

/** @param environments every environment that was judged */
export function staleExceptions(
  explained: readonly Explained[],
  exceptions: readonly EnvironmentException[],
  environments: readonly string[],
  ownerOf: (stack: string) => Owner,
): readonly StaleException[] {
  return exceptions.flatMap((exception) =>
    exception.environments.flatMap((environment): StaleException[] => {
      if (!environments.includes(environment)) return [{ exception, environment, kind: 'unknown' }];
      const isUsed = explained.some((one) => one.exception === exception && ownerOf(one.finding.stack).name === environment);
      return isUsed ? [] : [{ exception, environment, kind: 'unused' }];
    }),
  );
}

function coversModule({ check, stacks = '*', resources = '*' }: ModuleException, finding: Finding): boolean {
  return check === finding.check && matches(stacks, finding.stack) && matches(resources, finding.address);
}

function coversEnvironment(
  { check, environments, stack, resources, finding: subject, alsoLater }: EnvironmentException,
  finding: Finding,
  owner: Owner,
): boolean {
  const fits = (wanted: string, found: string) => (alsoLater === undefined ? wanted === found : matches(wanted, found));
  return (
    check === finding.check &&
    environments.includes(owner.name) &&
    fits(stack, stackKind(finding, owner)) &&
    resources.some((address) => fits(address, finding.address)) &&
    subject === finding.subject
  );
}

const matchers = new Map<string, (text: string) => boolean>();

function matches(glob: string, text: string): boolean {
  let matcher = matchers.get(glob);
  if (matcher === undefined) {
    matcher = picomatch(glob);
    matchers.set(glob, matcher);
  }
  return matcher(text);
}

/** Findings against the table of exceptions. Pure. */
import picomatch from 'picomatch';
import { EXCEPTIONS, type Exception } from './exceptions';
import type { Finding } from './finding';

/** A finding, with the exception that explains it. */
export interface Explained {
  readonly finding: Finding;
  readonly exception?: Exception;
}

/**
 * Finds the exception for each finding.
 * @param isProtected whether the finding's stack holds what must not be lost; there, cost explains nothing
 */
export function explain(
  findings: readonly Finding[],
  isProtected: (stack: string) => boolean,
  exceptions: readonly Exception[] = EXCEPTIONS,
): readonly Explained[] {
  return findings.map((finding) => ({
    finding,
    exception: exceptions.find(
      (exception) => covers(exception, finding) && (exception.kind === 'design' || !isProtected(finding.stack)),
    ),
  }));
}

/** Exceptions that explain nothing: what they excused is gone. */
export function unused(explained: readonly Explained[], exceptions: readonly Exception[] = EXCEPTIONS): readonly Exception[] {
  const used = new Set(explained.map(({ exception }) => exception));
  return exceptions.filter((exception) => !used.has(exception));
}

function covers({ check, stacks = '*', resources = '*' }: Exception, finding: Finding): boolean {
  return check === finding.check && matches(stacks, finding.stack) && matches(resources, finding.address);
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

/** Tells a person of an error that is not theirs. */

/** The message; with `TERRACE_DEBUG=1` also where it comes from. */
export function describeFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (process.env.TERRACE_DEBUG === '1') return error.stack ?? error.message;
  return `${error.message}\n  (TERRACE_DEBUG=1 shows where this comes from)`;
}

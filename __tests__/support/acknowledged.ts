/** What a person adds to an environment file after copying the line of a message. */
import type { EnvironmentInput } from '../../src/config';

const LINE = /^acknowledge: \{ '(?<rule>[^']+)': \{ '(?<subject>(?:[^'\\]|\\.)+)': '<reason>' \} \}$/;

/** The acknowledgement of a printed line, with a reason. */
export function acknowledged(line: string | undefined, reason: string): EnvironmentInput['acknowledge'] {
  const { rule, subject } = LINE.exec(line ?? '')?.groups ?? {};
  if (rule === undefined || subject === undefined) throw new Error(`not a line to copy: ${line}`);
  return { [rule]: { [subject.replace(/\\(.)/g, '$1')]: reason } };
}

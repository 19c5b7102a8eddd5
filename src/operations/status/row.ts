/** One line of a status, and how good it is. */

/**
 * `fine`; `note` for what a person may want to know; `wrong` for what needs somebody; `unknown` for what could not be read.
 */
export type Mark = 'fine' | 'note' | 'wrong' | 'unknown';

export type Facts = Readonly<Record<string, string | number | boolean | null>>;

export interface Row {
  readonly mark: Mark;
  /** What it is about: a stack, a service, an alarm. */
  readonly name: string;
  /** In words, for people. */
  readonly text: string;
  /** The same for programs: names and values that stay. */
  readonly facts: Facts;
}

export const fine = (name: string, text: string, facts: Facts = {}): Row => ({ mark: 'fine', name, text, facts });
export const note = (name: string, text: string, facts: Facts = {}): Row => ({ mark: 'note', name, text, facts });
export const wrong = (name: string, text: string, facts: Facts = {}): Row => ({ mark: 'wrong', name, text, facts });

/** @param isFine whether it is fine; otherwise it is wrong */
export function judged(isFine: boolean, name: string, text: string, facts: Facts): Row {
  return isFine ? fine(name, text, facts) : wrong(name, text, facts);
}

/** What a service, a worker or a job of a tier shows. */
export interface TierStatus {
  /** Services and workers: wanted, running, image, age. */
  services(): Promise<readonly Row[]>;
  /** The last run of each job. */
  jobs(): Promise<readonly Row[]>;
}

/** A row of the tables of weakenings: an attribute whose change takes protection away without deleting anything. */
import type { Weaker } from './predicates';

export interface Weakening {
  /** The resource type. */
  readonly type: string;
  /** Names of attributes, through nested blocks: `versioning_configuration.status`. */
  readonly attribute: string;
  readonly weaker: Weaker;
  /** What the change means, as a clause: "one request deletes it". */
  readonly what: string;
  /** What to do instead. */
  readonly fix: string;
  /** Whether it is refused in a protected environment, or only ever reported. */
  readonly severity: 'refused' | 'noticed';
  /**
   * The attribute that names what the resource belongs to, such as a bucket: where that exists already, a new resource is
   * judged as a change of nothing into something.
   */
  readonly owner?: string;
}

export type Judged = Pick<Weakening, 'attribute' | 'weaker' | 'what' | 'fix'> & Partial<Pick<Weakening, 'severity'>>;

/** A row without its type. */
export function weak(attribute: string, weaker: Weaker, what: string, fix: string): Judged {
  return { attribute, weaker, what, fix };
}

/** A row that is only ever reported. */
export function notable(attribute: string, weaker: Weaker, what: string, fix: string): Judged {
  return { attribute, weaker, what, fix, severity: 'noticed' };
}

/** The rows of one type. */
export function of(type: string, ...rows: readonly Judged[]): readonly Weakening[] {
  return rows.map((row) => ({ type, severity: 'refused', ...row }));
}

/** The rows of a type whose resources belong to another, named by one attribute. */
export function ownedBy(owner: string, type: string, ...rows: readonly Judged[]): readonly Weakening[] {
  return rows.map((row) => ({ type, severity: 'refused', owner, ...row }));
}

/** The same rows for several types. */
export function each(types: readonly string[], ...rows: readonly Judged[]): readonly Weakening[] {
  return types.flatMap((type) => of(type, ...rows));
}

/** A resource whose removal takes protection away. */
export interface Removal {
  readonly type: string;
  /** What its removal means, as a clause. */
  readonly what: string;
  readonly fix: string;
  readonly severity: 'refused' | 'noticed';
  /**
   * The attribute that names what it protects: when that goes too, nothing is weakened. Further attributes tell several of one
   * owner apart: a successor has the same values in all of them.
   */
  readonly owner?: readonly string[];
}

/** Findings that a query lists. */
import { z } from 'zod';
import type { DatabasePlace } from '../../database-place';
import type { Finding } from './findings';
import type { StepOptions } from './move';
import { runSql } from './scripts';

/** A kind of finding: what the query of names finds, and what to say about each. */
export interface FindingQuery extends Omit<Finding, 'subject'> {
  /** A query of one column: the subjects. */
  readonly subjects: string;
}

/** Runs queries in one script. */
export async function findingsOf(
  place: DatabasePlace,
  queries: readonly FindingQuery[],
  { move, ...options }: StepOptions & { readonly move: string },
): Promise<readonly Finding[]> {
  if (queries.length === 0) return [];
  const sql = queries
    .map(({ subjects }, index) => `select json_build_array(${index}, subject) from (${subjects}) found(subject);`)
    .join('\n');
  const read = await runSql(place, sql, { ...options, move, doing: `checking ${place.name}` });
  return read
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [index, subject] = z.tuple([z.number(), z.string()]).parse(JSON.parse(line));
      const { weight, id, message, fix } = queries[index] as FindingQuery;
      return { weight, id, subject, message, ...(fix === undefined ? {} : { fix }) };
    });
}

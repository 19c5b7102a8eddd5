/** How a finding is acknowledged: by its rule and its path. Pure. */
import type { ParsedEnvironment } from '../schema/environment';
import type { Finding, Rule } from './rule';

type Located = Pick<Finding, 'path' | 'subject'>;

type Acknowledgements = Partial<ParsedEnvironment>['acknowledge'];

/** What an acknowledgement of the finding names. */
export function subjectOf({ path, subject = path }: Located): string {
  return subject;
}

/** Whether the environment accepts this finding of the rule. */
export function isAcknowledged(acknowledge: Acknowledgements, { id }: Rule, finding: Finding): boolean {
  const accepted: Readonly<Record<string, object | undefined>> = acknowledge ?? {};
  const paths = Object.hasOwn(accepted, id) ? accepted[id] : undefined;
  return paths !== undefined && Object.hasOwn(paths, subjectOf(finding));
}

/** The line that accepts the finding. Its reason is too short, so that it is not left as it is. */
export function acknowledgementLine({ id }: Pick<Rule, 'id'>, finding: Located): string {
  const subject = subjectOf(finding).replace(/['\\]/g, '\\$&');
  return `acknowledge: { '${id}': { '${subject}': '<reason>' } }`;
}

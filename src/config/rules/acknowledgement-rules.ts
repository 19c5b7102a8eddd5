/** The rules about acknowledgements: each names a rule that may be silenced, and a finding of that rule. */
import { suggest } from '../problems/nearest';
import { formatPath } from '../problems/paths';
import { ACKNOWLEDGEABLE_RULES } from '../schema/acknowledgements';
import type { ParsedEnvironment } from '../schema/environment';
import { subjectOf } from './acknowledgement';
import { finding, findingIf } from './finding';
import { defineRule, type Finding, type Rule } from './rule';
import { SYNTHESIS_RULES } from './synthesis-rules';

/** Makes the rules from all the others. */
export function acknowledgementRules(others: readonly Rule[]): readonly Rule[] {
  const rules = new Map(others.map((rule) => [rule.id, rule]));
  const severities = new Map([...others, ...SYNTHESIS_RULES].map(({ id, severity }) => [id, severity]));
  return [
    defineRule({
      id: 'acknowledge-known',
      severity: 'refusal',
      summary: 'An acknowledgement names a risk or a warning that exists.',
      reads: ['acknowledge'],
      check: ({ acknowledge }) => Object.keys(acknowledge).flatMap((id) => judgeId(id, severities.get(id))),
    }),
    defineRule({
      id: 'acknowledge-found',
      severity: 'refusal',
      summary: 'An acknowledgement names a path at which its rule finds something: otherwise it would accept a later finding.',
      reads: ['acknowledge'],
      check: (environment) => {
        const entries: readonly (readonly [string, object])[] = Object.entries(environment.acknowledge);
        return entries.flatMap(([id, paths]) => {
          const synthesis = SYNTHESIS_RULES.find((rule) => rule.id === id);
          return synthesis === undefined
            ? judgePaths(Object.keys(paths), rules.get(id), environment)
            : refuseOtherPaths(Object.keys(paths), synthesis.id, [synthesis.path]);
        });
      },
    }),
  ];
}

function judgeId(id: string, severity: Rule['severity'] | undefined): readonly Finding[] {
  if (severity !== undefined && severity !== 'refusal') return [];
  const otherwise = 'remove it; docs/rules.md lists every rule';
  const fix =
    severity === undefined
      ? suggest(id, ACKNOWLEDGEABLE_RULES, otherwise)
      : 'a refusal cannot be acknowledged: change what it refuses, and remove this entry';
  return [finding(`acknowledge.${id}`, id, `one of ${ACKNOWLEDGEABLE_RULES.join(', ')}`, fix)];
}

/** @param sections the valid ones: with a section missing, the findings of the rule are not all known */
function judgePaths(paths: readonly string[], rule: Rule | undefined, sections: Partial<ParsedEnvironment>): readonly Finding[] {
  if (rule === undefined || rule.severity === 'refusal') return [];
  if (![...rule.reads, ...(rule.also ?? [])].every((section) => section in sections)) return [];
  return refuseOtherPaths(paths, rule.id, rule.check(sections as ParsedEnvironment).map(subjectOf));
}

function refuseOtherPaths(paths: readonly string[], rule: string, found: readonly string[]): readonly Finding[] {
  const allowed = found.length === 0 ? `nothing: ${rule} finds nothing here` : `what ${rule} finds: ${found.join(', ')}`;
  return paths.flatMap((path) =>
    findingIf(
      !found.includes(path),
      formatPath(['acknowledge', rule, path]),
      path,
      allowed,
      suggest(path, found, 'remove the entry'),
    ),
  );
}

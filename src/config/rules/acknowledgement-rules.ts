/** The rule about acknowledgements: each names a rule that exists and may be silenced. */
import { suggest } from '../problems/nearest';
import { finding } from './finding';
import { defineRule, type Finding, type Rule } from './rule';
import { SYNTHESIS_RULES } from './synthesis-rules';

/** Makes the rule from all the others. */
export function acknowledgementRule(ofEnvironment: readonly Rule[]): Rule {
  const others = [...ofEnvironment, ...SYNTHESIS_RULES];
  const severities = new Map(others.map(({ id, severity }) => [id, severity]));
  const silenceable = others.filter(({ severity }) => severity !== 'refusal').map(({ id }) => id);
  return defineRule({
    id: 'acknowledge-known',
    severity: 'refusal',
    summary: 'An acknowledgement names a risk or a warning that exists.',
    reads: ['acknowledge'],
    check: ({ acknowledge }) => Object.keys(acknowledge).flatMap((id) => judge(id, severities.get(id), silenceable)),
  });
}

function judge(id: string, severity: Rule['severity'] | undefined, silenceable: readonly string[]): readonly Finding[] {
  if (severity === 'risk' || severity === 'warning') return [];
  const otherwise =
    severity === 'refusal'
      ? 'a refusal cannot be acknowledged: change what it refuses, and remove this entry'
      : 'remove it; docs/rules.md lists every rule';
  const fix = severity === 'refusal' ? otherwise : suggest(id, silenceable, otherwise);
  return [finding(`acknowledge.${id}`, id, `one of ${silenceable.join(', ')}`, fix)];
}

/** The policy rules that hold at every synthesis. */
import type { AcceptedText } from '../../config/calculations/plain-secrets';
import { RefusedModule, type Modules } from '../../terraform/root-module';
import { readEnvironmentExceptions } from './environment-exceptions';
import { explain } from './explain';
import { judgeOwn } from './judge';
import { OWN_RULES } from './own';

const SYNTH_RULES = OWN_RULES.filter(({ heldAt }) => heldAt === 'synth');

/**
 * Refuses modules that break a rule held at synth without an exception by design.
 * @param group the environment or state store
 * @param acceptedTexts texts that look secret and are acknowledged
 * @throws RefusedModule with every finding
 */
export function refuseUnsafeModules(group: string, modules: Modules, acceptedTexts: readonly AcceptedText[] = []): void {
  const { failed } = judgeOwn(modules, { rules: SYNTH_RULES, ownerOf: () => group, acceptedIn: () => acceptedTexts });
  if (failed.length === 0) return;
  const unexplained = explain(failed, () => ({ name: group, isProtected: true }), {
    environments: readEnvironmentExceptions(),
  }).filter(({ exception }) => exception === undefined);
  if (unexplained.length === 0) return;
  throw new RefusedModule(
    [
      `${group}: ${unexplained.length} ${unexplained.length === 1 ? 'finding' : 'findings'} must be fixed before it can be deployed`,
      ...unexplained.flatMap(({ finding }) => [
        `  ${finding.stack}: ${finding.address}`,
        `    ${finding.detail ?? finding.name}  [${finding.check}]`,
      ]),
      '  Nothing was written. The rules and their exceptions: docs/policy.md',
    ].join('\n'),
  );
}

/** The policy's part in every synthesis: what is never right is not written. */
import { RefusedModule, type Modules } from '../../terraform/root-module';
import { explain } from './explain';
import { judgeOwn } from './judge-own';
import { OWN_RULES } from './own';

const NEVER_RIGHT = OWN_RULES.filter(({ heldAt }) => heldAt === 'synth');

/**
 * Refuses modules that break a rule which holds at synth and that no exception by design explains.
 * @throws Unsafe with every finding
 */
export function refuseUnsafeModules(group: string, modules: Modules): void {
  const { failed } = judgeOwn(modules, NEVER_RIGHT);
  if (failed.length === 0) return;
  const unexplained = explain(failed, () => true).filter(({ exception }) => exception === undefined);
  if (unexplained.length === 0) return;
  throw new RefusedModule(
    [
      `${group}: ${unexplained.length} ${unexplained.length === 1 ? 'thing' : 'things'} must not be deployed`,
      ...unexplained.flatMap(({ finding }) => [
        `  ${finding.stack}: ${finding.address}`,
        `    ${finding.detail ?? finding.name}  [${finding.check}]`,
      ]),
      '  Nothing was written. What these rules are, and how one is excepted: docs/policy.md',
    ].join('\n'),
  );
}

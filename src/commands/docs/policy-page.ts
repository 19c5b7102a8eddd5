/** The generated sections of docs/policy.md: the exceptions of Terrace's modules, and the figures of the environments. */
import { CommandError } from '../../cli/errors';
import { markdownTable } from '../../cli/markdown';
import { readEnvironmentExceptions } from '../../checks/policy/environment-exceptions';
import { judgePolicies } from '../../checks/policy/gate';
import { MODULE_EXCEPTIONS, type ModuleException } from '../../checks/policy/module-exceptions';
import { figuresTable } from '../../checks/policy/report';
import { synthesiseModules } from '../../synthesis/modules';
import { withSection } from './marked-section';
import type { Page } from './page';

const path = 'docs/policy.md';

export const policyExceptions: Page = {
  path,
  render: (present) => withSection(present, 'exceptions', exceptionsTable(MODULE_EXCEPTIONS)),
};

export const policyFigures: Page = {
  path,
  render: async (present, context) => {
    const { groups, failed } = await synthesiseModules(context, Object.keys(context.files));
    if (failed.length > 0) throw new CommandError(failed.map(({ report }) => report).join('\n\n'));
    const { figures } = await judgePolicies({
      groups,
      exceptions: readEnvironmentExceptions(),
      environments: Object.keys(context.files),
      isComplete: false,
      checkov: { env: context.io.env, install: false, progress: (text) => void context.io.stderr.write(`${text}\n`) },
    });
    return withSection(present, 'figures', figuresTable(figures));
  },
};

function exceptionsTable(exceptions: readonly ModuleException[]): string {
  return markdownTable(
    ['check', 'kind', 'where', 'reason'],
    exceptions.map(({ check, kind, stacks, resources, reason }) => [
      check,
      kind,
      [stacks, resources]
        .filter((glob) => glob !== undefined)
        .map((glob) => `\`${glob}\``)
        .join(' in ') || 'everywhere',
      reason,
    ]),
  );
}

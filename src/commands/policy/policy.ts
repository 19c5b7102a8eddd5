/** Runs the policy gate over environments and their state stores. */
import type { CommandContext } from '../../cli/command';
import { CommandError } from '../../cli/errors';
import { selectNames } from '../../cli/select';
import { readEnvironmentExceptions } from '../../checks/policy/environment-exceptions';
import { judgePolicies } from '../../checks/policy/gate';
import { isClean, reportMarkdown, reportText, type PolicyReport } from '../../checks/policy/report';
import { synthesiseModules, type ModuleGroup } from '../../synthesis/modules';
import { readGroups } from './earlier-synthesis';

export interface PolicyOptions {
  /** The folder of an earlier synthesis. @default synthesises now */
  readonly from?: string;
  /** Leave checkov out. */
  readonly own: boolean;
  readonly format: 'text' | 'markdown' | 'json';
}

/**
 * @returns 0 when nothing is unexplained, 1 when something is
 * @throws Unavailable when checkov is not available
 */
export async function checkPolicies(
  context: CommandContext,
  patterns: readonly string[],
  { from, own, format }: PolicyOptions,
): Promise<0 | 1> {
  const { files, io } = context;
  const environments = Object.keys(files);
  const selected = selectNames(environments, patterns);
  const groups = await (from === undefined ? synthesised(context, selected) : readGroups(files, selected, from));
  if (groups.length === 0) {
    io.stdout.write('Nothing to judge: emulated environments are destroyed with their emulator.\n');
    return 0;
  }
  const report = await judgePolicies({
    groups,
    exceptions: readEnvironmentExceptions(),
    environments,
    isComplete: selected.length === environments.length,
    checkov: own ? undefined : { env: io.env, install: true, progress: (text) => void io.stderr.write(`${text}\n`) },
  });
  io.stdout.write(`${render(report, format)}\n`);
  return isClean(report) ? 0 : 1;
}

async function synthesised(context: CommandContext, selected: readonly string[]): Promise<readonly ModuleGroup[]> {
  const { groups, failed } = await synthesiseModules(context, selected);
  if (failed.length > 0) throw new CommandError(failed.map(({ report }) => report).join('\n\n'));
  return groups;
}

function render(report: PolicyReport, format: PolicyOptions['format']): string {
  switch (format) {
    case 'text':
      return reportText(report);
    case 'markdown':
      return reportMarkdown(report);
    case 'json':
      return JSON.stringify(report, null, 2);
  }
}

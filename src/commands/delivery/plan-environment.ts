/** Plans stacks of an environment in deploy order: for a pull request, and at night to find drift. */
import { join } from 'node:path';
import { planStack } from './plan-stack';
import type { EnvironmentReport, StackReport } from './stack-report';

export interface PlanEnvironmentOptions {
  readonly environment: string;
  readonly stacks: readonly string[];
  readonly commit: string;
  /** `cdktf.out` */
  readonly output: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly tell: (text: string) => void;
}

/** Every stack's report; a failure of one does not keep the others from being looked at. */
export async function planEnvironment(options: PlanEnvironmentOptions): Promise<EnvironmentReport> {
  const { environment, stacks, commit, output, env, tell } = options;
  const reports: StackReport[] = [];
  for (const stack of stacks) {
    tell(`planning ${stack}`);
    const report = await planStack({ folder: join(output, 'stacks', stack), stack, changing: new Set(stacks), env });
    tell(describeReport(report));
    reports.push(report);
  }
  return { environment, commit, stacks: reports };
}

export function describeReport(report: StackReport): string {
  switch (report.status) {
    case 'planned':
      return `  ${report.actions.length === 0 ? 'no changes' : `${report.actions.length} actions`}, digest ${report.digest.slice(0, 12)}${report.guard.passed ? '' : ', REFUSED by the guard'}`;
    case 'later':
      return `  later: ${report.reason}`;
    case 'failed':
      return `  FAILED: ${report.reason}`;
  }
}

/** Whether a pull request may be merged as far as this environment goes. */
export function isSound({ stacks }: EnvironmentReport): boolean {
  return stacks.every((stack) => stack.status === 'later' || (stack.status === 'planned' && stack.guard.passed));
}

/** What the command says at its end, for a person and as JSON. Pure. */
import type { Missing } from '../../operations/first-deployment/missing';
import type { ApplyResult } from '../../operations/stacks/apply-stack';
import { resultText } from '../../operations/stacks/apply-report';

export interface DeploymentResult {
  readonly name: string;
  readonly stacks: readonly ApplyResult[];
  readonly missing: readonly Missing[];
  /** What failed besides a stack. */
  readonly problem?: string;
  readonly isDone: boolean;
  /** The command that goes on. */
  readonly goOn: string;
}

export function deploymentText({ name, stacks, missing, problem, isDone, goOn }: DeploymentResult): string {
  return [
    ...stacks.map(resultText),
    ...(missing.length === 0 ? [] : [missingText(missing)]),
    ...(problem === undefined ? [] : [problem]),
    isDone ? `${name}: deployed` : `${name}: not finished. Then go on:  ${goOn}`,
  ].join('\n');
}

/** With the commands that provide it. */
export function missingText(missing: readonly Missing[]): string {
  return [
    'Containers are not deployed before these are there:',
    ...missing.flatMap((one) => [`  ${describe(one)}`, `      ${one.command}`]),
  ].join('\n');
}

function describe(one: Missing): string {
  switch (one.kind) {
    case 'secret':
      return `the secret ${one.key} has no value (${one.secret.description})`;
    case 'image':
      return `the image ${one.key} is missing: ${one.reference}`;
    case 'mirror':
      return `the copy of ${one.key} is missing: ${one.reference}`;
  }
}

export function deploymentDocument({ missing, isDone, ...result }: DeploymentResult): object {
  return {
    ...result,
    done: isDone,
    missing: missing.map((one) => ({
      kind: one.kind,
      key: one.key,
      ...(one.kind === 'secret' ? { name: one.secret.name } : { reference: one.reference }),
      command: one.command,
    })),
  };
}

/** What the command says, for a person and as JSON. Pure. */
import type { KeptContents } from '../../operations/destruction/kept-contents';
import type { Obstacle, States } from '../../operations/destruction/obstacles';
import { resultText } from '../../operations/stacks/apply-report';
import type { ApplyResult } from '../../operations/stacks/apply-stack';

/** What there is, and what stands in the way. */
export interface Destruction {
  readonly name: string;
  /** Those with resources, in the order in which they are destroyed. */
  readonly stacks: readonly string[];
  readonly states: States;
  readonly contents: readonly KeptContents[];
  readonly obstacles: readonly Obstacle[];
}

/** What was found, with what was done. */
export interface DestructionResult extends Destruction {
  readonly results: readonly ApplyResult[];
  readonly problem?: string;
}

/** Stacks in the order in which they are destroyed, and what is in the way of Terraform. */
export function whatGoes({ stacks, states, contents }: Destruction): string {
  return [
    ...stacks.flatMap((stack) => {
      const { managed = [] } = states.get(stack) ?? {};
      return [
        `${stack}: ${managed.length} ${managed.length === 1 ? 'resource' : 'resources'}`,
        ...managed.map(({ address }) => `  ${address}`),
      ];
    }),
    ...contents.map(({ address, name }) => `${address} (${name}) is not empty: what is in it is deleted first`),
  ].join('\n');
}

export function destructionText(result: DestructionResult): string {
  const { name, stacks, results, problem } = result;
  if (stacks.length === 0) return `nothing of ${name} is deployed`;
  if (results.length === 0 && problem === undefined) return whatGoes(result);
  const isDone =
    problem === undefined && results.length === stacks.length && results.every(({ outcome }) => outcome === 'applied');
  return [
    ...results.map((one) => (one.outcome === 'applied' ? `${one.stack}: destroyed` : resultText(one))),
    ...(problem === undefined ? [] : [problem]),
    isDone ? `${name}: destroyed` : `${name}: not finished. The same command goes on.`,
  ].join('\n');
}

export function obstaclesText(name: string, obstacles: readonly Obstacle[]): string {
  return [
    `${name} is not destroyed, and nothing was changed:`,
    ...obstacles.flatMap(({ what, fix }) => [`  ${what}`, `    fix   ${fix}`]),
  ].join('\n');
}

export function destructionDocument({ name, stacks, states, contents, obstacles, results, problem }: DestructionResult): object {
  return {
    name,
    stacks: stacks.map((stack) => ({
      stack,
      resources: (states.get(stack)?.managed ?? []).map(({ address }) => address),
      result: results.find((one) => one.stack === stack),
    })),
    notEmpty: contents.map(({ stack, address, name: of }) => ({ stack, address, name: of })),
    obstacles,
    ...(problem === undefined ? {} : { problem }),
  };
}

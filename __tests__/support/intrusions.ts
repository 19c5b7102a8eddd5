/** Permissions that an intruder would add to a description, and what stops them: the rules, and the policy gate behind them. */
import { judgeOwn } from '../../src/checks/policy/judge';
import { IAM_RULES } from '../../src/checks/policy/own/iam';
import { parseEnvironment, type EnvironmentInput, type Problem } from '../../src/config';
import { acknowledged } from './acknowledged';
import { problemsOf } from './problems';
import { synthEnvironment } from './synth';

export interface Intrusion {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** An environment in which one more permission was added to a service. */
export function intruded(input: EnvironmentInput, service: string, { actions, resources }: Intrusion): EnvironmentInput {
  const { services = {} } = input;
  const { [service]: given } = services;
  if (given === undefined) throw new Error(`${input.name} has no service ${service}`);
  const permission = { actions: [...actions], resources: [...resources] };
  return {
    ...input,
    services: { ...services, [service]: { ...given, permissions: [...(given.permissions ?? []), permission] } },
  };
}

/** The rules that refuse the environment. */
export function refusingRules(input: EnvironmentInput): readonly string[] {
  return [...new Set(problemsOf(input).map(({ rule }) => rule ?? 'the schema'))].sort();
}

/** What the gate finds about IAM when every finding of the description was acknowledged. */
export function findingsBehind(input: EnvironmentInput): readonly string[] {
  const environment = parseEnvironment(accepted(input, problemsOf(input)));
  const { failed } = judgeOwn(synthEnvironment(environment), {
    rules: IAM_RULES,
    ownerOf: () => environment.identity.environment,
    environments: [environment.identity.environment],
  });
  return [...new Set(failed.map(({ check }) => check))].sort();
}

function accepted(input: EnvironmentInput, problems: readonly Problem[]): EnvironmentInput {
  const acknowledge: Record<string, Record<string, string>> = structuredClone(input.acknowledge ?? {});
  for (const { accept } of problems) {
    for (const [rule, paths] of Object.entries(acknowledged(accept, 'an intruder writes any reason') ?? {})) {
      acknowledge[rule] = { ...acknowledge[rule], ...paths };
    }
  }
  return { ...input, acknowledge };
}

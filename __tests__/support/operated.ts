/** A target of operations, without states: what its stacks publish is given. */
import { AwsClients } from '../../src/aws/clients';
import type { ResolvedEnvironment } from '../../src/config';
import type { Handovers } from '../../src/contracts/handovers';
import type { StackKind } from '../../src/contracts/stack-kinds';
import type { Target } from '../../src/operations/target';

export interface Published {
  readonly handovers?: { readonly [K in keyof Handovers]?: Partial<Handovers[K]> };
  readonly outputs?: Readonly<Partial<Record<StackKind, Readonly<Record<string, unknown>>>>>;
}

export function operated(
  environment: ResolvedEnvironment,
  endpoint: string | undefined,
  { handovers = {}, outputs = {} }: Published = {},
): Target {
  const { environment: name, region } = environment.identity;
  return {
    name,
    environment,
    aws: new AwsClients({ region, endpoint }),
    env: process.env,
    output: 'cdktf.out',
    published: (kind) => Promise.resolve(handovers[kind] as never),
    outputs: (kind) => Promise.resolve(outputs[kind]),
  };
}

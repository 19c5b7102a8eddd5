/** A deployed environment as commands see it: what its stacks publish is given by the test. */
import { parseEnvironment, type EnvironmentInput } from '../../src/config';
import type { Handovers } from '../../src/contracts/handovers';
import { targetOf, type Target } from '../../src/operations/target';
import { TEST_CREDENTIALS } from './aws-credentials';

export type Published = { readonly [K in keyof Handovers]?: Partial<Handovers[K]> };

/** @param endpoint of a stub of AWS */
export function deployed(input: EnvironmentInput, endpoint: string, published: Published = {}): Target {
  Object.assign(process.env, TEST_CREDENTIALS);
  const target = targetOf(parseEnvironment(input), { endpoint, output: '/nonexistent/stacks', env: process.env });
  return {
    ...target,
    published: (kind) => Promise.resolve(published[kind] as never),
    outputs: () => Promise.resolve(undefined),
  };
}

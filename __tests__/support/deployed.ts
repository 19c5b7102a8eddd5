/** A deployed environment as commands see it: what its stacks publish is given by the test. */
import { parseEnvironment, type EnvironmentInput } from '../../src/config';
import type { Handovers } from '../../src/contracts/handovers';
import { targetOf, type Target } from '../../src/operations/target';

/** Credentials and settings with which the clients of AWS ask nobody but the given address. */
export const TEST_CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_EC2_METADATA_DISABLED: 'true',
};

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

/** Books of test environments, with a picture that is not drawn. */
import type { Book } from '../../src/book/book';
import { parseEnvironment, type ResolvedEnvironment } from '../../src/config';
import { costOf } from '../../src/cost/calculate';
import { inputOf } from '../../src/cost/input';
import { reportOf } from '../../src/cost/report/json';
import type { Modules } from '../../src/terraform/root-module';
import { synthEnvironment } from '../support/synth';

/** A picture with one node. */
export const PICTURE: Book['picture'] = {
  svg: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 50" width="100" height="50" role="group" aria-label="Architecture"><g data-node="one" tabindex="0" role="button" aria-label="One"><rect width="40" height="20"/></g></svg>',
  nodes: [
    {
      id: 'one',
      title: 'One <thing>',
      kind: 'load-balancer',
      addresses: [{ stack: 'shop-test-network', address: 'aws_vpc.network_vpc' }],
      facts: [{ label: 'Size', value: 'small' }],
    },
  ],
  width: 100,
  height: 50,
};

/** @param input of an environment, or the environment resolved */
export function bookOf(input: unknown, changes: Partial<Book> = {}): Book {
  const environment = isResolved(input) ? input : parseEnvironment(input);
  const modules = synthEnvironment(environment) as Modules;
  const cost = costOf(inputOf({ name: environment.identity.environment, modules, environment }));
  const { groups } = reportOf([{ cost, budgetUsd: environment.cost.limit?.monthlyUsd }], false);
  return {
    environment,
    modules,
    cost: groups[0]!,
    risks: [],
    exceptions: [],
    assumptions: [],
    picture: PICTURE,
    ...changes,
  };
}

function isResolved(input: unknown): input is ResolvedEnvironment {
  return typeof input === 'object' && input !== null && 'identity' in input;
}

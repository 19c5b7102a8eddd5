/** What expressions in synthesised modules refer to. Pure. */
import { producerOf } from '../../contracts/stack-kinds';
import { blocksOf, outputAt, type Modules } from '../../terraform/root-module';

/** A resource of a stack. */
export interface Target {
  readonly stack: string;
  /** `aws_security_group.load-balancer_security_group`. */
  readonly address: string;
}

const REMOTE = /^\$\{data\.terraform_remote_state\.([A-Za-z0-9_-]+)\.outputs\.([A-Za-z0-9_.-]+)\}/;
const RESOURCE = /^\$\{([a-z0-9_]+\.[A-Za-z0-9_-]+)[.[}]/;

/** Follows an expression, through the outputs of other stacks of the environment, to a resource; undefined for any other value. */
export function targetOf(modules: Modules, stack: string, expression: unknown): Target | undefined {
  if (typeof expression !== 'string') return undefined;
  const remote = REMOTE.exec(expression);
  if (remote === null) {
    const address = RESOURCE.exec(expression)?.[1];
    return address === undefined ? undefined : { stack, address };
  }
  const [, state = '', path = ''] = remote;
  const producer = producerOf(stack, state);
  const published = outputAt(modules[producer], `.${path}`);
  return published === expression ? undefined : targetOf(modules, producer, published);
}

/** Every resource of a type, in all stacks. */
export function allOf(modules: Modules, type: string) {
  return Object.entries(modules).flatMap(([stack, { resource }]) =>
    blocksOf(resource === undefined ? undefined : { [type]: resource[type] ?? {} }).map(({ name, block }) => ({
      stack,
      name,
      address: `${type}.${name}`,
      block,
    })),
  );
}

/** The block of a target. */
export function blockAt(modules: Modules, { stack, address }: Target) {
  const [type = '', name = ''] = address.split('.');
  return modules[stack]?.resource?.[type]?.[name];
}

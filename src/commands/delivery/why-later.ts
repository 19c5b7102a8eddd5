/** Why a stack cannot be planned yet although nothing is wrong with it, in terraform's own words. Pure. */
import { STACK_KINDS } from '../../contracts/stack-kinds';

/**
 * @param stack its id, such as `h2o-prod-data`
 * @param stderr what terraform said
 * @param changing stacks that the same change touches
 * @returns undefined when the error is a real one
 */
export function whyLater(stack: string, stderr: string, changing: ReadonlySet<string>): string | undefined {
  const text = stderr.replace(/[│╷╵]/g, ' ').replace(/\s+/g, ' ');
  if (/NoSuchBucket|S3 bucket "[^"]*" does not exist/.test(text)) {
    return 'its state store is not deployed yet: a person applies the bootstrap stack first';
  }
  const missing = /Unable to find remote state.*?data\.terraform_remote_state\.([A-Za-z0-9_-]+)/.exec(text)?.[1];
  if (missing !== undefined) return `${producerOf(stack, missing)} is not deployed yet, and this stack reads its outputs`;
  const lacking = /Unsupported attribute.*?data\.terraform_remote_state\.([A-Za-z0-9_-]+)\.outputs/.exec(text)?.[1];
  if (lacking === undefined) return undefined;
  const producer = producerOf(stack, lacking);
  // Where the producer does not change, an output that is not there will not come either.
  return changing.has(producer) ? `${producer} has to be applied first: this stack reads an output that is new there` : undefined;
}

/** The id of another stack of the same environment: stacks read each other by kind. */
function producerOf(stack: string, kind: string): string {
  const own = STACK_KINDS.find((ending) => stack.endsWith(`-${ending}`));
  return own === undefined ? kind : `${stack.slice(0, -own.length)}${kind}`;
}

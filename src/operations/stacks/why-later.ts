/** Recognises, from terraform's output, a stack that cannot be planned yet although nothing is wrong with it. Pure. */
import { producerOf } from '../../contracts/stack-kinds';

/**
 * @param stack its id, such as `h2o-prod-data`
 * @param stderr terraform's error output
 * @param changing stacks that the same change touches
 * @returns why it is planned later; undefined for any other error
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
  // A producer that does not change will not add the output.
  return changing.has(producer) ? `${producer} must be applied first: this stack reads a new output of it` : undefined;
}

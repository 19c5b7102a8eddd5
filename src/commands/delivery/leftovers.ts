/** States in the bucket of a store whose stacks are no longer in the code: their resources still exist and are billed. */
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { CommandError } from '../../cli/errors';
import { readModules } from '../../synthesis/output-folder';
import { isObject, nestedBlocks } from '../../terraform/root-module';
import type { RunCommandOptions } from '../../terraform/runner/run-command';
import { StateReader, StatesUnreadable, type StateBucket } from '../../terraform/runner/state-bucket';

/** What was found in the bucket of a store. */
export const leftoversSchema = z.strictObject({
  store: z.string(),
  bucket: z.string(),
  /** States with resources, without a stack. */
  states: z.array(z.strictObject({ key: z.string(), resources: z.number() })),
});

export type Leftovers = z.output<typeof leftoversSchema>;

/** The state of a store's own bootstrap stack. */
const BOOTSTRAP_KEY = 'bootstrap/terraform.tfstate';

/**
 * @param output the synthesised output of every environment
 * @param belongs whether a state is of something that has no synthesised stack, such as a preview
 * @throws CommandError when the bucket cannot be listed
 */
export async function findLeftovers(
  { name, bucket, region }: StateBucket & { readonly name: string },
  output: string,
  env: RunCommandOptions['env'],
  belongs: (key: string) => boolean = () => false,
): Promise<Leftovers> {
  if (!existsSync(output)) throw new CommandError(`${output} does not exist: run \`npm run synth\` first`);
  const reader = new StateReader({ bucket, region }, env);
  const known = keysIn(output, bucket);
  try {
    const states: { key: string; resources: number }[] = [];
    for (const { key } of await reader.list()) {
      if (known.has(key) || belongs(key)) continue;
      const resources = await reader.resources(key);
      if (resources > 0) states.push({ key, resources });
    }
    return { store: name, bucket, states };
  } catch (error) {
    throw error instanceof StatesUnreadable ? new CommandError(error.message) : error;
  }
}

/** The keys of every synthesised stack in a bucket. */
function keysIn(output: string, bucket: string): ReadonlySet<string> {
  const configured = [...readModules(output).values()].flatMap(({ terraform }) => {
    const [backend] = nestedBlocks(terraform?.backend);
    return isObject(backend?.s3) && backend.s3.bucket === bucket ? [String(backend.s3.key)] : [];
  });
  return new Set([...configured, BOOTSTRAP_KEY]);
}

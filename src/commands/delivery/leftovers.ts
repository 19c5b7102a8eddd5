/** States in the bucket of a store whose stacks are no longer in the code: their resources still exist and are billed. */
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { AwsClients } from '../../aws/clients';
import { CommandError } from '../../cli/errors';
import { StateBucket, type StateBucketPlace } from '../../operations/state-bucket';
import { readModules } from '../../synthesis/output-folder';
import { isObject, nestedBlocks } from '../../terraform/root-module';

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
 * @throws CommandError or Unavailable when the bucket cannot be listed
 */
export async function findLeftovers(
  { name, bucket, region }: StateBucketPlace & { readonly name: string },
  output: string,
  belongs: (key: string) => boolean = () => false,
): Promise<Leftovers> {
  if (!existsSync(output)) throw new CommandError(`${output} does not exist: run \`npm run synth\` first`);
  const bucketOfStore = new StateBucket({ bucket, region }, new AwsClients({ region }));
  const known = keysIn(output, bucket);
  const states: { key: string; resources: number }[] = [];
  for (const { key } of await bucketOfStore.list()) {
    if (known.has(key) || belongs(key)) continue;
    const resources = await bucketOfStore.resources(key);
    if (resources > 0) states.push({ key, resources });
  }
  return { store: name, bucket, states };
}

/** The keys of every synthesised stack in a bucket. */
function keysIn(output: string, bucket: string): ReadonlySet<string> {
  const configured = [...readModules(output).values()].flatMap(({ terraform }) => {
    const [backend] = nestedBlocks(terraform?.backend);
    return isObject(backend?.s3) && backend.s3.bucket === bucket ? [String(backend.s3.key)] : [];
  });
  return new Set([...configured, BOOTSTRAP_KEY]);
}

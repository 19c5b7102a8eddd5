/** States in the bucket of a store whose stacks are no longer in the code: their resources still exist and are billed. */
import { existsSync } from 'node:fs';
import { z } from 'zod';
import { CommandError } from '../../cli/errors';
import { readModules } from '../../synthesis/output-folder';
import { isObject, nestedBlocks } from '../../terraform/root-module';
import { lastLine, runCommand, type RunCommandOptions } from '../../terraform/runner/run-command';

/** What was found in the bucket of a store. */
export const leftoversSchema = z.strictObject({
  store: z.string(),
  bucket: z.string(),
  /** States with resources, without a stack. */
  states: z.array(z.strictObject({ key: z.string(), resources: z.number() })),
});

export type Leftovers = z.output<typeof leftoversSchema>;

/** Where a store keeps its states. */
export interface StateBucket {
  readonly name: string;
  readonly bucket: string;
  readonly region: string;
}

const listed = z.object({ Contents: z.array(z.object({ Key: z.string() })).nullish() });
const state = z.object({ resources: z.array(z.object({ mode: z.string().optional() })).default([]) });

/** The state of a store's own bootstrap stack. */
const BOOTSTRAP_KEY = 'bootstrap/terraform.tfstate';

/**
 * @param output the synthesised output of every environment
 * @throws CommandError when the bucket cannot be listed
 */
export async function findLeftovers(
  { name, bucket, region }: StateBucket,
  output: string,
  env: RunCommandOptions['env'],
): Promise<Leftovers> {
  if (!existsSync(output)) throw new CommandError(`${output} does not exist: run \`npm run synth\` first`);
  const aws = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await runCommand('aws', [...args, '--region', region], { env });
    if (code !== 0) throw new CommandError(`aws ${args.slice(0, 2).join(' ')} failed for ${bucket}: ${lastLine(stderr)}`);
    return stdout;
  };
  const text = await aws('s3api', 'list-objects-v2', '--bucket', bucket, '--output', 'json');
  const { Contents: objects } = listed.parse(text.trim() === '' ? {} : JSON.parse(text));
  const known = keysIn(output, bucket);
  const unknown = (objects ?? []).map(({ Key: key }) => key).filter((key) => key.endsWith('.tfstate') && !known.has(key));
  const states: { key: string; resources: number }[] = [];
  for (const key of unknown.sort()) {
    const { resources } = state.parse(JSON.parse(await aws('s3', 'cp', `s3://${bucket}/${key}`, '-')));
    // `terraform destroy` leaves an empty state.
    const managed = resources.filter(({ mode }) => mode !== 'data').length;
    if (managed > 0) states.push({ key, resources: managed });
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

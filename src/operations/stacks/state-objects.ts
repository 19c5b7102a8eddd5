/** The objects in the state of a stack, read from where its synthesised module keeps it. Values of it are never printed. */
import { z } from 'zod';
import { CommandError } from '../../cli/errors';
import { stackFolder } from '../../synthesis/output-folder';
import { readModule } from '../../terraform/root-module';
import { statePlaceOf } from '../stack-state';
import { readStateText, type ReadOptions } from '../state-outputs';

const stateSchema = z.object({
  resources: z
    .array(
      z.object({
        mode: z.string().default('managed'),
        type: z.string(),
        name: z.string(),
        instances: z.array(z.object({ attributes: z.record(z.string(), z.unknown()).nullish() })).default([]),
      }),
    )
    .default([]),
});

export interface StateObject {
  readonly type: string;
  /** `aws_s3_bucket.bucket_uploads_bucket` */
  readonly address: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface StateObjects {
  /** Empty for a stack that was never deployed, or is destroyed. */
  readonly managed: readonly StateObject[];
  readonly data: readonly StateObject[];
}

/** @throws CommandError or Unavailable when it cannot be read: that is no empty state */
export async function stateObjects(stack: string, options: ReadOptions): Promise<StateObjects> {
  const text = await textOf(stack, options);
  return parseState(text ?? '', stack);
}

/**
 * @param text empty while Terraform creates a local one
 * @param source names it in an error
 */
export function parseState(text: string, source: string): StateObjects {
  const parsed = stateSchema.safeParse(text.trim() === '' ? {} : JSON.parse(text));
  if (!parsed.success) throw new CommandError(`the state of ${source} is not one of Terraform's`);
  const objects = parsed.data.resources.flatMap(({ mode, type, name, instances }) =>
    instances.map(({ attributes }) => ({ mode, object: { type, address: `${type}.${name}`, attributes: attributes ?? {} } })),
  );
  return {
    managed: objects.filter(({ mode }) => mode !== 'data').map(({ object }) => object),
    data: objects.filter(({ mode }) => mode === 'data').map(({ object }) => object),
  };
}

/** Without a backend that Terrace writes, Terraform itself knows where the state is, as it does in HCP Terraform. */
async function textOf(stack: string, options: ReadOptions): Promise<string | undefined> {
  const module = readModule(stackFolder(options.output, stack));
  const place = module && statePlaceOf(stack, module);
  return (await readStateText(place ?? { backend: { kind: 'cloud' }, stackId: stack, stateKey: '' }, options))?.text;
}

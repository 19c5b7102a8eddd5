/** The state of a stack, read from where its synthesised module keeps it. Values of it are never printed. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { AwsClients } from '../../aws/clients';
import { explainAws, isAwsError } from '../../aws/errors';
import { CommandError } from '../../cli/errors';
import { stackFolder } from '../../synthesis/output-folder';
import { isObject, nestedBlocks, readModule } from '../../terraform/root-module';
import { errorsIn } from '../../terraform/runner/errors';
import { Terraform } from '../../terraform/runner/terraform';
import { initialised } from './initialised';
import type { StackPlanOptions } from './stack-plan';

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

export interface StackState {
  /** Empty for a stack that was never deployed, or is destroyed. */
  readonly managed: readonly StateObject[];
  readonly data: readonly StateObject[];
}

export interface StateOptions extends Pick<StackPlanOptions, 'output' | 'env' | 'plugins'> {
  /** In any region. */
  readonly aws: AwsClients;
}

/** @throws CommandError or Unavailable when it cannot be read: that is no empty state */
export async function stateOf(stack: string, options: StateOptions): Promise<StackState> {
  const text = await textOf(stack, options);
  return parseState(text ?? '', stack);
}

/**
 * @param text empty while Terraform creates a local one
 * @param source names it in an error
 */
export function parseState(text: string, source: string): StackState {
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

async function textOf(stack: string, options: StateOptions): Promise<string | undefined> {
  const folder = stackFolder(options.output, stack);
  const [backend] = nestedBlocks(readModule(folder)?.terraform?.backend);
  if (isObject(backend?.s3)) {
    const { bucket, key, region } = backend.s3;
    return inBucket(options.aws.in(String(region)), String(bucket), String(key));
  }
  if (isObject(backend?.local)) {
    const file = resolve(folder, String(backend.local.path));
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  }
  return inCloud(stack, folder, options);
}

async function inBucket(aws: AwsClients, bucket: string, key: string): Promise<string | undefined> {
  try {
    const s3 = await aws.s3();
    const { Body: body } = await s3.getObject({ Bucket: bucket, Key: key });
    return await body?.transformToString();
  } catch (error) {
    if (isAwsError(error, 'NoSuchKey', 'NoSuchBucket')) return undefined;
    throw explainAws(error, `reading the state s3://${bucket}/${key}`);
  }
}

/** Only Terraform itself knows how to log in there. */
async function inCloud(stack: string, folder: string, { env, plugins }: StateOptions): Promise<string | undefined> {
  if (!existsSync(folder)) throw new CommandError(`there is no ${folder}: synthesise first`);
  const terraform = new Terraform({ env, plugins });
  const init = await initialised(terraform, folder);
  const pulled = init.code === 0 ? await terraform.run(folder, 'state', 'pull') : init;
  if (pulled.code !== 0) throw new CommandError(`the state of ${stack} cannot be read\n${errorsIn(pulled.stderr)}`);
  return pulled.stdout.trim() === '' ? undefined : pulled.stdout;
}

/** The outputs of a stack, read from its state wherever that is. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { AwsClients } from '../aws/clients';
import { explainAws, isAwsError } from '../aws/errors';
import { CommandError } from '../cli/errors';
import type { StateLocation } from '../terraform/backends';
import { errorsIn } from '../terraform/runner/errors';
import type { RunCommandOptions } from '../terraform/runner/run-command';
import { Terraform } from '../terraform/runner/terraform';

export interface ReadOptions {
  /** In any region. */
  readonly aws: AwsClients;
  /** The synthesised output: local states are next to it, and states in HCP Terraform are read from its folders. */
  readonly output: string;
  readonly env: NonNullable<RunCommandOptions['env']>;
}

const outputs = z.record(z.string(), z.object({ value: z.unknown() }));
const state = z.object({ outputs: outputs.default({}) });

/**
 * By name; undefined when the stack has no state. A destroyed stack has an empty one.
 * @throws CommandError when the state cannot be read
 */
export async function readOutputs(
  location: StateLocation,
  options: ReadOptions,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const text = await textOf(location, options);
  // Terraform creates a local file, which is empty, before its first apply.
  return text === undefined || text.trim() === '' ? undefined : valuesOf(text, location.stackId);
}

async function textOf({ backend, stackId, stateKey }: StateLocation, options: ReadOptions): Promise<string | undefined> {
  switch (backend.kind) {
    case 's3':
      return stateInBucket(options.aws.in(backend.store.region), backend.store.bucket, stateKey);
    case 'local': {
      const file = resolve(options.output, '..', `terraform.${stackId}.tfstate`);
      return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    }
    case 'cloud':
      return outputsInCloud(join(options.output, 'stacks', stackId), stackId, options);
  }
}

async function stateInBucket(aws: AwsClients, bucket: string, key: string): Promise<string | undefined> {
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
async function outputsInCloud(folder: string, stackId: string, { env }: ReadOptions): Promise<string | undefined> {
  if (!existsSync(folder)) throw new CommandError(`there is no ${folder}: run npm run synth first`);
  const terraform = new Terraform({ env });
  const init = await terraform.init(folder);
  const shown = init.code === 0 ? await terraform.run(folder, 'output', '-json') : init;
  if (shown.code !== 0) throw new CommandError(`the outputs of ${stackId} cannot be read\n${errorsIn(shown.stderr)}`);
  return `{"outputs":${shown.stdout.trim() === '' ? '{}' : shown.stdout}}`;
}

function valuesOf(text: string, stackId: string): Readonly<Record<string, unknown>> | undefined {
  const parsed = state.safeParse(JSON.parse(text));
  if (!parsed.success) throw new CommandError(`the state of ${stackId} is not one of Terraform's`);
  const entries = Object.entries(parsed.data.outputs);
  return entries.length === 0 ? undefined : Object.fromEntries(entries.map(([name, { value }]) => [name, value]));
}

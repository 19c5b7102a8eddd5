/** The outputs of a stack, read from its state wherever that is. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { AwsClients } from '../aws/clients';
import { explainAws, isAwsError } from '../aws/errors';
import { CommandError } from '../cli/errors';
import { stackFolder } from '../synthesis/output-folder';
import { errorsIn } from '../terraform/runner/errors';
import type { RunCommandOptions } from '../terraform/runner/run-command';
import { Terraform, type Plugins } from '../terraform/runner/terraform';
import { initialised } from './stacks/initialised';

/** What is needed of a location to read its state. */
export interface StatePlace {
  readonly backend:
    | { readonly kind: 's3'; readonly store: { readonly bucket: string; readonly region: string } }
    /** The path is relative to the folder of the stack. @default as Terrace writes it, next to the output */
    | { readonly kind: 'local'; readonly path?: string }
    | { readonly kind: 'cloud' };
  readonly stackId: string;
  readonly stateKey: string;
}

export interface ReadOptions {
  /** In any region. */
  readonly aws: AwsClients;
  /** The synthesised output: local states are next to it, and states in HCP Terraform are read from its folders. */
  readonly output: string;
  readonly env: NonNullable<RunCommandOptions['env']>;
  /** @default as terraform is configured */
  readonly plugins?: Plugins;
}

const outputs = z.record(z.string(), z.object({ value: z.unknown() }));
const state = z.object({ outputs: outputs.default({}) });

/**
 * By name; undefined when the stack has no state. A destroyed stack has an empty one.
 * @throws CommandError when the state cannot be read
 */
export async function readOutputs(
  place: StatePlace,
  options: ReadOptions,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const text =
    place.backend.kind === 'cloud'
      ? await outputsInCloud(stackFolder(options.output, place.stackId), place.stackId, options)
      : (await readStateText(place, options))?.text;
  // Terraform creates a local file, which is empty, before its first apply.
  return text === undefined || text.trim() === '' ? undefined : valuesOf(text, place.stackId);
}

/** A state as it is stored. */
export interface StateText {
  readonly text: string;
  /** Unknown in HCP Terraform. */
  readonly writtenAt?: Date;
}

/**
 * The whole state, with its resources; undefined when there is none.
 * @throws CommandError when it cannot be read
 */
export async function readStateText(
  { backend, stackId, stateKey }: StatePlace,
  options: ReadOptions,
): Promise<StateText | undefined> {
  switch (backend.kind) {
    case 's3':
      return stateInBucket(options.aws.in(backend.store.region), backend.store.bucket, stateKey);
    case 'local': {
      const { path = `../../../terraform.${stackId}.tfstate` } = backend;
      const file = resolve(stackFolder(options.output, stackId), path);
      return existsSync(file) ? { text: readFileSync(file, 'utf8'), writtenAt: statSync(file).mtime } : undefined;
    }
    case 'cloud':
      return stateInCloud(stackFolder(options.output, stackId), stackId, options);
  }
}

async function stateInBucket(aws: AwsClients, bucket: string, key: string): Promise<StateText | undefined> {
  try {
    const s3 = await aws.s3();
    const { Body: body, LastModified: writtenAt } = await s3.getObject({ Bucket: bucket, Key: key });
    return body === undefined ? undefined : { text: await body.transformToString(), writtenAt };
  } catch (error) {
    if (isAwsError(error, 'NoSuchKey', 'NoSuchBucket')) return undefined;
    throw explainAws(error, `reading the state s3://${bucket}/${key}`);
  }
}

/** Only Terraform itself knows how to log in there. */
async function stateInCloud(folder: string, stackId: string, options: ReadOptions): Promise<StateText | undefined> {
  const text = (await inCloud(folder, `the state of ${stackId}`, options, 'state', 'pull')).trim();
  return text === '' ? undefined : { text };
}

/** Outputs can be read with fewer rights than the whole state. */
async function outputsInCloud(folder: string, stackId: string, options: ReadOptions): Promise<string> {
  const text = (await inCloud(folder, `the outputs of ${stackId}`, options, 'output', '-json')).trim();
  return `{"outputs":${text === '' ? '{}' : text}}`;
}

async function inCloud(folder: string, what: string, options: ReadOptions, ...args: readonly string[]): Promise<string> {
  if (!existsSync(folder)) throw new CommandError(`there is no ${folder}: run npm run synth first`);
  const terraform = new Terraform(options);
  const init = await initialised(terraform, folder);
  const shown = init.code === 0 ? await terraform.run(folder, ...args) : init;
  if (shown.code !== 0) throw new CommandError(`${what} cannot be read\n${errorsIn(shown.stderr)}`);
  return shown.stdout;
}

function valuesOf(text: string, stackId: string): Readonly<Record<string, unknown>> | undefined {
  const parsed = state.safeParse(JSON.parse(text));
  if (!parsed.success) throw new CommandError(`the state of ${stackId} is not one of Terraform's`);
  const entries = Object.entries(parsed.data.outputs);
  return entries.length === 0 ? undefined : Object.fromEntries(entries.map(([name, { value }]) => [name, value]));
}

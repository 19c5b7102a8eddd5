/** Which states outside of an environment were applied with its outputs: they would lead nowhere. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { AwsClients } from '../../aws/clients';
import { environmentStatePrefix } from '../../config/names';
import type { ResolvedEnvironment } from '../../config/resolved/environment';
import { StateBucket } from '../state-bucket';
import { parseState, type StateObjects } from '../stacks/state-objects';

/** A state of the same place that the environment does not own or that no synthesised stack has. */
export interface OtherState {
  /** The key in the bucket, or the name of the file. */
  readonly name: string;
  readonly state: StateObjects;
}

export interface StatesAround {
  /** Of the environment, without a synthesised stack: they are destroyed in a checkout that has them. */
  readonly leftovers: readonly OtherState[];
  /** Of others, which were applied with outputs of the environment. */
  readonly readers: readonly OtherState[];
}

export interface AroundOptions {
  readonly aws: AwsClients;
  readonly output: string;
  /** The environment's stacks, as they are synthesised. */
  readonly stacks: readonly string[];
}

/** @throws CommandError or Unavailable when the states cannot be read */
export async function statesAround(environment: ResolvedEnvironment, options: AroundOptions): Promise<StatesAround> {
  const { identity, backend } = environment;
  switch (backend.kind) {
    case 's3':
      return inBucket(new StateBucket(backend.store, options.aws), environmentStatePrefix(identity.shortName), options, identity);
    case 'local':
      return inFolder(resolve(options.output, '..'), identity.environment, options);
    // Workspaces of others cannot be listed with the right to this environment's.
    case 'cloud':
      return { leftovers: [], readers: [] };
  }
}

async function inBucket(
  bucket: StateBucket,
  prefix: string,
  { stacks }: AroundOptions,
  { environment }: ResolvedEnvironment['identity'],
): Promise<StatesAround> {
  const own = new Set(stacks.map((stack) => `${prefix}${stack.slice(environment.length + 1)}/terraform.tfstate`));
  const found: (OtherState & { readonly isOwn: boolean })[] = [];
  for (const { key } of await bucket.list())
    if (!own.has(key)) found.push({ name: key, isOwn: key.startsWith(prefix), state: parseState(await bucket.read(key), key) });
  return sorted(found, `"${prefix}`);
}

function inFolder(folder: string, environment: string, { stacks }: AroundOptions): StatesAround {
  if (!existsSync(folder)) return { leftovers: [], readers: [] };
  const own = new Set(stacks.map((stack) => `terraform.${stack}.tfstate`));
  const found = readdirSync(folder)
    .filter((file) => /^terraform\..+\.tfstate$/.test(file) && !own.has(file))
    .map((file) => ({
      name: file,
      isOwn: file.startsWith(`terraform.${environment}-`),
      state: parseState(readFileSync(join(folder, file), 'utf8'), file),
    }));
  return sorted(found, `terraform.${environment}-`);
}

function sorted(found: readonly (OtherState & { readonly isOwn: boolean })[], mark: string): StatesAround {
  const deployed = found.filter(({ state }) => state.managed.length > 0);
  return {
    leftovers: deployed.filter(({ isOwn }) => isOwn),
    readers: deployed.filter(({ isOwn, state }) => !isOwn && state.data.some((source) => reads(source, mark))),
  };
}

/** Whether a data source is the state of one of the environment's stacks: its configuration has the key or the path of it. */
function reads({ type, attributes }: StateObjects['data'][number], mark: string): boolean {
  return type === 'terraform_remote_state' && JSON.stringify(attributes.config ?? {}).includes(mark);
}

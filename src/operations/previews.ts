/** The previews of an environment that exist: those whose states have resources. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { AwsClients } from '../aws/clients';
import type { ResolvedEnvironment } from '../config';
import { environmentStatePrefix, previewName, previewStateKeys } from '../config/names';
import { resourcesIn, StateBucket } from './state-bucket';

export interface PreviewState {
  readonly number: number;
  readonly writtenAt: Date;
  readonly resources: number;
}

export interface FindPreviewsOptions {
  /** In any region. */
  readonly aws: AwsClients;
  /** The synthesised output; local states are next to it. */
  readonly output: string;
}

/**
 * By number. A preview that was destroyed has an empty state, and is not among them.
 * @throws CommandError or Unavailable when the states cannot be read
 */
export async function previewStates(
  environment: Pick<ResolvedEnvironment, 'identity' | 'backend'>,
  options: FindPreviewsOptions,
): Promise<readonly PreviewState[]> {
  const found = await statesOf(environment, options);
  return found.filter(({ resources }) => resources > 0).sort((one, other) => one.number - other.number);
}

async function statesOf(
  { identity, backend }: Pick<ResolvedEnvironment, 'identity' | 'backend'>,
  { aws, output }: FindPreviewsOptions,
): Promise<PreviewState[]> {
  switch (backend.kind) {
    case 's3':
      return statesInBucket(new StateBucket(backend.store, aws), identity.shortName);
    case 'local':
      return localStates(resolve(output, '..'), identity.environment);
    // There are no previews with states in HCP Terraform.
    case 'cloud':
      return [];
  }
}

async function statesInBucket(states: StateBucket, shortName: string): Promise<PreviewState[]> {
  const keys = previewStateKeys(shortName);
  const found: PreviewState[] = [];
  for (const { key, writtenAt } of await states.list(`${environmentStatePrefix(shortName)}pr-`)) {
    const number = keys.exec(key)?.[1];
    if (number !== undefined) found.push({ number: Number(number), writtenAt, resources: await states.resources(key) });
  }
  return found;
}

function localStates(folder: string, environment: string): PreviewState[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((file) => {
    const number = /^terraform\.(.+)-pr-(\d+)\.tfstate$/.exec(file)?.[2];
    if (number === undefined || file !== `terraform.${previewName(environment, Number(number))}.tfstate`) return [];
    const path = join(folder, file);
    return [{ number: Number(number), writtenAt: statSync(path).mtime, resources: resourcesIn(readFileSync(path, 'utf8')) }];
  });
}

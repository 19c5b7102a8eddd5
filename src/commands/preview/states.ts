/** Which previews of an environment exist, by their states, and which have outlived their time. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CommandError } from '../../cli/errors';
import type { ResolvedEnvironment } from '../../config';
import { environmentStatePrefix, previewName, previewStateKeys } from '../../config/names';
import type { RunCommandOptions } from '../../terraform/runner/run-command';
import { resourcesIn, StateReader, StatesUnreadable } from '../../terraform/runner/state-bucket';

export interface ExistingPreview {
  readonly environment: string;
  readonly number: number;
  /** When its state was written last: by its newest deployment. ISO 8601, UTC. */
  readonly deployedAt: string;
  readonly expiresAt: string;
  readonly expired: boolean;
  readonly resources: number;
}

export interface FindOptions {
  /** The synthesised output; local states are next to it. */
  readonly output: string;
  readonly env: RunCommandOptions['env'];
  readonly now: Date;
}

/** A state with resources. */
interface Found {
  readonly number: number;
  readonly writtenAt: Date;
  readonly resources: number;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * By number. A preview that was destroyed has an empty state, and is not among them.
 * @throws CommandError when the states cannot be read
 */
export async function findPreviews(environment: ResolvedEnvironment, options: FindOptions): Promise<readonly ExistingPreview[]> {
  const { identity, preview } = environment;
  const life = (preview?.lifetimeDays ?? 0) * DAY;
  const found = await statesOf(environment, options);
  return [...found]
    .filter(({ resources }) => resources > 0)
    .sort((one, other) => one.number - other.number)
    .map(({ number, writtenAt, resources }) => {
      const expires = new Date(writtenAt.getTime() + life);
      return {
        environment: identity.environment,
        number,
        deployedAt: writtenAt.toISOString(),
        expiresAt: expires.toISOString(),
        expired: expires <= options.now,
        resources,
      };
    });
}

async function statesOf({ identity, backend }: ResolvedEnvironment, { output, env }: FindOptions): Promise<readonly Found[]> {
  switch (backend.kind) {
    case 's3':
      return statesInBucket(new StateReader(backend.store, env), identity.shortName);
    case 'local':
      return localStates(resolve(output, '..'), identity.environment);
    case 'cloud':
      return [];
  }
}

async function statesInBucket(reader: StateReader, shortName: string): Promise<readonly Found[]> {
  try {
    const keys = previewStateKeys(shortName);
    const found: Found[] = [];
    for (const { key, writtenAt } of await reader.list(`${environmentStatePrefix(shortName)}pr-`)) {
      const number = keys.exec(key)?.[1];
      if (number !== undefined) found.push({ number: Number(number), writtenAt, resources: await reader.resources(key) });
    }
    return found;
  } catch (error) {
    throw error instanceof StatesUnreadable ? new CommandError(error.message) : error;
  }
}

function localStates(folder: string, environment: string): readonly Found[] {
  return readdirSync(folder).flatMap((file) => {
    const number = /^terraform\.(.+)-pr-(\d+)\.tfstate$/.exec(file)?.[2];
    if (number === undefined || file !== `terraform.${previewName(environment, Number(number))}.tfstate`) return [];
    const path = join(folder, file);
    return [{ number: Number(number), writtenAt: statSync(path).mtime, resources: resourcesIn(readFileSync(path, 'utf8')) }];
  });
}

/** The states in the bucket of a store, by the AWS command line. */
import { z } from 'zod';
import { lastLine, runCommand, type RunCommandOptions } from './run-command';

/** Where a store keeps its states. */
export interface StateBucket {
  readonly bucket: string;
  readonly region: string;
}

/** A state, and when it was written. */
export interface ListedState {
  readonly key: string;
  readonly writtenAt: Date;
}

const listing = z.object({ Contents: z.array(z.object({ Key: z.string(), LastModified: z.string().optional() })).nullish() });
const state = z.object({ resources: z.array(z.object({ mode: z.string().optional() })).default([]) });

/**
 * How many resources a state has. `terraform destroy` leaves an empty one.
 * @param text the state as it is stored
 */
export function resourcesIn(text: string): number {
  return state.parse(JSON.parse(text)).resources.filter(({ mode }) => mode !== 'data').length;
}

export class StateReader {
  constructor(
    private readonly where: StateBucket,
    private readonly env: RunCommandOptions['env'],
  ) {}

  /**
   * The states whose keys begin with the prefix, by key.
   * @throws Error when the bucket cannot be listed
   */
  public async list(prefix = ''): Promise<readonly ListedState[]> {
    const limit = prefix === '' ? [] : ['--prefix', prefix];
    const text = await this.aws('s3api', 'list-objects-v2', '--bucket', this.where.bucket, ...limit, '--output', 'json');
    const { Contents: objects } = listing.parse(text.trim() === '' ? {} : JSON.parse(text));
    return (objects ?? [])
      .filter(({ Key: key }) => key.endsWith('.tfstate'))
      .map(({ Key: key, LastModified: written }) => ({ key, writtenAt: new Date(written ?? 0) }))
      .sort((one, other) => (one.key < other.key ? -1 : 1));
  }

  /** @throws Error when the state cannot be read */
  public async resources(key: string): Promise<number> {
    return resourcesIn(await this.aws('s3', 'cp', `s3://${this.where.bucket}/${key}`, '-'));
  }

  private async aws(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await runCommand('aws', [...args, '--region', this.where.region], { env: this.env });
    if (code === 0) return stdout;
    throw new StatesUnreadable(`aws ${args.slice(0, 2).join(' ')} failed for ${this.where.bucket}: ${lastLine(stderr)}`);
  }
}

/** The bucket, or a state in it, cannot be read. */
export class StatesUnreadable extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StatesUnreadable';
  }
}

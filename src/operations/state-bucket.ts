/** The states in the bucket of a store. */
import { z } from 'zod';
import type { AwsClients } from '../aws/clients';
import { explained } from '../aws/errors';

/** Where a store keeps its states. */
export interface StateBucketPlace {
  readonly bucket: string;
  readonly region: string;
}

/** A state, and when it was written. */
export interface ListedState {
  readonly key: string;
  readonly writtenAt: Date;
}

const state = z.object({ resources: z.array(z.object({ mode: z.string().optional() })).default([]) });

/**
 * How many resources a state has. `terraform destroy` leaves an empty one.
 * @param text the state as it is stored; empty while Terraform creates a local one
 */
export function resourcesIn(text: string): number {
  return state.parse(text.trim() === '' ? {} : JSON.parse(text)).resources.filter(({ mode }) => mode !== 'data').length;
}

export class StateBucket {
  private readonly aws: AwsClients;

  /** @param aws in any region */
  constructor(
    private readonly place: StateBucketPlace,
    aws: AwsClients,
  ) {
    this.aws = aws.in(place.region);
  }

  /**
   * The states whose keys begin with the prefix, by key.
   * @throws CommandError or Unavailable when the bucket cannot be listed
   */
  public async list(prefix = ''): Promise<readonly ListedState[]> {
    const { bucket } = this.place;
    const s3 = await this.aws.s3();
    const found: ListedState[] = [];
    let next: string | undefined;
    do {
      const page = await explained(`listing the states in s3://${bucket}`, () =>
        s3.listObjectsV2({ Bucket: bucket, Prefix: prefix, ContinuationToken: next }),
      );
      for (const { Key: key = '', LastModified: writtenAt = new Date(0) } of page.Contents ?? [])
        if (key.endsWith('.tfstate')) found.push({ key, writtenAt });
      next = page.NextContinuationToken;
    } while (next !== undefined);
    return found.sort((one, other) => (one.key < other.key ? -1 : 1));
  }

  /** A state as it is stored. @throws CommandError or Unavailable when it cannot be read */
  public async read(key: string): Promise<string> {
    const { bucket } = this.place;
    const s3 = await this.aws.s3();
    return explained(`reading the state s3://${bucket}/${key}`, async () => {
      const { Body: body } = await s3.getObject({ Bucket: bucket, Key: key });
      return (await body?.transformToString()) ?? '{}';
    });
  }

  /** How many resources it has. @throws CommandError or Unavailable when it cannot be read */
  public async resources(key: string): Promise<number> {
    return resourcesIn(await this.read(key));
  }
}

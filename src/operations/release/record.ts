/**
 * The record of a release that is not finished: an SSM parameter, which is also what keeps a second release from starting.
 *
 * Its holder renews it every half minute. A holder that is gone without a word, such as a closed laptop, holds it for two minutes
 * longer; the record then says what is to be continued or taken back.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { AwsClients } from '../../aws/clients';
import { explained, isAwsError } from '../../aws/errors';
import { CommandError } from '../../cli/errors';
import type { Identity } from '../../config/resolved/environment';

const RENEWED_EVERY_SECONDS = 30;
const HELD_SECONDS = 120;

const recordSchema = z.object({
  /** Of the process that holds it. */
  id: z.string(),
  /** The ARN of who started it. */
  by: z.string(),
  since: z.string(),
  /** Held until then, unless it is renewed. */
  until: z.string(),
  /** `jobs`: nothing is changed yet. `rolling`: parameters are written, and what runs is being replaced. */
  phase: z.enum(['jobs', 'rolling']),
  images: z.record(z.string(), z.object({ from: z.string(), to: z.string() })),
  /** Jobs that ended with 0. */
  jobs: z.array(z.string()),
});

export type ReleaseRecord = Readonly<z.output<typeof recordSchema>>;
export type RecordedImages = ReleaseRecord['images'];

export interface Stored {
  readonly record: ReleaseRecord;
  /** Of the parameter. */
  readonly version: number;
}

/** `/<system>/<short name>/release` */
export function recordName({ path }: Pick<Identity, 'path'>): string {
  return `${path}/release`;
}

/** Undefined when every release is finished. */
export async function readRecord(aws: AwsClients, name: string): Promise<Stored | undefined> {
  const ssm = await aws.ssm();
  try {
    const { Parameter: parameter } = await ssm.getParameter({ Name: name });
    return { record: recordSchema.parse(JSON.parse(parameter?.Value ?? '{}')), version: parameter?.Version ?? 0 };
  } catch (error) {
    if (isAwsError(error, 'ParameterNotFound')) return undefined;
    return explained(`reading ${name}`, () => Promise.reject(error as Error));
  }
}

export function isHeld({ until }: Pick<ReleaseRecord, 'until'>): boolean {
  return Date.parse(until) > Date.now();
}

/** @throws CommandError while another process holds it */
export function refuseHeld({ record }: Stored): void {
  if (!isHeld(record)) return;
  throw new CommandError(
    `a release is in progress: ${imagesText(record.images)}, since ${record.since}, by ${record.by}\n  fix   wait for its end; one that was killed is free ${HELD_SECONDS} seconds later`,
  );
}

export function imagesText(images: RecordedImages): string {
  return Object.entries(images)
    .map(([key, { from, to }]) => `${key} from ${from} to ${to}`)
    .join(', ');
}

/** A record that this process holds. */
export class HeldRecord {
  private readonly id = randomUUID();
  private readonly lost = new AbortController();
  private readonly timer: NodeJS.Timeout;
  /** Writes happen one after the other. */
  private writing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly aws: AwsClients,
    private readonly name: string,
    private current: ReleaseRecord,
  ) {
    this.timer = setInterval(() => void this.write({}).catch(() => undefined), RENEWED_EVERY_SECONDS * 1000);
    this.timer.unref();
  }

  /**
   * Takes the record: a new one, or the one that an earlier process left.
   * @throws CommandError when another process was first
   */
  public static async take(
    aws: AwsClients,
    name: string,
    content: Pick<ReleaseRecord, 'by' | 'since' | 'phase' | 'images' | 'jobs'>,
    earlier: Stored | undefined,
  ): Promise<HeldRecord> {
    const held = new HeldRecord(aws, name, { ...content, id: '', until: '' });
    const isFirst = await held.wins(earlier);
    if (isFirst) return held;
    clearInterval(held.timer);
    throw new CommandError('another release of this environment has started at the same moment; run the command again');
  }

  /** Whether nobody else has written since `earlier` was read. */
  private async wins(earlier: Stored | undefined): Promise<boolean> {
    try {
      const version = await this.put(earlier !== undefined);
      if (earlier === undefined || version === earlier.version + 1) return true;
      // The other release is finished already, and has deleted the record: this one is new.
      return version === 1 && (await this.remove().then(() => false));
    } catch (error) {
      if (!isAwsError(error, 'ParameterAlreadyExists')) {
        clearInterval(this.timer);
        throw error;
      }
      // The client repeats a call whose answer was lost.
      return (await readRecord(this.aws, this.name))?.record.id === this.id;
    }
  }

  /** Aborted when another process has taken the record. */
  public get signal(): AbortSignal {
    return this.lost.signal;
  }

  public get record(): ReleaseRecord {
    return this.current;
  }

  /** @throws Error when another process has taken the record */
  public write(changes: Partial<Pick<ReleaseRecord, 'phase' | 'jobs'>>): Promise<void> {
    const writing = this.writing
      .catch(() => undefined)
      .then(async () => {
        const stored = await readRecord(this.aws, this.name);
        if (stored?.record.id !== this.id) {
          this.lost.abort();
          throw new Taken();
        }
        this.current = { ...this.current, ...changes };
        await this.put(true);
      });
    this.writing = writing;
    return writing;
  }

  /** The release is finished, or nothing of it is left. */
  public async remove(): Promise<void> {
    await this.stop();
    const ssm = await this.aws.ssm();
    await explained(`deleting ${this.name}`, () => ssm.deleteParameter({ Name: this.name }));
  }

  /** Leaves it for a process that continues. */
  public async leave(): Promise<void> {
    await this.stop();
    await this.put(true, new Date());
  }

  private async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.writing.catch(() => undefined);
    if (this.lost.signal.aborted) throw new Taken();
  }

  private async put(overwrite: boolean, until = new Date(Date.now() + HELD_SECONDS * 1000)): Promise<number> {
    this.current = { ...this.current, id: this.id, until: until.toISOString() };
    const ssm = await this.aws.ssm();
    const input = { Name: this.name, Value: JSON.stringify(this.current), Overwrite: overwrite } as const;
    try {
      const { Version: version = 0 } = await ssm.putParameter({ ...input, Type: 'String', Tier: 'Intelligent-Tiering' });
      return version;
    } catch (error) {
      if (isAwsError(error, 'ParameterAlreadyExists')) throw error;
      return explained(`writing ${this.name}`, () => Promise.reject(error as Error));
    }
  }
}

/** Another process has taken the record. */
export class Taken extends CommandError {
  constructor() {
    super('another release of this environment has taken over');
    this.name = 'Taken';
  }
}

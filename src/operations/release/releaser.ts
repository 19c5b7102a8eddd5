/** What rolls onto the images of a release, and what a tier has to do for it. */
import { CommandError } from '../../cli/errors';
import type { Handovers } from '../../contracts/handovers';
import type { Target } from '../target';

/** Image key to a complete reference: `<repository>:<tag>` or `<repository>@<digest>`. */
export type References = Readonly<Record<string, string>>;

export type Running = ReadonlyMap<string, ReadonlySet<string>>;

/** A service, a worker or a job that runs images of a release. */
export interface Rolled {
  readonly kind: 'service' | 'worker' | 'job';
  readonly key: string;
  /** The name that AWS shows: the family of its task definitions. */
  readonly name: string;
  /** The names of its containers that run images of the release, to the keys of these images. */
  readonly containers: Readonly<Record<string, string>>;
}

export interface RollOptions {
  /** Seconds after which it is given up. */
  readonly timeoutSeconds: number;
  /** Seconds between two looks. */
  readonly everySeconds: number;
  readonly signal?: AbortSignal;
  /** Receives what happens, line by line. */
  readonly report: (line: string) => void;
}

/** The new images do not run: they did not become healthy, or something else took their place. */
export class RolloutFailed extends CommandError {
  constructor(
    message: string,
    /** Why tasks stopped, and the last lines of their logs. */
    public readonly reasons: readonly string[],
  ) {
    super(message);
    this.name = 'RolloutFailed';
  }
}

/** A statement of an IAM policy that allows something. */
export interface PolicyStatement {
  readonly Sid: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: object;
}

/** An ARN in the account and region of the environment. */
export type ArnOf = (service: string, resource: string) => string;

/** The image parameters are written by then: a releaser makes what runs follow them. */
export interface Releaser {
  /** The stacks, besides data, whose outputs it reads. */
  readonly stacks: readonly (keyof Handovers)[];
  /** What services run in, where there can be several: `tasks`. */
  readonly unit?: string;
  /** What a role needs for all of this, besides reading these outputs. */
  policy(rolled: readonly Rolled[], arn: ArnOf): Promise<readonly PolicyStatement[]>;
  /** What keeps it from rolling, a sentence each. Changes nothing. */
  check(rolled: readonly Rolled[]): Promise<readonly string[]>;
  /** Image key to the references that run, or that a next run would have; none where the tier cannot tell. Changes nothing. */
  running(rolled: readonly Rolled[]): Promise<Running>;
  /**
   * Rolls everything, and waits until it is steady.
   * @throws RolloutFailed; Interrupted, after which the same call goes on
   */
  roll(rolled: readonly Rolled[], references: References, options: RollOptions): Promise<void>;
  /**
   * Brings everything back to the images of before, and waits until it is steady.
   * @throws RolloutFailed
   */
  restore(rolled: readonly Rolled[], references: References, options: RollOptions): Promise<void>;
}

/** What runs some of the images: services and workers, then jobs. */
export function rolledBy({ environment }: Pick<Target, 'environment'>, images: readonly string[]): readonly Rolled[] {
  const { services, workers, jobs } = environment.workloads;
  return [...services, ...workers, ...jobs].flatMap(({ kind, key, name, image, sidecars }) => {
    const containers = [{ key, image }, ...sidecars].flatMap((one) =>
      one.image.kind === 'declared' && images.includes(one.image.key) ? [[one.key, one.image.key] as const] : [],
    );
    return containers.length === 0 ? [] : [{ kind, key, name, containers: Object.fromEntries(containers) }];
  });
}

/** Container name to the reference that it is to run. */
export function wantedImages({ containers }: Pick<Rolled, 'containers'>, references: References): References {
  return Object.fromEntries(
    Object.entries(containers).flatMap(([name, key]) => {
      const reference = references[key];
      return reference === undefined ? [] : [[name, reference]];
    }),
  );
}

/** @param containers of `rolled`, with the images that they have; several lists of one workload are all taken */
export function runningIn(all: readonly { readonly rolled: Rolled; readonly containers: readonly NamedImage[] }[]): Running {
  const running = new Map<string, Set<string>>();
  for (const { rolled, containers } of all)
    for (const { name = '', image } of containers) {
      const key = rolled.containers[name];
      if (key === undefined || image === undefined) continue;
      running.set(key, (running.get(key) ?? new Set()).add(image));
    }
  return running;
}

/** What containers of ECS and of Kubernetes have in common. */
interface NamedImage {
  readonly name?: string;
  readonly image?: string;
}

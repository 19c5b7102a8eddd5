/** Functions that type what people write, so that an editor completes it. They check nothing: `main.ts` parses. */
/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters -- each is found at one place and used at others, inside of Referring */
import type { DEFAULT_ROLES } from './schema/database';
import type { EmulatedInput } from './schema/emulated';
import type { EnvironmentInput } from './schema/environment';
import type { Part, Referring } from './schema/written';
import type { SharedZoneInput } from './schema/zone';

/** What environments of a system have in common. Any field can be left out: each environment adds it. */
export type SystemInput = Part<EnvironmentInput>;

/**
 * `Expected`, from which the compiler infers `T` as well: the value as it was written. A parameter of type `T` would accept fields
 * that do not exist, and an editor would show no comments.
 */
type Inferring<T, Expected> = [T] extends [never] ? T : Expected;

/**
 * Types what environments of a system have in common, and returns it as it was written: environments spread it, or parts of it.
 * References are completed from what the system declares. To a section that it does not declare, any name can be written.
 */
export function defineSystem<
  const T extends SystemInput,
  Images extends string = string,
  Buckets extends string = string,
  Queues extends string = string,
  Secrets extends string = string,
  FileSystems extends string = string,
  AccessPoints extends string = string,
  Roles extends string = string,
  Replicas extends string = string,
  Services extends string = string,
  Workers extends string = string,
  Jobs extends string = string,
  NodeGroups extends string = string,
>(
  system: Inferring<
    T,
    Referring<
      SystemInput,
      {
        images: Images;
        buckets: Buckets;
        queues: Queues;
        secrets: Secrets;
        fileSystems: FileSystems;
        accessPoints: AccessPoints;
        roles: Roles;
        replicas: Replicas;
        services: Services;
        workers: Workers;
        jobs: Jobs;
        nodeGroups: NodeGroups;
      }
    >
  >,
): T {
  return system as unknown as T;
}

/**
 * Types an environment: its fields are completed, and its references from what it declares. The type parameters are the names of
 * what it declares, which the compiler finds.
 */
export function defineEnvironment<
  Images extends string = never,
  Buckets extends string = never,
  Queues extends string = never,
  Secrets extends string = never,
  FileSystems extends string = never,
  AccessPoints extends string = never,
  Roles extends string = keyof typeof DEFAULT_ROLES,
  Replicas extends string = never,
  Services extends string = never,
  Workers extends string = never,
  Jobs extends string = never,
  NodeGroups extends string = never,
>(
  environment: Referring<
    EnvironmentInput,
    {
      images: Images;
      buckets: Buckets;
      queues: Queues;
      secrets: Secrets;
      fileSystems: FileSystems;
      accessPoints: AccessPoints;
      roles: Roles;
      replicas: Replicas;
      services: Services;
      workers: Workers;
      jobs: Jobs;
      nodeGroups: NodeGroups;
    }
  >,
): EnvironmentInput {
  return environment as EnvironmentInput;
}

/**
 * Types the description of a zone that several environments share. Each of them contains it as `domain.zone`, and so it is
 * checked with each.
 */
export function defineZone(zone: SharedZoneInput): SharedZoneInput {
  return zone;
}

/** Types an environment on a developer's machine. */
export function defineEmulated(environment: EmulatedInput): EmulatedInput {
  return environment;
}

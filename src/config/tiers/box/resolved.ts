/** The box with every default filled: for the box's stack, and for its parts in the network and data stacks. */
import type { z } from 'zod';
import type { Capability } from '../../tables/capabilities';
import type { boxSchema, postgresSchema, redisSchema } from '../../schema/box';

type ParsedBox = z.output<typeof boxSchema>;

/** The `box` section, with the names and values that follow from it. */
export type ResolvedBox = Readonly<
  Omit<ParsedBox, 'sshCidrs' | 'backup' | 'instances' | 'registries' | 'postgres' | 'redis' | 'capabilities'>
> & {
  readonly sshCidrs: readonly string[];
  readonly backup: Readonly<ParsedBox['backup']>;
  readonly instances: Readonly<ParsedBox['instances']>;
  readonly registries: readonly Readonly<ParsedBox['registries'][number]>[];
  readonly postgres: Readonly<z.output<typeof postgresSchema>>;
  readonly redis: Readonly<z.output<typeof redisSchema>>;
  /** Container key to Linux capabilities besides the usual ones. */
  readonly capabilities: Readonly<Record<string, readonly Capability[]>>;
  /** Follows from the instance type. */
  readonly architecture: 'x86_64' | 'arm64';
  /** Whether the instance type uses CPU credits. */
  readonly burstable: boolean;
  /** The full name of the zone of host and data volume. */
  readonly zone: string;
  /** The bucket that the host pulls its configuration from. */
  readonly configurationBucket: string;
  /** The log group for nginx, the system and backups. */
  readonly logGroup: string;
};

/** The data volume, in the data stack. */
export interface ResolvedBoxVolume {
  /** GB; grows in place, never shrinks. */
  readonly sizeGb: number;
  /** Changing it replaces the volume. */
  readonly zone: string;
  /** Days for which daily snapshots are kept. */
  readonly snapshotRetentionDays: number;
}

/** The single host with every default filled: what the box's stack, and the parts of it in network and data, are made from. */
import type { z } from 'zod';
import type { boxSchema } from '../../schema/box';

type ParsedBox = z.output<typeof boxSchema>;

/** The `box` section, with the names and places that follow from it. */
export type ResolvedBox = Readonly<Omit<ParsedBox, 'sshCidrs' | 'backup' | 'instances' | 'registries'>> & {
  readonly sshCidrs: readonly string[];
  readonly backup: Readonly<ParsedBox['backup']>;
  readonly instances: Readonly<ParsedBox['instances']>;
  readonly registries: readonly Readonly<ParsedBox['registries'][number]>[];
  /** Follows from the instance type. */
  readonly architecture: 'x86_64' | 'arm64';
  /** Whether the type lives on CPU credits. */
  readonly burstable: boolean;
  /** The full name of the zone that host and data volume stand in. */
  readonly zone: string;
  /** The bucket that the host pulls its configuration from. */
  readonly configurationBucket: string;
  /** Where the host's own logs go: nginx, system, backups. */
  readonly logGroup: string;
};

/** The data volume, in the data stack. */
export interface ResolvedBoxVolume {
  /** GB; grows in place, never shrinks. */
  readonly sizeGb: number;
  /** Changing it replaces the volume. */
  readonly zone: string;
  /** Days that daily snapshots stay. */
  readonly snapshotRetentionDays: number;
}

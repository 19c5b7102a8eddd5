/** The cache with every default filled. */
import type { CacheVersion } from '../tables/cache-engines';
import type { Parsed } from './readonly';

type Cache<P extends string> = Extract<Parsed<'cache'>, { readonly placement: P }>;

/** What is in either place. */
interface ResolvedEviction {
  readonly evictionPolicy: NonNullable<Cache<'managed'>['evictionPolicy']>;
}

/** Valkey or Redis on ElastiCache. */
export type ManagedCache = Omit<Cache<'managed'>, 'snapshotRetentionDays' | 'version' | 'evictionPolicy'> &
  ResolvedEviction & {
    readonly version: CacheVersion;
    readonly replicationGroupId: string;
    readonly snapshotRetentionDays: number;
  };

/** Redis on the box. */
export type HostCache = Omit<Cache<'host'>, 'evictionPolicy'> &
  ResolvedEviction & {
    /** Under which name containers on the same host reach it. */
    readonly hostName: string;
  };

export type ResolvedCache = ManagedCache | HostCache;

/** The directories that must be there before anything mounts or writes to them. */
import { postgresInContainer, redisInContainer } from './compose';
import { PATHS } from './paths';
import { configurationFile, table } from './text';
import type { HostDescription, HostFile, HostMount } from './types';

/** Path, owner and mode; those of installed PostgreSQL and Redis are made with their users. */
export function directoryTable(host: HostDescription): HostFile {
  const mounts = new Map(host.containers.flatMap(({ mounts: each }) => each.map((mount) => [mount.source, mount] as const)));
  return configurationFile(
    `${PATHS.settings}/directories.tsv`,
    table([
      [host.applicationDirectory, '0:0', '0755'],
      [PATHS.backups, '0:0', '0700'],
      // The images give their directories to users of their own, once.
      ...(postgresInContainer(host) ? [[PATHS.postgres, '0:0', '0700']] : []),
      ...(redisInContainer(host) ? [[PATHS.redis, '0:0', '0700']] : []),
      ...host.backup.paths.map((path) => [path, '0:0', '0755']),
      ...[...mounts.values()].map(mountRow),
    ]),
  );
}

function mountRow({ source, owner = '0:0', permissions = '0755' }: HostMount): readonly string[] {
  return [source, owner, permissions];
}

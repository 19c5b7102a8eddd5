/** Everything that stands on the host: the little that user data brings, and the bundle with all the rest. */
import { applyFiles, installedStores } from './apply';
import { backupFiles } from './backup';
import { CERTIFICATES_COMMAND } from './certificates';
import { composeFiles, postgresInContainer } from './compose';
import { hostBasedAuthentication, postgresConfiguration, postgresUnit, redisConfiguration, redisUnit } from './data-settings';
import { hardeningFiles } from './hardening';
import { IMAGES_COMMAND, imageTable, registryTable } from './images';
import { monitorFiles } from './monitor';
import { nginxFiles } from './nginx';
import { postgresFiles } from './postgres';
import { PULL_COMMAND, PULL_UNITS } from './pull';
import { restoreFiles } from './restore';
import { SECRETS_COMMAND, secretTable } from './secrets';
import { bootSettings, COMMON_LIBRARY, hostSettings } from './settings';
import { applicationFiles } from './start';
import { systemLibrary } from './system';
import type { HostDescription, HostFile } from './types';
import { unitFiles } from './units';
import { VOLUME_COMMAND } from './volume';

export { renderUserData } from './user-data';

/**
 * Every file that the host pulls, sorted by path: the same description gives the same bytes.
 * @throws Error when two files have the same path
 */
export function renderBundle(host: HostDescription): readonly HostFile[] {
  const files = [
    bootSettings(host),
    hostSettings(host),
    COMMON_LIBRARY,
    systemLibrary(host),
    VOLUME_COMMAND,
    PULL_COMMAND,
    ...PULL_UNITS,
    ...applyFiles(host),
    ...hardeningFiles(host),
    secretTable(host),
    SECRETS_COMMAND,
    imageTable(host),
    registryTable(host),
    IMAGES_COMMAND,
    ...composeFiles(host),
    ...applicationFiles(host),
    ...postgresFiles(host),
    ...installedFiles(host),
    ...nginxFiles(host),
    CERTIFICATES_COMMAND,
    ...backupFiles(host),
    ...restoreFiles(host),
    ...monitorFiles(host),
    ...unitFiles(host),
  ];
  return distinctPaths(files).sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** What PostgreSQL and Redis need beside the Compose file. */
function installedFiles(host: HostDescription): readonly HostFile[] {
  const { postgres, redis } = installedStores(host);
  return [
    ...(postgres !== undefined || postgresInContainer(host) ? [hostBasedAuthentication(host)] : []),
    ...(postgres === undefined ? [] : [postgresConfiguration(), postgresUnit(host)]),
    ...(redis ? [redisConfiguration(host), redisUnit(host)] : []),
  ];
}

function distinctPaths(files: readonly HostFile[]): HostFile[] {
  const paths = new Set<string>();
  for (const { path } of files) {
    if (paths.has(path)) throw new Error(`two parts of the host write ${path}`);
    paths.add(path);
  }
  return [...files];
}

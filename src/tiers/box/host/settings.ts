/** The settings of this host as shell assignments, which scripts source: the scripts themselves are the same on every host. */
import { METRICS_NAMESPACE } from '../../../contracts/host-metrics';
import { postgresImage } from './compose-stores';
import { postgresPlacement, redisPlacement } from './data-stores';
import { operatingSystemOf } from './operating-systems';
import { CONFIGURATION_KEY } from '../../../config/names';
import { PATHS } from './paths';
import { configurationFile, lines, shellQuote } from './text';
import type { HostDescription, HostFile } from './types';

type Assignments = Readonly<Record<string, string>>;

/** What it takes to find the data volume and the bundle; also in user data. */
export function bootSettings(host: HostDescription): HostFile {
  return assignmentsFile('boot.env', {
    REGION: host.region,
    // Empty for a host without a data volume.
    DATA_VOLUME_ID: host.dataVolumeId ?? '',
    CONFIGURATION_BUCKET: host.configurationBucket,
    CONFIGURATION_KEY,
    // A blank volume is formatted only while there are no backups here.
    BACKUP_BUCKET: host.backup.bucket,
  });
}

/** Everything else. */
export function hostSettings(host: HostDescription): HostFile {
  return assignmentsFile('host.env', {
    ENVIRONMENT: host.environment,
    METRICS_NAMESPACE,
    APPLICATION_DIRECTORY: host.applicationDirectory,
    CERTIFICATE_EMAIL: host.certificateEmail,
    BACKUP_RETENTION_DAYS: String(host.backup.hostRetentionDays),
    FULL_ARCHIVE_DAYS: String(host.backup.fullArchiveDays),
    ...postgresSettings(host),
    ...redisSettings(host),
  });
}

function postgresSettings(host: HostDescription): Assignments {
  const { database } = host;
  const placement = { POSTGRES_PLACEMENT: postgresPlacement(host) };
  if (database === undefined) return placement;
  const common = { ...placement, DATABASE_NAME: database.name };
  if (database.placement === 'managed') {
    const { host: address, port, version } = database;
    return { ...common, POSTGRES_HOST: address, POSTGRES_PORT: port, POSTGRES_IMAGE: postgresImage(version) };
  }
  const onHost = { ...common, POSTGRES_VERSION: database.version };
  if (host.dataStores === 'containers') return { ...onHost, POSTGRES_IMAGE: postgresImage(database.version) };
  return { ...onHost, POSTGRES_PROGRAMS: operatingSystemOf(host).postgresPrograms(database.version) };
}

function redisSettings(host: HostDescription): Assignments {
  const { cache } = host;
  const placement = { REDIS_PLACEMENT: redisPlacement(host) };
  if (cache?.placement === 'managed') return { ...placement, REDIS_HOST: cache.host, REDIS_PORT: cache.port };
  return placement.REDIS_PLACEMENT === 'package' ? { ...placement, REDIS_USER: operatingSystemOf(host).redisUser } : placement;
}

function assignmentsFile(name: string, values: Assignments): HostFile {
  const content = lines(Object.entries(values).map(([key, value]) => `${key}=${shellQuote(value)}`));
  return configurationFile(`${PATHS.settings}/${name}`, content);
}

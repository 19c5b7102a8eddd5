/** Paths and names on the host. In one place, because scripts, units, nginx and the Compose file refer to the same ones. */

/** The mount point of the data volume. */
export const DATA_DIRECTORY = '/data';

export const PATHS = {
  /** Commands that people or units run. */
  commands: '/usr/local/sbin',
  /** What commands share. */
  library: '/usr/local/lib/terrace',
  /** The settings of this host, from the bundle. */
  settings: '/etc/terrace',
  units: '/etc/systemd/system',
  /** The proxy's files before they are tested and copied to `/etc/nginx`. */
  nginx: '/etc/terrace/nginx',
  /** In memory, for root only: secrets, tokens, locks. Empty after every boot. */
  runtime: '/run/terrace',
  /** What has been applied to this host; lost with the host. */
  state: '/var/lib/terrace',
  /** What releases write down, with the last lines of refused containers. */
  releases: '/var/lib/terrace/releases',
  /** A file for each service that runs on its second port; nginx looks for it at each request. */
  secondPorts: '/var/lib/terrace/second-ports',
  /** Answers to the challenges of Let's Encrypt. */
  webroot: '/var/www/terrace',
  /** On the data volume, so that a new host serves TLS at once. */
  letsEncrypt: `${DATA_DIRECTORY}/letsencrypt`,
  /** The certificates that nginx reads: links to Let's Encrypt's, or to a self-signed one until there is one. */
  certificates: `${DATA_DIRECTORY}/tls`,
  /** Backups of the last days, and the times of the last successful backup and drill. */
  backups: `${DATA_DIRECTORY}/backups`,
  postgres: `${DATA_DIRECTORY}/postgres`,
  redis: `${DATA_DIRECTORY}/redis`,
  /** The scratch server of a drill, while it runs. */
  drill: `${DATA_DIRECTORY}/drill`,
  /** Directories of file systems. */
  files: `${DATA_DIRECTORY}/files`,
} as const;

/** The label of the data volume's file system. */
export const DATA_VOLUME_LABEL = 'terrace-data';

/** The name that the data volume is attached as. Nitro hosts find it by its id instead. */
export const DATA_DEVICE = '/dev/sdf';

/** The unit of the Compose project. */
export const APPLICATION_UNIT = 'terrace-app.service';

export const POSTGRES_CONTAINER = 'terrace-postgres';
export const REDIS_CONTAINER = 'terrace-redis';

/** A command's full path. */
export function command(name: string): string {
  return `${PATHS.commands}/terrace-${name}`;
}

/** The unit of a job, without its suffix. */
export function jobUnit(key: string): string {
  return `terrace-job-${key}`;
}

/** The environment variable that Compose takes a container's image from. */
export function imageVariable(key: string): string {
  return `IMAGE_${variableSuffix(key)}`;
}

/** The environment variable that Compose takes a service's port on the host from. */
export function portVariable(key: string): string {
  return `PORT_${variableSuffix(key)}`;
}

/** A key as the end of a variable's name. */
export function variableSuffix(key: string): string {
  return key.toUpperCase().replaceAll('-', '_');
}

/** A container's secret variables, written on the host. */
export function secretVariablesPath(key: string): string {
  return `${PATHS.runtime}/${key}.env`;
}

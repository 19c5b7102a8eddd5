/** Where things lie on the host. One list, because scripts, units and Compose file meet in these places. */

export const PATHS = {
  /** Commands that a person or a unit runs. */
  commands: '/usr/local/sbin',
  /** What commands share. */
  library: '/usr/local/lib/terrace',
  /** What the bundle says about this host. */
  settings: '/etc/terrace',
  units: '/etc/systemd/system',
  /** In memory and for root only: secrets, tokens, locks. Gone with every boot. */
  runtime: '/run/terrace',
  /** What was done to this host; goes with it. */
  state: '/var/lib/terrace',
  /** Answers of the certificate authority's challenges. */
  webroot: '/var/www/terrace',
  /** On the data volume, so that a new host serves TLS at once. */
  letsEncrypt: '/data/letsencrypt',
  /** What nginx reads: links to the authority's certificate, or to one signed by ourselves until there is one. */
  certificates: '/data/tls',
  /** Backups of the last days, and when something last went well. */
  backups: '/data/backups',
  postgres: '/data/postgres',
  redis: '/data/redis',
} as const;

/** The name that EC2 attaches the data volume by. Nitro hosts find it by its id, older ones by this. */
export const DATA_DEVICE = '/dev/sdf';

/** The unit of the Compose project. */
export const APPLICATION_UNIT = 'terrace-app.service';

export const POSTGRES_CONTAINER = 'terrace-postgres';
export const REDIS_CONTAINER = 'terrace-redis';

/** A command's full path. */
export function command(name: string): string {
  return `${PATHS.commands}/terrace-${name}`;
}

/** The unit of a job, without the ending. */
export function jobUnit(key: string): string {
  return `terrace-job-${key}`;
}

/** The environment variable that Compose takes a container's image from. */
export function imageVariable(key: string): string {
  return `IMAGE_${key.toUpperCase().replaceAll('-', '_')}`;
}

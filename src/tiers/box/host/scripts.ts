/**
 * The commands on a host and the libraries that they share, embedded from `scripts/`.
 *
 * Each is a complete script that shellcheck accepts as it is, and the same on every host. What differs between hosts is in
 * `boot.env` and `host.env`. Only figures that other renderers need as well are written into the head of a script.
 */
import agent from './scripts/agent.sh';
import apply from './scripts/apply.sh';
import backup from './scripts/backup.sh';
import certificates from './scripts/certificates.sh';
import database from './scripts/database.sh';
import drill from './scripts/drill.sh';
import failed from './scripts/failed.sh';
import images from './scripts/images.sh';
import job from './scripts/job.sh';
import amazonLinux from './scripts/library/amazon-linux.sh';
import backups from './scripts/library/backups.sh';
import common from './scripts/library/common.sh';
import health from './scripts/library/health.sh';
import postgres from './scripts/library/postgres.sh';
import releases from './scripts/library/releases.sh';
import restoreLibrary from './scripts/library/restore.sh';
import scratch from './scripts/library/scratch.sh';
import rowCounts from './scripts/library/row-counts.sql';
import ubuntu from './scripts/library/ubuntu.sh';
import monitor from './scripts/monitor.sh';
import pg from './scripts/pg.sh';
import prune from './scripts/prune.sh';
import pull from './scripts/pull.sh';
import release from './scripts/release.sh';
import restart from './scripts/restart.sh';
import restore from './scripts/restore.sh';
import run from './scripts/run.sh';
import secrets from './scripts/secrets.sh';
import start from './scripts/start.sh';
import stop from './scripts/stop.sh';
import upgrade from './scripts/upgrade.sh';
import volume from './scripts/volume.sh';
import { postgresPlacement } from './data-stores';
import { COMPOSE_PLUGIN } from './operating-systems';
import {
  APPLICATION_UNIT,
  command,
  DATA_DEVICE,
  DATA_DIRECTORY,
  DATA_VOLUME_LABEL,
  PATHS,
  POSTGRES_CONTAINER,
  REDIS_CONTAINER,
} from './paths';
import { commandFile, configurationFile, shellQuote } from './text';
import type { HostDescription, HostFile } from './types';

/** The two commands that user data brings, because they fetch everything else. They are in the bundle too. */
export const BOOT_COMMANDS: readonly HostFile[] = [
  commandFile(
    command('volume'),
    withHead(volume, {
      SETTINGS: PATHS.settings,
      STATE: PATHS.state,
      DATA_DIRECTORY,
      DATA_VOLUME_LABEL,
      DATA_DEVICE,
      DATA_DEVICE_ON_XEN: DATA_DEVICE.replace('/dev/sd', '/dev/xvd'),
    }),
  ),
  commandFile(
    command('pull'),
    withHead(pull, {
      COMMANDS: PATHS.commands,
      SETTINGS: PATHS.settings,
      UNITS: PATHS.units,
      RUNTIME: PATHS.runtime,
      STATE: PATHS.state,
    }),
  ),
];

/** Every command and library of a host; commands of a database only where there is one. */
export function scriptFiles(host: HostDescription): readonly HostFile[] {
  const commands = {
    agent,
    apply,
    backup,
    certificates,
    failed,
    images,
    job,
    monitor: withHead(monitor, { REDIS_CONTAINER }),
    prune,
    release,
    restart,
    run,
    secrets,
    start,
    stop,
    ...(host.database?.placement === 'host' && { database, upgrade }),
    ...(postgresPlacement(host) !== 'none' && { drill, pg, restore }),
  };
  const libraries = {
    'common.sh': withHead(common, {
      COMMANDS: PATHS.commands,
      LIBRARY: PATHS.library,
      SETTINGS: PATHS.settings,
      UNITS: PATHS.units,
      RUNTIME: PATHS.runtime,
      STATE: PATHS.state,
      RELEASES: PATHS.releases,
      SECOND_PORTS: PATHS.secondPorts,
      WEBROOT: PATHS.webroot,
      DATA_DIRECTORY,
      BACKUPS: PATHS.backups,
      LETS_ENCRYPT: PATHS.letsEncrypt,
      CERTIFICATES: PATHS.certificates,
      POSTGRES_DATA: PATHS.postgres,
      REDIS_DATA: PATHS.redis,
      APPLICATION_UNIT,
    }),
    'backups.sh': backups,
    'health.sh': health,
    'releases.sh': releases,
    'system.sh': systemLibrary(host),
    ...(postgresPlacement(host) !== 'none' && {
      'postgres.sh': withHead(postgres, { POSTGRES_CONTAINER }),
      'restore.sh': restoreLibrary,
      'row-counts.sql': rowCounts,
      'scratch.sh': withHead(scratch, { SCRATCH: PATHS.drill }),
    }),
  };
  return [
    ...BOOT_COMMANDS,
    ...Object.entries(commands).map(([name, text]) => commandFile(command(name), text)),
    ...Object.entries(libraries).map(([name, text]) => configurationFile(`${PATHS.library}/${name}`, text)),
  ];
}

function systemLibrary({ operatingSystem, architecture }: HostDescription): string {
  switch (operatingSystem) {
    case 'ubuntu-24.04':
      return ubuntu;
    case 'amazon-linux-2023': {
      const { file, sha256 } = COMPOSE_PLUGIN.builds[architecture];
      return withHead(amazonLinux, { COMPOSE_VERSION: COMPOSE_PLUGIN.version, COMPOSE_FILE: file, COMPOSE_SHA256: sha256 });
    }
  }
}

/**
 * A script with values in its head.
 * @throws Error when the script does not assign one of the variables on exactly one line
 */
export function withHead(text: string, variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables).reduce((rendered, [name, value]) => {
    const assignment = new RegExp(`^${name}=.*$`, 'gm');
    const found = rendered.match(assignment)?.length ?? 0;
    if (found !== 1) throw new Error(`a script assigns ${name} on ${found} lines, not on one`);
    return rendered.replace(assignment, () => `${name}=${shellQuote(value)}`);
  }, text);
}

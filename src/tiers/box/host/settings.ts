/** What scripts know about this host, as shell assignments: the scripts themselves are the same on every host. */
import { PATHS } from './paths';
import { configurationFile, lines, script, shellQuote } from './text';
import type { HostDescription, HostFile } from './types';

/** What it takes to find the data volume and the bundle; also in user data. */
export function bootSettings(host: HostDescription): HostFile {
  return assignments('boot.env', {
    REGION: host.region,
    DATA_VOLUME_ID: host.dataVolumeId ?? '',
    CONFIGURATION_BUCKET: host.configurationBucket,
    CONFIGURATION_KEY: host.configurationKey,
  });
}

/** Everything else. */
export function hostSettings(host: HostDescription): HostFile {
  return assignments('host.env', {
    ENVIRONMENT: host.environment,
    METRICS_NAMESPACE: host.metricsNamespace,
    APPLICATION_DIRECTORY: host.applicationDirectory,
    DATABASE_NAME: reachableDatabase(host)?.name ?? '',
    CERTIFICATE_EMAIL: host.certificateEmail,
    BACKUP_BUCKET: host.backup.bucket,
    BACKUP_RETENTION_DAYS: String(host.backup.hostRetentionDays),
  });
}

/** The database that backups are made of: on the host, or managed with a login that reads all of it. */
export function reachableDatabase({ database }: Pick<HostDescription, 'database'>): HostDescription['database'] {
  if (database?.placement === 'managed' && database.masterSecretArn === undefined) return undefined;
  return database;
}

function assignments(name: string, values: Readonly<Record<string, string>>): HostFile {
  const content = lines(Object.entries(values).map(([key, value]) => `${key}=${shellQuote(value)}`));
  return configurationFile(`${PATHS.settings}/${name}`, content);
}

/** What commands start with: settings, words to the journal, metrics. */
export const COMMON_LIBRARY: HostFile = configurationFile(
  `${PATHS.library}/common.sh`,
  script(String.raw`
# shellcheck shell=bash
# What every command starts with. Sourced, not run.
. ${PATHS.settings}/boot.env
. ${PATHS.settings}/host.env
PATH=$PATH:/snap/bin
AWS_DEFAULT_REGION=$REGION
AWS_PAGER=
export PATH AWS_DEFAULT_REGION AWS_PAGER

# Programs that run as another user must be able to stand where they are started.
cd /

log() {
  printf '%s\n' "$*"
}

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# One metric: name, value, unit.
publish() {
  aws cloudwatch put-metric-data --namespace "$METRICS_NAMESPACE" --dimensions "Environment=$ENVIRONMENT" \
    --metric-name "$1" --value "$2" --unit "$3"
}

# Runs a command when one of the files is not as it was when the command last went well: step, command, files.
when_changed() {
  local step=$1 action=$2 mark now
  shift 2
  mark=${PATHS.state}/$step
  now=$(sha256sum "$@")
  if [ -f "$mark" ] && [ "$(cat "$mark")" = "$now" ]; then
    return 0
  fi
  log "$step"
  # A function that fails ends the script here, unless the caller takes failures: then only its status tells.
  "$action"
  local status=$?
  [ "$status" -eq 0 ] || return "$status"
  printf '%s\n' "$now" > "$mark"
}

# Whether the data volume is where it belongs, or none was asked for.
data_is_there() {
  [ -z "$DATA_VOLUME_ID" ] || mountpoint --quiet /data
}
`),
);

/** The nightly backup: database and files, with checksums, on the host and in S3. */
import { HOST_METRICS } from '../../../contracts/host-metrics';
import { command, PATHS } from './paths';
import { reachableDatabase } from './settings';
import { commandFile, configurationFile, lines, script } from './text';
import type { HostDescription, HostFile } from './types';

/** The command, and what it puts into the archive of files. */
export function backupFiles(host: HostDescription): readonly HostFile[] {
  const { applicationDirectory, backup } = host;
  return [
    configurationFile(`${PATHS.settings}/backup-paths`, lines([applicationDirectory, ...backup.paths])),
    commandFile(command('backup'), script(backupScript(reachableDatabase(host) !== undefined))),
  ];
}

/**
 * Rows are counted in the same snapshot that is dumped: a drill can then tell a good dump from a short one.
 * The checksums are stored last: what has them is complete.
 */
function backupScript(hasDatabase: boolean): string {
  return String.raw`
#!/usr/bin/env bash
# Backs up the database and the files of the applications: in ${PATHS.backups} for some days, and in S3.
set -euo pipefail
. ${PATHS.library}/common.sh
${hasDatabase ? `. ${PATHS.library}/postgres.sh\n` : ''}
work=
finish() {
  local status=$?
  trap - EXIT
  [ -z "$work" ] || rm -rf -- "$work"
  if [ "$status" -ne 0 ]; then
    printf 'backup: FAILED\n' >&2
    publish ${HOST_METRICS.backupFailed} 1 Count || true
  fi
  exit "$status"
}
trap finish EXIT
# A session that ends early is an error to report, not a signal to die of.
trap '' PIPE

data_is_there || fail 'backup: the data volume is not mounted'
install -d -m 0700 ${PATHS.runtime} ${PATHS.backups} ${PATHS.backups}/database ${PATHS.backups}/application
exec 9> ${PATHS.runtime}/backup.lock
flock 9
work=$(mktemp -d ${PATHS.backups}/work.XXXXXX)
stamp=$(date -u +%Y%m%dT%H%M%SZ)

# Keeps a set on the host and stores it in S3: folder, name, endings; the checksums come last.
keep() {
  local folder=$1 name=$2 ending
  shift 2
  (cd "$work" && for ending in "$@"; do sha256sum "$name.$ending"; done > "$name.sha256")
  for ending in "$@" sha256; do
    aws s3 cp --only-show-errors "$work/$name.$ending" "s3://$BACKUP_BUCKET/$folder/$name.$ending"
    mv "$work/$name.$ending" "${PATHS.backups}/$folder/$name.$ending"
  done
}
${hasDatabase ? DUMP_DATABASE : ''}
# The application directory holds no secret: those are in memory only.
back_up_files() {
  local name=$ENVIRONMENT-$stamp status=0
  sed 's,^/,,' ${PATHS.settings}/backup-paths |
    tar --create --gzip --file "$work/$name.tar.gz" --directory / --warning=no-file-changed --files-from - || status=$?
  # 1: a file changed while it was read. It is in the archive all the same.
  [ "$status" -le 1 ] || fail 'backup: the files could not be archived'
  keep application "$name" tar.gz
}

${hasDatabase ? 'back_up_database\n' : ''}back_up_files

# S3's lifecycle removes its own copies. What a run that was killed left behind goes too.
find ${PATHS.backups} -maxdepth 1 -name 'work.*' -mtime +1 -exec rm -rf -- {} +
find ${PATHS.backups}/database ${PATHS.backups}/application -type f -mtime "+$BACKUP_RETENTION_DAYS" -delete
date +%s > ${PATHS.backups}/last-good-backup
publish ${HOST_METRICS.backupFailed} 0 Count
publish ${HOST_METRICS.backupAge} 0 None
log "backup: $stamp is complete"
`;
}

const DUMP_DATABASE = String.raw`
back_up_database() {
  local name=$DATABASE_NAME-$stamp session snapshot
  mkfifo "$work/session"
  pg psql -XAtq -v ON_ERROR_STOP=1 -d "$DATABASE_NAME" < "$work/session" > "$work/answers" &
  session=$!
  exec 3> "$work/session"
  printf '%s\n' 'begin isolation level repeatable read read only;' 'select pg_export_snapshot();' >&3
  for _ in $(seq 300); do
    [ ! -s "$work/answers" ] || break
    kill -0 "$session" 2> /dev/null || fail 'backup: PostgreSQL does not answer'
    sleep 0.1
  done
  snapshot=$(head -n 1 "$work/answers")
  [ -n "$snapshot" ] || fail 'backup: PostgreSQL gave no snapshot'

  pg pg_dump --format=custom --snapshot="$snapshot" "$DATABASE_NAME" > "$work/$name.dump"
  cat ${PATHS.library}/row-counts.sql >&3
  printf 'commit;\n' >&3
  exec 3>&-
  wait "$session"
  tail -n +2 "$work/answers" > "$work/$name.counts"

  pg pg_restore --list < "$work/$name.dump" > /dev/null
  keep database "$name" dump counts
}
`;

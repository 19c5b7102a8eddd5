/** The way back: restoring a backup, and proving every week that it can be done. */
import { HOST_METRICS } from '../../../contracts/host-metrics';
import { command, PATHS } from './paths';
import { reachableDatabase } from './settings';
import { commandFile, configurationFile, script } from './text';
import type { HostDescription, HostFile } from './types';

/** Nothing to restore into without a database that the host reaches. */
export function restoreFiles(host: HostDescription): readonly HostFile[] {
  if (reachableDatabase(host) === undefined) return [];
  return [FETCH_LIBRARY, RESTORE_COMMAND, DRILL_COMMAND];
}

/** What restore and drill share. */
const FETCH_LIBRARY = configurationFile(
  `${PATHS.library}/restore.sh`,
  script(String.raw`
# shellcheck shell=bash
# Getting a backup and restoring it into a database of its own. Sourced, not run.

# The directory that the command works in; it makes and removes it.
work=

# The newest complete backup of a folder in S3, or the one that was asked for: folder, stamp or nothing.
find_backup() {
  local found
  found=$(aws s3 ls "s3://$BACKUP_BUCKET/$1/" | awk '{ print $4 }' | sed -n 's/\.sha256$//p' | { grep -e "-$2" || true; } | sort | tail -n 1)
  [ -n "$found" ] || fail "there is no complete backup in s3://$BACKUP_BUCKET/$1/"
  printf '%s\n' "$found"
}

# Downloads a set into the work directory and compares its checksums: folder, name, endings.
fetch_backup() {
  local folder=$1 name=$2 ending
  shift 2
  for ending in "$@" sha256; do
    aws s3 cp --only-show-errors "s3://$BACKUP_BUCKET/$folder/$name.$ending" "$work/$name.$ending"
  done
  (cd "$work" && sha256sum --check --strict --quiet "$name.sha256") || fail "$name is not what was stored: its checksums differ"
}

# Makes a database from a dump and compares its row counts with those taken at the same moment: database, name.
restore_into() {
  pg createdb --template=template0 "$1"
  pg pg_restore --exit-on-error --dbname="$1" < "$work/$2.dump"
  pg psql -XAtq -v ON_ERROR_STOP=1 -d "$1" < ${PATHS.library}/row-counts.sql > "$work/restored.counts"
  diff "$work/$2.counts" "$work/restored.counts" >&2 || fail "$2: restored rows differ from those that were dumped"
}

drop_database() {
  pg dropdb --if-exists --force "$1"
}
`),
);

/**
 * The backup becomes a database of its own first, and takes the old one's name only when it is whole: a restore that fails
 * leaves everything as it was. With `--force`, what was there stays under another name.
 */
const RESTORE_COMMAND = commandFile(
  command('restore'),
  script(String.raw`
#!/usr/bin/env bash
# Restores the database: terrace-restore [--force] [--files] [stamp]
#   --force   although the database is not empty; what is there is kept under another name
#   --files   also the files of applications; the application directory itself comes from the configuration
#   stamp     such as 20260131T020000Z, or the beginning of one; the newest backup without it
set -euo pipefail
. ${PATHS.library}/common.sh
. ${PATHS.library}/postgres.sh
. ${PATHS.library}/restore.sh

force=no
files=no
stamp=
for argument in "$@"; do
  case $argument in
    --force) force=yes ;;
    --files) files=yes ;;
    -*) fail "unknown option $argument" ;;
    *) stamp=$argument ;;
  esac
done

fresh=
stopped=no
finish() {
  local status=$?
  trap - EXIT
  [ -z "$fresh" ] || drop_database "$fresh" || true
  [ "$stopped" = no ] || start_applications || true
  [ -z "$work" ] || rm -rf -- "$work"
  exit "$status"
}
trap finish EXIT

data_is_there || fail 'the data volume is not mounted'
install -d -m 0700 ${PATHS.runtime} ${PATHS.backups}
exec 9> ${PATHS.runtime}/backup.lock
flock 9
work=$(mktemp -d ${PATHS.backups}/work.XXXXXX)

sql() {
  pg psql -XAtq -v ON_ERROR_STOP=1 -d postgres -c "$1"
}

stop_applications() {
  stopped=yes
  (cd "$APPLICATION_DIRECTORY" && xargs docker compose stop < ${PATHS.settings}/applications)
}

start_applications() {
  stopped=no
  (cd "$APPLICATION_DIRECTORY" && xargs docker compose start < ${PATHS.settings}/applications)
}

tables=0
exists=$(sql "select 1 from pg_database where datname = '$DATABASE_NAME'")
if [ -n "$exists" ]; then
  tables=$(pg psql -XAtq -v ON_ERROR_STOP=1 -d "$DATABASE_NAME" -c \
    "select count(*) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')")
fi
if [ "$tables" -gt 0 ] && [ "$force" = no ]; then
  fail "the database $DATABASE_NAME holds $tables tables: nothing was done. With --force it is replaced, and kept under another name"
fi

name=$(find_backup database "$stamp")
log "restoring $name"
fetch_backup database "$name" dump counts
if [ "$files" = yes ]; then
  archive=$(find_backup application "$stamp")
  fetch_backup application "$archive" tar.gz
fi

now=$(date -u +%Y%m%d%H%M%S)
fresh=terrace_restore_$now
restore_into "$fresh" "$name"

stop_applications
kept=terrace_before_restore_$now
swap="alter database \"$fresh\" rename to \"$DATABASE_NAME\";"
if [ -n "$exists" ]; then
  sql "select pg_terminate_backend(pid) from pg_stat_activity where datname = '$DATABASE_NAME' and pid <> pg_backend_pid()" > /dev/null
  swap="alter database \"$DATABASE_NAME\" rename to \"$kept\"; $swap"
fi
# Several statements of one -c are one transaction: there is never no database of that name.
sql "$swap"
fresh=
if [ -x ${command('database')} ]; then
  ${command('database')} --force
fi
if [ "$files" = yes ]; then
  grep -v -x -F "$APPLICATION_DIRECTORY" ${PATHS.settings}/backup-paths | sed 's,^/,,' > "$work/paths" || true
  if [ -s "$work/paths" ]; then
    tar --extract --gzip --file "$work/$archive.tar.gz" --directory / --files-from "$work/paths"
  fi
fi
start_applications

if [ "$tables" -gt 0 ]; then
  log "what was there before is the database $kept; to remove it: terrace-pg dropdb $kept"
elif [ -n "$exists" ]; then
  drop_database "$kept"
fi
log "restored $name"
`),
);

const DRILL_COMMAND = commandFile(
  command('drill'),
  script(String.raw`
#!/usr/bin/env bash
# Proves that the newest backup in S3 can be restored: into a scratch database, rows counted, and dropped again.
set -euo pipefail
. ${PATHS.library}/common.sh
. ${PATHS.library}/postgres.sh
. ${PATHS.library}/restore.sh

scratch=
finish() {
  local status=$?
  trap - EXIT
  [ -z "$scratch" ] || drop_database "$scratch" || true
  [ -z "$work" ] || rm -rf -- "$work"
  if [ "$status" -ne 0 ]; then
    printf 'drill: FAILED\n' >&2
    publish ${HOST_METRICS.drillFailed} 1 Count || true
  fi
  exit "$status"
}
trap finish EXIT

data_is_there || fail 'the data volume is not mounted'
install -d -m 0700 ${PATHS.runtime} ${PATHS.backups}
exec 9> ${PATHS.runtime}/backup.lock
flock 9
work=$(mktemp -d ${PATHS.backups}/work.XXXXXX)

name=$(find_backup database '')
fetch_backup database "$name" dump counts
scratch=terrace_drill_$(date -u +%Y%m%d%H%M%S)_$$
restore_into "$scratch" "$name"
drop_database "$scratch"
scratch=

date +%s > ${PATHS.backups}/last-proven-restore
publish ${HOST_METRICS.drillFailed} 0 Count
publish ${HOST_METRICS.restoreProvenAge} 0 None
log "drill: $name can be restored: $(awk '{ rows += $NF } END { print rows + 0 " rows in " NR " tables" }' "$work/$name.counts")"
`),
);

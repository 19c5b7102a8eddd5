#!/usr/bin/env bash
# Restores the database: terrace-restore [--force] [--files] [stamp]
#   --force   even if the database is not empty; its present content is kept under another name
#   --files   also the files of the applications; the application directory itself comes from the configuration
#   stamp     such as 20260131T020000Z, or the start of one; without it, the newest backup
#
# The backup is first restored into a separate database, which takes the old one's name only once it is complete:
# a failed restore changes nothing.
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh
# shellcheck source=library/postgres.sh
. "$LIBRARY/postgres.sh"
# shellcheck source=library/restore.sh
. "$LIBRARY/restore.sh"

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

data_is_mounted || fail 'the data volume is not mounted'
install -d -m 0700 "$RUNTIME" "$BACKUPS"
exec 9> "$RUNTIME/backup.lock"
flock 9
work=$(mktemp -d "$BACKUPS/work.XXXXXX")

sql() {
  pg psql -XAtq -v ON_ERROR_STOP=1 -d postgres -c "$1"
}

stop_applications() {
  stopped=yes
  (cd "$APPLICATION_DIRECTORY" && xargs docker compose stop < "$SETTINGS/applications")
}

start_applications() {
  stopped=no
  (cd "$APPLICATION_DIRECTORY" && xargs docker compose start < "$SETTINGS/applications")
}

tables=0
exists=$(sql "select 1 from pg_database where datname = '$DATABASE_NAME'")
if [ -n "$exists" ]; then
  tables=$(pg psql -XAtq -v ON_ERROR_STOP=1 -d "$DATABASE_NAME" -c \
    "select count(*) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')")
fi
if [ "$tables" -gt 0 ] && [ "$force" = no ]; then
  fail "the database $DATABASE_NAME holds $tables tables: nothing was done. --force replaces it and keeps it under another name"
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
# Several statements in one -c are one transaction: a database of that name exists at every moment.
sql "$swap"
fresh=
if [ -x "$COMMANDS/terrace-database" ]; then
  "$COMMANDS/terrace-database" --force
fi
if [ "$files" = yes ]; then
  grep -v -x -F "$APPLICATION_DIRECTORY" "$SETTINGS/backup-paths" | sed 's,^/,,' > "$work/paths" || true
  if [ -s "$work/paths" ]; then
    tar --extract --gzip --file "$work/$archive.tar.gz" --directory / --files-from "$work/paths"
  fi
fi
start_applications

if [ "$tables" -gt 0 ]; then
  log "the previous content is in the database $kept; to remove it: terrace-pg dropdb $kept"
elif [ -n "$exists" ]; then
  drop_database "$kept"
fi
log "restored $name"

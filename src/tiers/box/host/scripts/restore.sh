#!/usr/bin/env bash
# Restores the database: terrace-restore [--force | --beside | --drop] [--files] [stamp]
#   --force   even if the database is not empty; its present content is kept under another name
#   --files   also the files of the applications; the application directory itself comes from the configuration. Files that were
#             added since stay
#   --beside  into the database restored_<stamp> next to the live one, and with --files into /data/restored/<stamp>: nothing that is
#             live changes. Its rows are printed. What is there already is only counted again
#   --drop    removes what --beside has made of a whole stamp
#   stamp     such as 20260131T020000Z, or the start of one; without it, the newest backup, in S3 or on this host
#
# The backup is first restored into a separate database, which takes the old one's name only once it is complete:
# a failed restore changes nothing.
# shellcheck disable=SC2154 # found, work: the libraries
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh
# shellcheck source=library/postgres.sh
. "$LIBRARY/postgres.sh"
# shellcheck source=library/backups.sh
. "$LIBRARY/backups.sh"
# shellcheck source=library/restore.sh
. "$LIBRARY/restore.sh"

# Variables
RESTORED=/data/restored

force=no
beside=no
drop=no
files=no
stamp=
for argument in "$@"; do
  case $argument in
    --force) force=yes ;;
    --files) files=yes ;;
    --beside) beside=yes ;;
    --drop) drop=yes ;;
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
  end_work
  exit "$status"
}
trap finish EXIT

begin_work

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

# The database of a whole stamp: stamp.
beside_of() {
  printf 'restored_%s' "$(printf '%s' "$1" | tr '[:upper:]' '[:lower:]')"
}

# Prints what a database beside the live one holds: a line with its name, tables and rows, then the rows of each table.
print_beside() {
  pg psql -XAtq -v ON_ERROR_STOP=1 -d "$1" < "$LIBRARY/row-counts.sql" > "$work/beside.counts"
  awk -v name="$1" '{ rows += $NF } END { printf "beside\t%s\t%d\t%d\n", name, NR, rows }' "$work/beside.counts"
  cat "$work/beside.counts"
}

if [ "$drop" = yes ]; then
  printf '%s' "$stamp" | grep -q -E -x '[0-9]{8}T[0-9]{6}Z' || fail '--drop needs a whole stamp, such as 20260131T020000Z'
  drop_database "$(beside_of "$stamp")"
  rm -rf -- "${RESTORED:?}/$stamp"
  log "removed what was restored beside of $stamp"
  exit 0
fi

tables=0
exists=$(sql "select 1 from pg_database where datname = '$DATABASE_NAME'")
if [ -n "$exists" ]; then
  tables=$(pg psql -XAtq -v ON_ERROR_STOP=1 -d "$DATABASE_NAME" -c \
    "select count(*) from pg_tables where schemaname not in ('pg_catalog', 'information_schema')")
fi
if [ "$tables" -gt 0 ] && [ "$force" = no ] && [ "$beside" = no ]; then
  fail "the database $DATABASE_NAME holds $tables tables: nothing was done. --force replaces it and keeps it under another name"
fi

archives=
if [ "$files" = yes ]; then
  find_set application "$stamp"
  chain_of "$found"
  require_bytes "$(awk -v archives="$archives" \
    'index(" " archives, " " substr($4, 1, length($4) - 7)) && $4 ~ /tar.gz$/ { bytes += $3 } END { print bytes + 0 }' "$work/listed")" "$found"
  for archive in $archives; do
    fetch_set application "$archive" tar.gz
  done
fi
find_set database "$stamp"
name=$found
if [ "$beside" = yes ]; then
  stamp=$(printf '%s' "$name" | sed 's/.*-\([0-9]\{8\}T[0-9]\{6\}Z\)$/\1/')
  target=$(beside_of "$stamp")
  if [ "$files" = yes ]; then
    install -d -m 0700 "$RESTORED/$stamp"
    for archive in $archives; do
      tar --extract --gzip --file "$work/$archive.tar.gz" --directory "$RESTORED/$stamp"
    done
  fi
  if [ -n "$(sql "select 1 from pg_database where datname = '$target'")" ]; then
    print_beside "$target"
    exit 0
  fi
fi
log "restoring $name"
require_room "$name"
fetch_set database "$name" dump counts

now=$(date -u +%Y%m%d%H%M%S)
fresh=terrace_restore_$now
pg createdb --template=template0 "$fresh"
pg pg_restore --exit-on-error --dbname="$fresh" < "$work/$name.dump"
pg psql -XAtq -v ON_ERROR_STOP=1 -d "$fresh" < "$LIBRARY/row-counts.sql" > "$work/restored.counts"
compare_counts "$name" "$work/restored.counts"

if [ "$beside" = yes ]; then
  sql "alter database \"$fresh\" rename to \"$target\""
  fresh=
  print_beside "$target"
  exit 0
fi

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
  # Files that are there and in no archive stay.
  for archive in $archives; do
    [ -s "$work/paths" ] || break
    tar --list --gzip --file "$work/$archive.tar.gz" > "$work/members"
    while IFS= read -r path; do
      if grep -q -E "^$path(/|\$)" "$work/members"; then
        tar --extract --gzip --file "$work/$archive.tar.gz" --directory / "$path"
      fi
    done < "$work/paths"
  done
fi
if [ -e "$BACKUPS/awaiting-restore" ]; then
  # The applications have been held back for this: terrace-upgrade.
  rm -f "$BACKUPS/awaiting-restore" "$BACKUPS/new-cluster" "$RUNTIME/started"
  stopped=no
  "$COMMANDS/terrace-start"
else
  start_applications
fi

if [ "$tables" -gt 0 ]; then
  log "the previous content is in the database $kept; to remove it: terrace-pg dropdb $kept"
elif [ -n "$exists" ]; then
  drop_database "$kept"
fi
log "restored $name"

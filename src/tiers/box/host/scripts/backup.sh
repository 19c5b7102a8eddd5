#!/usr/bin/env bash
# Backs up the database and the files of the applications: to S3, and to the data volume for some days.
#
# Rows are counted in the same snapshot that is dumped, so that a drill can tell a complete dump from a short one.
# Checksums are stored last: a backup that has them is complete.
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh
if [ "$POSTGRES_PLACEMENT" != none ]; then
  # shellcheck source=library/postgres.sh
  . "$LIBRARY/postgres.sh"
fi

work=
finish() {
  local status=$?
  trap - EXIT
  [ -z "$work" ] || rm -rf -- "$work"
  if [ "$status" -ne 0 ]; then
    printf 'backup: FAILED\n' >&2
    publish BackupFailed 1 Count || true
  fi
  exit "$status"
}
trap finish EXIT
# A database session that ends early must be reported as an error, not end this script by a signal.
trap '' PIPE

data_is_mounted || fail 'backup: the data volume is not mounted'
install -d -m 0700 "$RUNTIME" "$BACKUPS" "$BACKUPS/database" "$BACKUPS/application"
exec 9> "$RUNTIME/backup.lock"
flock 9
work=$(mktemp -d "$BACKUPS/work.XXXXXX")
stamp=$(date -u +%Y%m%dT%H%M%SZ)

# Stores files in S3 and keeps them on the host, their checksums last: folder, name, file extensions.
keep() {
  local folder=$1 name=$2 extension
  shift 2
  (cd "$work" && for extension in "$@"; do sha256sum "$name.$extension"; done > "$name.sha256")
  for extension in "$@" sha256; do
    aws s3 cp --only-show-errors "$work/$name.$extension" "s3://$BACKUP_BUCKET/$folder/$name.$extension"
    mv "$work/$name.$extension" "$BACKUPS/$folder/$name.$extension"
  done
}

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
  cat "$LIBRARY/row-counts.sql" >&3
  printf 'commit;\n' >&3
  exec 3>&-
  wait "$session"
  tail -n +2 "$work/answers" > "$work/$name.counts"

  pg pg_restore --list < "$work/$name.dump" > /dev/null
  keep database "$name" dump counts
}

# The application directory holds no secret: secrets are in memory only.
back_up_files() {
  local name=$ENVIRONMENT-$stamp status=0
  sed 's,^/,,' "$SETTINGS/backup-paths" |
    tar --create --gzip --file "$work/$name.tar.gz" --directory / --warning=no-file-changed --files-from - || status=$?
  # 1: a file changed while it was read. It is in the archive all the same.
  [ "$status" -le 1 ] || fail 'backup: the files could not be archived'
  keep application "$name" tar.gz
}

if [ "$POSTGRES_PLACEMENT" != none ]; then
  back_up_database
fi
back_up_files

# The bucket's lifecycle removes the copies in S3. Remnants of a killed run are removed as well.
find "$BACKUPS" -maxdepth 1 -name 'work.*' -mtime +1 -exec rm -rf -- {} +
find "$BACKUPS/database" "$BACKUPS/application" -type f -mtime "+$BACKUP_RETENTION_DAYS" -delete
date +%s > "$BACKUPS/last-good-backup"
publish BackupFailed 0 Count
publish LastGoodBackupAgeHours 0 None
log "backup: $stamp is complete"

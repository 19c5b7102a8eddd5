#!/usr/bin/env bash
# Backs up the database and the files of the applications: terrace-backup [--upload]
#   --upload  only stores in S3 what an earlier run could not store there
#
# A set is first finished on the data volume, then stored in S3: a failed upload loses nothing. What does not fit on the volume
# goes to S3 while it is made. Rows are counted in the same snapshot that is dumped, so that a drill can tell a complete dump
# from a short one.
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh
# shellcheck source=library/backups.sh
. "$LIBRARY/backups.sh"
if [ "$POSTGRES_PLACEMENT" != none ]; then
  # shellcheck source=library/postgres.sh
  . "$LIBRARY/postgres.sh"
fi

# Puts one file into the bucket: path, key.
put() {
  aws s3 cp --only-show-errors "$1" "s3://$BACKUP_BUCKET/$2"
}

# Stores every set in S3 that is not there yet, the newest first, and of each the checksums last.
store_sets() {
  local path file
  for path in $(files_by_stamp '*.sha256' | tac); do
    path=${path%.sha256}
    [ ! -e "$path.stored" ] || continue
    for file in "$path".*; do
      [ "$file" = "$path.sha256" ] || put "$file" "${file#"$BACKUPS"/}" || return 1
    done
    put "$path.sha256" "${path#"$BACKUPS"/}.sha256" || return 1
    : > "$path.stored"
  done
  # Everything up to this time is in S3 now.
  [ ! -e "$BACKUPS/finished" ] || mv -f "$BACKUPS/finished" "$BACKUPS/last-good-backup"
}

finish() {
  local status=$?
  trap - EXIT
  if [ "$status" -ne 0 ]; then
    printf 'backup: FAILED\n' >&2
    # A dump that was finished before is stored even if the files could not be archived.
    [ -z "$work" ] || store_sets || true
    publish BackupFailed 1 Count || true
  fi
  end_work
  exit "$status"
}
trap finish EXIT
# A database session that ends early must be reported as an error, not end this script by a signal.
trap '' PIPE

# Writes a file of a set into the work directory if it fits there, else to S3: folder, file, expected bytes, command that prints it.
write_file() {
  local folder=$1 file=$2 bytes=$3 sum count
  shift 3
  if make_room "$bytes"; then
    "$@" > "$work/$file"
    return 0
  fi
  log "backup: $file needs $bytes bytes, more than the data volume has left: it is kept in S3 only"
  mkfifo "$work/sum" "$work/count"
  sha256sum < "$work/sum" > "$work/streamed.sha256" &
  sum=$!
  wc --bytes < "$work/count" > "$work/streamed.bytes" &
  count=$!
  "$@" | tee "$work/sum" "$work/count" |
    aws s3 cp --only-show-errors --expected-size "$bytes" - "s3://$BACKUP_BUCKET/$folder/$file"
  wait "$sum" "$count"
  sed "s,-\$,$file," "$work/streamed.sha256" > "$work/${file%%.*}.sha256"
}

# Completes a set, whose files are in the work directory or, in part, already in S3: folder, name, extensions.
complete() {
  local folder=$1 name=$2 extension streamed=no
  shift 2
  [ ! -e "$work/$name.sha256" ] || streamed=yes
  for extension in "$@"; do
    if [ -e "$work/$name.$extension" ]; then
      (cd "$work" && sha256sum "$name.$extension" >> "$name.sha256")
    fi
  done
  for extension in "$@" sha256; do
    if [ "$streamed" = no ]; then
      mv "$work/$name.$extension" "$BACKUPS/$folder/$name.$extension"
    elif [ -e "$work/$name.$extension" ]; then
      put "$work/$name.$extension" "$folder/$name.$extension"
    fi
  done
}

back_up_database() {
  local name=$DATABASE_NAME-$stamp session snapshot bytes
  # The size of the database also says how much room a drill and a restore need.
  pg psql -XAtq -v ON_ERROR_STOP=1 -d "$DATABASE_NAME" -c "select pg_database_size(current_database())" \
    < /dev/null > "$work/database-bytes" || fail 'backup: PostgreSQL does not answer'
  mv -f "$work/database-bytes" "$BACKUPS/database-bytes"
  # Half as much again as the last dump; before the first one, the size of the database.
  bytes=$(awk '{ printf "%d", $1 * 1.5 }' "$BACKUPS/dump-bytes" 2> /dev/null || cat "$BACKUPS/database-bytes")
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
  snapshot=$(sed -n 1p "$work/answers")
  [ -n "$snapshot" ] || fail 'backup: PostgreSQL gave no snapshot'

  write_file database "$name.dump" "$bytes" pg pg_dump --format=custom --snapshot="$snapshot" "$DATABASE_NAME"
  cat "$LIBRARY/row-counts.sql" >&3
  printf 'commit;\n' >&3
  exec 3>&-
  wait "$session"
  tail -n +2 "$work/answers" > "$work/$name.counts"

  if [ -e "$work/$name.dump" ]; then
    pg pg_restore --list < "$work/$name.dump" > /dev/null
    stat --format=%s "$work/$name.dump" > "$BACKUPS/dump-bytes"
  else
    cp "$work/streamed.bytes" "$BACKUPS/dump-bytes"
    rm -f "$work/sum" "$work/count"
  fi
  complete database "$name" dump counts
}

# Prints an archive of all files, or of what has changed since the last one, as `files.snar` in the work directory describes.
archive() {
  local status=0
  sed 's,^/,,' "$SETTINGS/backup-paths" |
    tar --create --gzip --file - --directory / --listed-incremental="$work/files.snar" --no-check-device \
      --warning=no-file-changed --warning=no-new-directory --warning=no-rename-directory --files-from - || status=$?
  # 1: a file changed while it was read. It is in the archive all the same.
  [ "$status" -le 1 ] || fail 'backup: the files could not be archived'
}

# Every FULL_ARCHIVE_DAYS an archive of all files, in between only of what has changed. The application directory holds no
# secret: secrets are in memory only.
back_up_files() {
  local name=$ENVIRONMENT-$stamp age bytes
  local -a newer=()
  age=$(($(date +%s) - $(cat "$BACKUPS/last-full-archive" 2> /dev/null || printf 0)))
  if [ -s "$BACKUPS/files.snar" ] && [ "$age" -ge 0 ] && [ "$age" -lt "$((FULL_ARCHIVE_DAYS * 86400 - 3600))" ]; then
    name=$name-changes
    cp "$BACKUPS/files.snar" "$work/files.snar"
    newer=(-newercm "$BACKUPS/files.snar")
  fi
  bytes=$(xargs -I '{}' find '{}' -type f "${newer[@]}" -printf '%s\n' < "$SETTINGS/backup-paths" |
    awk '{ bytes += $1 } END { printf "%d", bytes + 1048576 }')
  write_file application "$name.tar.gz" "$bytes" archive
  complete application "$name" tar.gz
  mv -f "$work/files.snar" "$BACKUPS/files.snar"
  case $name in
    *-changes) ;;
    *) date +%s > "$BACKUPS/last-full-archive" ;;
  esac
}

case "$*" in
  '')
    begin_work
    # Backups that waited for each other can follow within a second, and a set must not replace another.
    until stamp=$(date -u +%Y%m%dT%H%M%SZ) && [ "$stamp" != "$(cat "$BACKUPS/last-stamp" 2> /dev/null || true)" ]; do
      sleep 0.2
    done
    printf '%s\n' "$stamp" > "$BACKUPS/last-stamp"
    if [ "$POSTGRES_PLACEMENT" != none ]; then
      back_up_database
    fi
    back_up_files
    date +%s > "$BACKUPS/finished"
    ;;
  --upload)
    begin_work
    # An earlier run that failed before its end is not made successful by an upload.
    [ -e "$BACKUPS/finished" ] || exit 0
    ;;
  *) fail 'usage: terrace-backup [--upload]' ;;
esac
store_sets

# The bucket's lifecycle removes the copies in S3. On the host, a set that is not in S3 stays, whatever its age.
find "$BACKUPS/database" "$BACKUPS/application" -type f -mtime "+$BACKUP_RETENTION_DAYS" > "$work/old"
while IFS= read -r path; do
  name=${path##*/}
  path=${path%/*}/${name%%.*}
  if [ -e "$path.stored" ] || [ ! -e "$path.sha256" ]; then
    rm -f -- "$path".*
  fi
done < "$work/old"

publish BackupFailed 0 Count
publish LastGoodBackupAgeHours 0 None
log 'backup: everything is in S3'

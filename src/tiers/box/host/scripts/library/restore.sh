# shellcheck shell=bash
# Fetches a backup and restores it into a separate database: shared by restore and drill. Sourced, not run.

# The directory that the command works in; the command creates and removes it.
work=

# Prints the name of the newest complete backup, or of the newest one whose stamp starts as requested: folder, stamp or nothing.
find_backup() {
  local found
  found=$(aws s3 ls "s3://$BACKUP_BUCKET/$1/" | awk '{ print $4 }' | sed -n 's/\.sha256$//p' | { grep -e "-$2" || true; } | sort | tail -n 1)
  [ -n "$found" ] || fail "there is no complete backup in s3://$BACKUP_BUCKET/$1/"
  printf '%s\n' "$found"
}

# Downloads a backup into the work directory and verifies its checksums: folder, name, file extensions.
fetch_backup() {
  local folder=$1 name=$2 extension
  shift 2
  for extension in "$@" sha256; do
    aws s3 cp --only-show-errors "s3://$BACKUP_BUCKET/$folder/$name.$extension" "$work/$name.$extension"
  done
  (cd "$work" && sha256sum --check --strict --quiet "$name.sha256") || fail "$name is not what was stored: its checksums differ"
}

# Creates a database from a dump and compares its row counts with those of the dump's snapshot: database, name.
restore_into() {
  pg createdb --template=template0 "$1"
  pg pg_restore --exit-on-error --dbname="$1" < "$work/$2.dump"
  pg psql -XAtq -v ON_ERROR_STOP=1 -d "$1" < "$LIBRARY/row-counts.sql" > "$work/restored.counts"
  diff "$work/$2.counts" "$work/restored.counts" >&2 || fail "$2: restored rows differ from those that were dumped"
}

drop_database() {
  pg dropdb --if-exists --force "$1"
}

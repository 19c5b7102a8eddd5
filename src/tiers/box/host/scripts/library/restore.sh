# shellcheck shell=bash
# shellcheck disable=SC2154 # work: library/backups.sh
# Finds and fetches backups, for restore and drill; needs library/backups.sh. Sourced, not run.

# A drill sets it to yes: it proves what is in S3. A restore also uses the sets that only this host has.
only_s3=no

# Lists the complete sets of a folder, oldest first, as lines of stamp and name in `sets` below the work directory: folder.
list_sets() {
  local status=0
  aws s3 ls "s3://$BACKUP_BUCKET/$1/" > "$work/listed" || status=$?
  # 1: nothing is there.
  if [ "$status" -gt 1 ]; then
    [ "$only_s3" = no ] || fail "s3://$BACKUP_BUCKET/$1/ cannot be listed"
    log "s3://$BACKUP_BUCKET/$1/ cannot be listed: only the backups on this host are known"
  fi
  {
    awk '{ print $4 }' "$work/listed"
    [ "$only_s3" = yes ] || find "$BACKUPS/$1" -name '*.sha256' -printf '%f\n'
  } | sed -n 's/^\(.*-\([0-9]\{8\}T[0-9]\{6\}Z\)[^.]*\)\.sha256$/\2\t\1/p' | sort -u > "$work/sets"
}

# Sets `found` to the newest complete set, or to the newest one whose stamp starts as requested: folder, stamp or nothing.
# A set stamped in the future, by a host whose clock was wrong, would stay the newest: it has to be requested by its stamp.
find_set() {
  local limit future
  list_sets "$1"
  limit=$(date -u --date='10 minutes' +%Y%m%dT%H%M%SZ)
  if [ -z "$2" ]; then
    future=$(awk -v limit="$limit" '$1 > limit { print $2 }' "$work/sets" | xargs)
    [ -z "$future" ] || log "ignored, because they are stamped in the future: $future"
  fi
  found=$(awk -v limit="$limit" -v stamp="$2" \
    'stamp == "" ? $1 <= limit : index($1, stamp) == 1 { name = $2 } END { print name }' "$work/sets")
  [ -n "$found" ] || fail "there is no complete backup${2:+ of $2} in s3://$BACKUP_BUCKET/$1/"
}

# Sets `archives` to what a set of files consists of, oldest first: an archive of all files, and those of the changes after it up
# to the set; needs `sets`: name.
chain_of() {
  archives=$(awk -v last="$1" \
    '$2 !~ /-changes$/ { chain = "" } { chain = chain " " $2 } $2 == last { print chain; exit }' "$work/sets" | xargs)
  case ${archives%% *} in
    *-changes) fail "the archive of all files before $1 has expired: ask for a later backup" ;;
  esac
}

# Prints the stamp of the set before one; needs `sets`: name.
stamp_before() {
  awk -v name="$1" '$2 == name { print before; exit } { before = $1 }' "$work/sets"
}

# Fails unless a dump and the database that it becomes fit on the volume next to what is there; needs `listed`: name.
require_room() {
  local dump database
  dump=$(awk -v file="$1.dump" '$4 == file { print $3 }' "$work/listed")
  dump=${dump:-$(stat --format=%s "$BACKUPS/database/$1.dump")}
  database=$(cat "$BACKUPS/database-bytes" 2> /dev/null || printf '%s' "$((4 * dump))")
  require_bytes "$((dump + database))" "$1"
}

# Bytes, what needs them.
require_bytes() {
  make_room "$1" || fail "$2 needs $1 bytes, more than the data volume has left. PostgreSQL is on the same volume:" \
    'raise box.dataVolumeGb, deploy, and try again'
}

# Puts the files of a set into the work directory and verifies their checksums: folder, name, file extensions.
fetch_set() {
  local folder=$1 name=$2 extension before
  shift 2
  if [ "$only_s3" = no ] && [ -e "$BACKUPS/$folder/$name.sha256" ] &&
    (cd "$BACKUPS/$folder" && sha256sum --check --strict --status "$name.sha256"); then
    for extension in "$@"; do
      ln "$BACKUPS/$folder/$name.$extension" "$work/$name.$extension"
    done
    return 0
  fi
  for extension in "$@" sha256; do
    aws s3 cp --only-show-errors "s3://$BACKUP_BUCKET/$folder/$name.$extension" "$work/$name.$extension"
  done
  if ! (cd "$work" && sha256sum --check --strict --quiet "$name.sha256"); then
    before=$(stamp_before "$name")
    fail "$name is not what was stored: its checksums differ." \
      "${before:+To restore the backup before it: terrace-restore --force $before}"
  fi
}

# Compares the rows of a restored database with those of the dump's snapshot: name, file of the restored counts.
compare_counts() {
  diff "$work/$1.counts" "$2" >&2 || fail "$1: restored rows differ from those that were dumped"
}

drop_database() {
  pg dropdb --if-exists --force "$1"
}

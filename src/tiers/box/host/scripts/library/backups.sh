# shellcheck shell=bash
# What backup, restore and drill share: the lock, the work directory, and the room on the data volume. Sourced, not run.
#
# A set is a name such as `shop-20260131T020000Z` with its files and, stored last, `<name>.sha256`: with it the set is complete.
# On the host `<name>.stored` marks a set that is also in S3.

# Variables
# Share of the volume that backups leave to PostgreSQL and uploads, which grow while a backup or a drill runs.
RESERVE_PERCENT=5

# The directory that the command works in, on the data volume; removed at its end.
work=

# Waits for the other commands. Only the holder of the lock has a work directory: any other one was left by a killed command.
begin_work() {
  data_is_mounted || fail "$(basename "$0"): the data volume is not mounted"
  install -d -m 0700 "$RUNTIME" "$BACKUPS" "$BACKUPS/database" "$BACKUPS/application"
  exec 9> "$RUNTIME/backup.lock"
  flock 9
  find "$BACKUPS" -maxdepth 1 -name 'work.*' -exec rm -rf -- {} +
  work=$(mktemp -d "$BACKUPS/work.XXXXXX")
}

end_work() {
  [ -z "$work" ] || rm -rf -- "$work"
}

# Succeeds if so many bytes fit on the volume and leave its reserve: bytes.
fits() {
  local available size
  read -r available size < <(df --block-size=1 --output=avail,size "$BACKUPS" | tail -n 1)
  [ "$available" -ge "$(($1 + size * RESERVE_PERCENT / 100))" ]
}

# Prints the paths of files in both folders of the host, oldest stamp first: pattern of their names.
files_by_stamp() {
  find "$BACKUPS/database" "$BACKUPS/application" -type f -name "$1" |
    sed -n 's,.*-\([0-9]\{8\}T[0-9]\{6\}Z\)[^/]*$,\1\t&,p' | sort | cut -f 2
}

# Removes sets that are in S3 from the host, the oldest first, until so many bytes fit. The newest dump stays: bytes.
make_room() {
  local newest path
  newest=$(files_by_stamp '*.dump' | tail -n 1)
  while ! fits "$1"; do
    path=$(files_by_stamp '*.stored' | { grep -v -x -F "${newest%.dump}.stored" || true; } | head -n 1)
    [ -n "$path" ] || return 1
    log "removing $(basename "${path%.stored}") from the host: the data volume has no room for it. It is in S3"
    rm -f -- "${path%.stored}".*
  done
}

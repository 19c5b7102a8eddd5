#!/usr/bin/env bash
# Proves that the newest backup in S3 can be restored: into a scratch database, whose rows are counted, and which is dropped again.
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh
# shellcheck source=library/postgres.sh
. "$LIBRARY/postgres.sh"
# shellcheck source=library/restore.sh
. "$LIBRARY/restore.sh"

scratch=
finish() {
  local status=$?
  trap - EXIT
  [ -z "$scratch" ] || drop_database "$scratch" || true
  [ -z "$work" ] || rm -rf -- "$work"
  if [ "$status" -ne 0 ]; then
    printf 'drill: FAILED\n' >&2
    publish DrillFailed 1 Count || true
  fi
  exit "$status"
}
trap finish EXIT

data_is_mounted || fail 'the data volume is not mounted'
install -d -m 0700 "$RUNTIME" "$BACKUPS"
exec 9> "$RUNTIME/backup.lock"
flock 9
work=$(mktemp -d "$BACKUPS/work.XXXXXX")

name=$(find_backup database '')
fetch_backup database "$name" dump counts
scratch=terrace_drill_$(date -u +%Y%m%d%H%M%S)_$$
restore_into "$scratch" "$name"
drop_database "$scratch"
scratch=

date +%s > "$BACKUPS/last-proven-restore"
publish DrillFailed 0 Count
publish RestoreProvenAgeHours 0 None
log "drill: $name can be restored: $(awk '{ rows += $NF } END { print rows + 0 " rows in " NR " tables" }' "$work/$name.counts")"

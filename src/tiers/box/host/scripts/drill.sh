#!/usr/bin/env bash
# Proves that the newest backup in S3 can be restored: on a scratch server apart from the live one, where its rows are counted,
# and which is removed again.
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
# shellcheck source=library/scratch.sh
. "$LIBRARY/scratch.sh"

finish() {
  local status=$?
  trap - EXIT
  if [ -n "$work" ]; then
    scratch_stop || true
  fi
  end_work
  if [ "$status" -ne 0 ]; then
    printf 'drill: FAILED\n' >&2
    publish DrillFailed 1 Count || true
  fi
  exit "$status"
}
trap finish EXIT

begin_work
# shellcheck disable=SC2034 # library/restore.sh
only_s3=yes
find_set database ''
name=$found
require_room "$name"
fetch_set database "$name" dump counts

scratch_start
scratch_restore "$work/$name.dump"
scratch terrace_drill psql -XAtq -v ON_ERROR_STOP=1 -d drill < "$LIBRARY/row-counts.sql" > "$work/restored.counts"
scratch_stop
compare_counts "$name" "$work/restored.counts"

date +%s > "$BACKUPS/last-proven-restore"
publish DrillFailed 0 Count
publish RestoreProvenAgeHours 0 None
log "drill: $name can be restored: $(awk '{ rows += $NF } END { print rows + 0 " rows in " NR " tables" }' "$work/$name.counts")"

#!/usr/bin/env bash
# Prepares another major version of PostgreSQL on this host, or the move between containers and packages:
#   terrace-upgrade <version> [containers|packages]  backs up, then puts PostgreSQL's files away. After the deployment of that
#                                                    version PostgreSQL starts empty, and terrace-restore loads the backup
#   terrace-upgrade --back                           brings the files back, while `database.version` is the former one
#   terrace-upgrade --empty                          lets PostgreSQL start without its files, if they are lost
# The applications stay stopped until terrace-restore, so that none of them writes to the empty database.
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh
# shellcheck source=library/postgres.sh
. "$LIBRARY/postgres.sh"
# shellcheck source=library/backups.sh
. "$LIBRARY/backups.sh"

usage() {
  fail 'usage: terrace-upgrade <version> [containers|packages] | --back | --empty'
}

stopped=no
finish() {
  local status=$?
  trap - EXIT
  if [ "$stopped" = yes ]; then
    printf 'upgrade: FAILED, nothing has changed\n' >&2
    rm -f "$BACKUPS/new-cluster" "$BACKUPS/awaiting-restore"
    (cd "$APPLICATION_DIRECTORY" && xargs docker compose start < "$SETTINGS/applications") || true
  fi
  exit "$status"
}
trap finish EXIT

stop_postgres() {
  if [ "$POSTGRES_PLACEMENT" = package ]; then
    systemctl disable --now terrace-postgres.service
    # Makes the next run of terrace-apply install and set up PostgreSQL.
    rm -f "$STATE/packages" "$STATE/postgres"
  else
    (cd "$APPLICATION_DIRECTORY" && docker compose rm --stop --force postgres)
  fi
  rm -f "$RUNTIME/started"
}

# Checks that another version is possible, and prints the placement and version that the new cluster will have.
target() {
  local placement=$POSTGRES_PLACEMENT
  case ${2-} in
    '') ;;
    containers) placement=container ;;
    packages) placement=package ;;
    *) usage ;;
  esac
  [ "$placement $1" != "$POSTGRES_PLACEMENT $POSTGRES_VERSION" ] || fail "this host already has PostgreSQL $1"
  [ "$1" -ge "$POSTGRES_VERSION" ] || fail "PostgreSQL $1 cannot read dumps of $POSTGRES_VERSION"
  printf '%s %s\n' "$placement" "$1"
}

data_is_mounted || fail 'the data volume is not mounted'
# No pull in the meantime.
install -d -m 0700 "$RUNTIME" "$BACKUPS"
exec 8> "$RUNTIME/pull.lock"
flock 8

case ${1-} in
  [1-9]*)
    new=$(target "$@")
    [ -s "$POSTGRES_DATA/PG_VERSION" ] || fail "$POSTGRES_DATA is empty"
    kept=$POSTGRES_DATA-$(cat "$POSTGRES_DATA/PG_VERSION")
    [ ! -e "$kept" ] || fail "$kept exists, from an earlier upgrade: remove it first"
    bytes=$(du --summarize --block-size=1 "$POSTGRES_DATA" | cut -f 1)
    fits "$bytes" || fail "the new files need about $bytes bytes next to the old ones, more than the data volume has left:" \
      'raise box.dataVolumeGb and deploy first'
    stopped=yes
    (cd "$APPLICATION_DIRECTORY" && xargs docker compose stop < "$SETTINGS/applications")
    "$COMMANDS/terrace-backup"
    # From here on PostgreSQL is not started on an empty directory, unless it is the new one.
    printf '%s\n' "$new" > "$BACKUPS/new-cluster"
    : > "$BACKUPS/awaiting-restore"
    stop_postgres
    mv "$POSTGRES_DATA" "$kept"
    rm -f "$BACKUPS/postgres-placement"
    stopped=no
    # Amazon Linux has one version of the programs at a time.
    if [ "$POSTGRES_PLACEMENT" = package ] && command -v dnf > /dev/null; then
      dnf --assumeyes --quiet remove "postgresql$POSTGRES_VERSION*"
    fi
    log "PostgreSQL's files are in $kept. Now set database.version to $1${2:+ and box.dataStores to $2} in the environment file and" \
      'deploy; run terrace-pull, then terrace-restore, which starts the applications again.'
    log "To go back: set the former version, deploy, and run terrace-upgrade --back. When everything works: rm -r $kept"
    ;;
  --back)
    kept=$POSTGRES_DATA-$POSTGRES_VERSION
    [ -s "$kept/PG_VERSION" ] || fail "there is no $kept: set the former database.version and deploy first"
    stop_postgres
    if [ -e "$POSTGRES_DATA" ]; then
      mv "$POSTGRES_DATA" "$POSTGRES_DATA-abandoned-$(date -u +%Y%m%dT%H%M%SZ)"
    fi
    mv "$kept" "$POSTGRES_DATA"
    rm -f "$BACKUPS/postgres-placement" "$BACKUPS/new-cluster" "$BACKUPS/awaiting-restore"
    log "PostgreSQL $POSTGRES_VERSION has its files again: run terrace-pull"
    ;;
  --empty)
    [ ! -s "$POSTGRES_DATA/PG_VERSION" ] || fail "$POSTGRES_DATA is not empty"
    printf '%s %s\n' "$POSTGRES_PLACEMENT" "$POSTGRES_VERSION" > "$BACKUPS/new-cluster"
    : > "$BACKUPS/awaiting-restore"
    log 'PostgreSQL may start empty: run terrace-pull, then terrace-restore, which starts the applications'
    ;;
  *) usage ;;
esac

#!/usr/bin/env bash
# Brings the containers to the state of the Compose file, the images and the secrets. Does nothing if none of them changed.
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh

install -d -m 0700 "$RUNTIME"
exec 9> "$RUNTIME/start.lock"
flock 9

data_is_mounted || fail 'the data volume is not mounted'
if [ ! -s "$RUNTIME/superuser-password" ]; then
  (umask 077 && openssl rand -hex 32 > "$RUNTIME/superuser-password")
fi
"$COMMANDS/terrace-secrets"
"$COMMANDS/terrace-images"

if [ "$POSTGRES_PLACEMENT" = container ]; then
  # shellcheck source=library/postgres.sh
  . "$LIBRARY/postgres.sh"
  require_cluster
fi
cd "$APPLICATION_DIRECTORY"
if [ -s "$SETTINGS/data-stores" ]; then
  if [ "$(xargs docker compose ps --status running --quiet < "$SETTINGS/data-stores" 2> /dev/null | wc -l)" \
    -lt "$(wc -l < "$SETTINGS/data-stores")" ]; then
    xargs docker compose up --detach --wait --quiet-pull < "$SETTINGS/data-stores"
  fi
fi
if [ -x "$COMMANDS/terrace-database" ]; then
  "$COMMANDS/terrace-database"
fi
if [ -e "$BACKUPS/awaiting-restore" ]; then
  log 'the database is empty: the applications start after terrace-restore'
  exit 0
fi

now=$({ cat compose.yaml .env ./*.env "$RUNTIME"/*.env 2> /dev/null || true; } | sha256sum)
if [ "$(cat "$RUNTIME/started" 2> /dev/null || true)" = "$now" ]; then
  exit 0
fi
docker compose up --detach --remove-orphans --quiet-pull
printf '%s\n' "$now" > "$RUNTIME/started"

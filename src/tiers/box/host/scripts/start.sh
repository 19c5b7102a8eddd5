#!/usr/bin/env bash
# Brings the containers to the state of the Compose file, the images and the secrets. Does nothing if none of them changed.
#
# PostgreSQL and Redis come first: they need nothing from AWS. A container whose image or secret is unavailable does not keep
# the others from starting. If it existed before, for example before a restart of the host, it starts as it was: a container
# keeps the image and the variables that it was created with.
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh

install -d -m 0700 "$RUNTIME"
exec 9> "$RUNTIME/start.lock"
flock 9
: > "$RUNTIME/incomplete"

data_is_mounted || fail 'the data volume is not mounted'
if [ ! -s "$RUNTIME/superuser-password" ]; then
  (umask 077 && openssl rand -hex 32 > "$RUNTIME/superuser-password")
fi
if [ "$POSTGRES_PLACEMENT" = container ]; then
  # shellcheck source=library/postgres.sh
  . "$LIBRARY/postgres.sh"
  require_cluster
fi
cd "$APPLICATION_DIRECTORY"

# Compose refuses the whole file while one service has no image or lacks its file of secrets.
while IFS=$'\t' read -r _ variable _; do
  grep -q "^$variable=" .env 2> /dev/null || printf '%s=%s\n' "$variable" "$NO_IMAGE" >> .env
done < "$SETTINGS/images.tsv"
while IFS=$'\t' read -r file format _; do
  if [ "$format" = dotenv ] && [ ! -e "$RUNTIME/$file" ]; then
    (umask 077 && : > "$RUNTIME/$file")
  fi
done < "$SETTINGS/secrets.tsv"

status=0
if [ -s "$SETTINGS/data-stores" ]; then
  if [ "$(xargs docker compose ps --status running --quiet < "$SETTINGS/data-stores" 2> /dev/null | wc -l)" \
    -lt "$(wc -l < "$SETTINGS/data-stores")" ]; then
    xargs docker compose up --detach --wait --quiet-pull < "$SETTINGS/data-stores" ||
      xargs docker compose start < "$SETTINGS/data-stores"
  fi
fi
"$COMMANDS/terrace-secrets" || status=$INCOMPLETE
"$COMMANDS/terrace-images" || status=$INCOMPLETE
if [ -x "$COMMANDS/terrace-database" ]; then
  "$COMMANDS/terrace-database" || status=$INCOMPLETE
fi
if [ -e "$BACKUPS/awaiting-restore" ]; then
  log 'the database is empty: the applications start after terrace-restore'
  [ "$status" -ne 0 ] || rm -f "$RUNTIME/incomplete"
  exit "$status"
fi

# Whether a container has an image and all of its secrets: key.
is_ready() {
  ! grep -q -x "$(awk -v key="$1" '$1 == key { print $2 }' "$SETTINGS/images.tsv")=$NO_IMAGE" .env &&
    { [ ! -e "$RUNTIME/$1.env" ] || [ -s "$RUNTIME/$1.env" ]; }
}

start_containers() {
  local key
  : > "$work/ready"
  : > "$work/waiting"
  while IFS= read -r key; do
    if is_ready "$key"; then
      printf '%s\n' "$key" >> "$work/ready"
    else
      log "$key has no image or no secrets yet"
      printf '%s\n' "$key" >> "$work/waiting"
    fi
  done < "$SETTINGS/applications"
  if [ ! -s "$work/waiting" ] && docker compose up --detach --remove-orphans --quiet-pull; then
    return 0
  fi
  status=$INCOMPLETE
  # Each by itself: one that cannot be created does not affect the others.
  while IFS= read -r key; do
    docker compose up --detach --quiet-pull "$key" < /dev/null || printf '%s\n' "$key" >> "$work/waiting"
  done < <(cat "$SETTINGS/data-stores" "$work/ready")
  while IFS= read -r key; do
    docker compose start "$key" < /dev/null || log "$key does not run"
  done < "$work/waiting"
}

now=$({ cat compose.yaml .env ./*.env "$RUNTIME"/*.env 2> /dev/null || true; } | sha256sum)
if [ "$(cat "$RUNTIME/started" 2> /dev/null || true)" != "$now" ]; then
  work=$(make_work start)
  trap 'rm -rf -- "$work"' EXIT
  start_containers
  # What could not be started is tried again.
  [ "$status" -ne 0 ] || printf '%s\n' "$now" > "$RUNTIME/started"
  "$COMMANDS/terrace-prune" || log 'unused images could not be removed'
fi

if [ "$status" -eq 0 ]; then
  rm -f "$RUNTIME/incomplete"
fi
exit "$status"

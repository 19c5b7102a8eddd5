#!/usr/bin/env bash
# Brings the containers to the state of the Compose file, the images and the secrets. Does nothing if none of them changed.
#
#   --wait <seconds>  how long to wait for another run; without it, until that ends
#   --again <key>…    tries releases of these containers again that were refused
#
# PostgreSQL and Redis come first: they need nothing from AWS. Containers that exist start as they were, for example after a
# restart of the host: a container keeps the image and the variables that it was created with. Then those that differ from
# what is wanted are released one after the other (library/releases.sh). A container whose image or secret is unavailable does
# not keep the others from starting.
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh
# shellcheck source=library/releases.sh
. "$LIBRARY/releases.sh"

install -d -m 0700 "$RUNTIME"
exec 9> "$RUNTIME/start.lock"
if [ "${1:-}" = --wait ]; then
  flock --timeout "$2" 9 || exit "$BUSY"
  shift 2
else
  flock 9
fi
install -d -m 0700 "$RELEASES"
install -d -m 0755 "$SECOND_PORTS"
if [ "${1:-}" = --again ]; then
  shift
  for key in "$@"; do
    rm -f "$RUNTIME/started" "$RELEASES/$key.refused" "$RELEASES/$key.reason"
  done
fi
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
  [ -n "$(value_of "$variable")" ] || set_variable "$variable" "$NO_IMAGE"
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
  [ "$(value_of "$(awk -v key="$1" '$1 == key { print $2 }' "$SETTINGS/images.tsv")")" != "$NO_IMAGE" ] &&
    { [ ! -e "$RUNTIME/$1.env" ] || [ -s "$RUNTIME/$1.env" ]; }
}

start_containers() {
  local key
  : > "$work/ready"
  : > "$work/waiting"
  : > "$work/first"
  while IFS= read -r -u 3 key; do
    if is_ready "$key"; then
      printf '%s\n' "$key" >> "$work/ready"
      [ -n "$(docker compose ps --all --quiet "$key")" ] || printf '%s\n' "$key" >> "$work/first"
    else
      log "$key has no image or no secrets yet"
      printf '%s\n' "$key" >> "$work/waiting"
    fi
  done 3< "$SETTINGS/applications"
  # PostgreSQL and Redis are replaced if their settings have changed.
  xargs --no-run-if-empty docker compose up --detach --no-deps --quiet-pull < "$SETTINGS/data-stores" || status=$INCOMPLETE
  if [ -s "$work/waiting" ] || ! docker compose up --detach --no-recreate --remove-orphans --quiet-pull; then
    status=$INCOMPLETE
    # Each by itself: one that cannot be created does not affect the others.
    while IFS= read -r -u 3 key; do
      docker compose up --detach --no-recreate --quiet-pull "$key" || printf '%s\n' "$key" >> "$work/waiting"
    done 3< "$work/ready"
    while IFS= read -r -u 3 key; do
      docker compose start "$key" || log "$key does not run"
    done 3< "$work/waiting"
  fi
  # The first containers have nothing to be compared with.
  while IFS= read -r -u 3 key; do
    mark_running "$key"
  done 3< <(grep -v -x -F -f "$work/waiting" "$work/first")
}

work=$(make_work start)
trap 'rm -rf -- "$work"' EXIT
recover_releases
now=$({ cat compose.yaml "$RUNTIME/wanted-images" ./*.env "$SETTINGS/rollouts.tsv" "$RUNTIME"/*.env 2> /dev/null || true; } | sha256sum)
if [ "$(cat "$RUNTIME/started" 2> /dev/null || true)" != "$now" ]; then
  start_containers
  release_changed
  # What could not be started is tried again.
  [ "$status" -ne 0 ] || printf '%s\n' "$now" > "$RUNTIME/started"
  "$COMMANDS/terrace-prune" || log 'unused images could not be removed'
fi

if [ "$status" -eq 0 ]; then
  rm -f "$RUNTIME/incomplete"
fi
exit "$status"

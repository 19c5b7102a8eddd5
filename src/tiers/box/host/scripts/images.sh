#!/usr/bin/env bash
# Reads which images to run, and pulls those that are missing on this host.
#
# Writes `.env` next to the Compose file, so that `docker compose` also works by hand there. Registry tokens stay in memory,
# and only for the duration of a pull.
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh

# Variables
# Images that no container uses are removed when they are older: releases would otherwise fill the disk.
IMAGE_RETENTION=72h

install -d -m 0700 "$RUNTIME"
work=$(mktemp -d "$RUNTIME/images.XXXXXX")
trap 'rm -rf -- "$work"' EXIT

: > "$work/env"
while IFS=$'\t' read -r variable parameter; do
  reference=$(aws ssm get-parameter --name "$parameter" --query Parameter.Value --output text) ||
    fail "the image parameter $parameter cannot be read"
  printf '%s=%s\n' "$variable" "$reference" >> "$work/env"
done < "$SETTINGS/images.tsv"
if ! cmp --silent "$work/env" "$APPLICATION_DIRECTORY/.env"; then
  install -m 0644 "$work/env" "$APPLICATION_DIRECTORY/.env.new"
  mv -f "$APPLICATION_DIRECTORY/.env.new" "$APPLICATION_DIRECTORY/.env"
  log "images: $(tr '\n' ' ' < "$work/env")"
fi

cd "$APPLICATION_DIRECTORY"
docker compose --profile jobs config --images | sort -u > "$work/wanted"
while IFS= read -r image; do
  if ! docker image inspect "$image" > /dev/null 2>&1; then
    printf '%s\n' "$image" >> "$work/missing"
  fi
done < "$work/wanted"
if [ ! -s "$work/missing" ]; then
  exit 0
fi

# Logins are stored in this directory, which is removed at the end.
DOCKER_CONFIG=$work/docker
export DOCKER_CONFIG
sed -n 's,^\([0-9]*\.dkr\.ecr\.[a-z0-9-]*\.amazonaws\.com[a-z.]*\)/.*,\1,p' "$work/missing" | sort -u > "$work/ecr"
while IFS= read -r server; do
  aws ecr get-login-password --region "$(printf '%s' "$server" | cut -d . -f 4)" |
    docker login --username AWS --password-stdin "$server" > /dev/null
done < "$work/ecr"
while IFS=$'\t' read -r server secret; do
  docker login --username "$(cat "$RUNTIME/$secret.username")" --password-stdin "$server" \
    < "$RUNTIME/$secret.password" > /dev/null
done < "$SETTINGS/registries.tsv"

while IFS= read -r image; do
  log "images: pulling $image"
  docker pull --quiet "$image" > /dev/null
done < "$work/missing"

docker image prune --all --force --filter "until=$IMAGE_RETENTION" > /dev/null

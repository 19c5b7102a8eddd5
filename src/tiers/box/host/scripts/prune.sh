#!/usr/bin/env bash
# Removes the images that neither a container, an image parameter nor the configuration names: releases would otherwise fill the disk.
# By list and never by age: Docker only knows when an image was built, and one that was just pulled can be years old.
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh

install -d -m 0700 "$RUNTIME"
exec 6> "$RUNTIME/images.lock"
flock 6
work=$(make_work prune)
trap 'rm -rf -- "$work"' EXIT

docker ps --all --quiet > "$work/containers"
xargs --no-run-if-empty docker inspect --format '{{.Image}}' < "$work/containers" > "$work/keep"
{
  # The last ones are of jobs that run with another image.
  { cat "$APPLICATION_DIRECTORY/.env" "$RUNTIME/wanted-images" "$RUNTIME"/*.image 2> /dev/null || true; } | sed -n 's/^IMAGE_[A-Z0-9_]*=//p'
  cut -f 2 "$SETTINGS/fixed-images.tsv"
} > "$work/named"
while IFS= read -r image; do
  docker image inspect --format '{{.Id}}' "$image" >> "$work/keep" 2> /dev/null || true
done < "$work/named"
docker image ls --quiet --no-trunc | sort -u > "$work/all"
grep -v -x -F -f "$work/keep" "$work/all" > "$work/unused" || true
while IFS= read -r image; do
  docker image rm --force "$image" > /dev/null && log "images: removed $image"
done < "$work/unused"

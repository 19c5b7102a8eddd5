#!/usr/bin/env bash
# Releases what the image parameters name now, instead of within five minutes: terrace-release [--wait] [image…]
#
#   image…    keys of images, as in the environment file; without any, all of them
#   --wait    wait up to 20 minutes for another run, such as that of the timer, to end
#
# Prints a line for each step. An image that was refused before is tried again. Ends with
#   0    every container of these images runs the reference of its parameter, or has it for its next run (jobs)
#   1    at least one does not: it was taken back or is unavailable, and the reason is printed, with the container's last lines
#   2    wrong usage
#   75   another run is active: nothing was done
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh

# Variables
WAIT_SECONDS=1200

wait_seconds=0
if [ "${1:-}" = --wait ]; then
  wait_seconds=$WAIT_SECONDS
  shift
fi

# Key, variable and parameter of the containers with these images: image…
containers_of() {
  local wanted
  if [ "$#" -eq 0 ]; then
    cat "$SETTINGS/images.tsv"
    return 0
  fi
  for wanted in "$@"; do
    awk -F '\t' -v image="$wanted" '{ count = split($3, parts, "/") } parts[count] == image' "$SETTINGS/images.tsv"
  done
}

for image in "$@"; do
  if [ -z "$(containers_of "$image")" ]; then
    log "there is no image $image; usage: terrace-release [--wait] [image…]; the images of this host:"
    cut -f 3 "$SETTINGS/images.tsv" | sed 's,.*/,  ,' | sort -u
    exit 2
  fi
done
install -d -m 0700 "$RUNTIME"
work=$(mktemp -d "$RUNTIME/release.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
containers_of "$@" > "$work/containers"

status=0
mapfile -t keys < <(cut -f 1 "$work/containers")
"$COMMANDS/terrace-start" --wait "$wait_seconds" --again "${keys[@]}" < /dev/null || status=$?
if [ "$status" -eq "$BUSY" ]; then
  log 'another run is active: nothing was done'
  exit 75
fi

status=0
while IFS=$'\t' read -r key variable parameter; do
  if ! wanted=$(aws ssm get-parameter --name "$parameter" --query Parameter.Value --output text < /dev/null); then
    log "$key: the image parameter $parameter cannot be read"
    status=1
    continue
  fi
  running=$(sed -n "s/^$variable=//p" "$APPLICATION_DIRECTORY/.env")
  if [ "$running" = "$wanted" ]; then
    log "$key: $wanted"
    continue
  fi
  status=1
  log "$key: not released: $wanted; it has $running"
  if [ -s "$RELEASES/$key.reason" ]; then
    cat "$RELEASES/$key.reason"
  fi
done < "$work/containers"
exit "$status"

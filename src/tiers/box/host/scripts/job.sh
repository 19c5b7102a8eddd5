#!/usr/bin/env bash
# Runs a job now, waits for it, and prints its output: terrace-job <name> [--image <reference>]
#
#   --image   runs this reference once, in place of the job's image: for jobs that must run before a release
#
# Ends with the exit code of the job; 1 if it could not start or was stopped at its time limit, 2 for wrong usage, 75 if the job
# runs already: nothing was started.
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh

usage() {
  log 'usage: terrace-job <name> [--image <reference>]; the jobs of this host:'
  find "$UNITS" -name 'terrace-job-*.service' | sed 's,.*/terrace-job-,  ,; s,\.service$,,' | sort
  exit 2
}

if [ ! -f "$UNITS/terrace-job-${1:-}.service" ]; then
  usage
fi
key=$1
unit=terrace-job-$key.service
override=$RUNTIME/$key.image
install -d -m 0700 "$RUNTIME"
# The lock keeps one run from using the image of another.
exec 4> "$RUNTIME/job-$key.lock"
if ! flock --nonblock 4 || systemctl list-units --no-legend --state=activating "$unit" | grep -q .; then
  log "$key runs already: nothing was started"
  exit 75
fi
rm -f "$override"
if [ "$#" -eq 3 ] && [ "$2" = --image ]; then
  variable=$(awk -F '\t' -v key="$key" '$1 == key { print $2 }' "$SETTINGS/images.tsv")
  if [ -z "$variable" ]; then
    log "the image of $key is fixed in the environment file"
    exit 2
  fi
  if ! [[ $3 =~ ^[A-Za-z0-9][A-Za-z0-9./:@_-]*$ ]]; then
    log "not a reference of an image: $3"
    exit 2
  fi
  printf '%s=%s\n' "$variable" "$3" > "$override"
elif [ "$#" -ne 1 ]; then
  usage
fi

since=$(date '+%Y-%m-%d %H:%M:%S')
status=0
systemctl start "$unit" || status=$?
rm -f "$override"
journalctl --unit "$unit" --since "$since" --output cat --no-pager
[ "$status" -ne 0 ] || exit 0
# `systemctl start` does not tell the job's exit code; the unit does, unless the job did not start or was killed.
if [ "$(systemctl show --property ExecMainCode --value "$unit")" = 1 ]; then
  code=$(systemctl show --property ExecMainStatus --value "$unit")
  [ "$code" -eq 0 ] || exit "$code"
fi
exit 1

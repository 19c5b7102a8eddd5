#!/usr/bin/env bash
# Starts the containers, then writes their events to the journal for as long as the Docker daemon runs.
# The main process of the application's unit: when the daemon stops, it ends, and systemd starts everything again.
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh

rm -f "$RUNTIME/started"
status=0
"$COMMANDS/terrace-start" || status=$?
# What is missing is not worth a restart of what runs: terrace-pull tries again.
[ "$status" -eq 0 ] || [ "$status" -eq "$INCOMPLETE" ] || exit "$status"
systemd-notify --ready || true
docker events --filter type=container --filter event=start --filter event=die --filter event=oom \
  --format '{{.Action}} {{index .Actor.Attributes "name"}} {{index .Actor.Attributes "exitCode"}}'
fail 'the Docker daemon has stopped'

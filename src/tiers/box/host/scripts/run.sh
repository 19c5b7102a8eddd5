#!/usr/bin/env bash
# Starts the containers, then writes their events to the journal for as long as the Docker daemon runs.
# The main process of the application's unit: when the daemon stops, it ends, and systemd starts everything again.
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh

rm -f "$RUNTIME/started"
"$COMMANDS/terrace-start"
systemd-notify --ready || true
docker events --filter type=container --filter event=start --filter event=die --filter event=oom
fail 'the Docker daemon has stopped'

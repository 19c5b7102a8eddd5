#!/usr/bin/env bash
# Stops the containers in order. Does nothing if the unit's main process ended by itself: the containers still run, and stay.
set -euo pipefail
if ! printenv MAINPID > /dev/null; then
  exit 0
fi
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh
cd "$APPLICATION_DIRECTORY"
docker compose stop

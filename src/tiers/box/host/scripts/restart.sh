#!/usr/bin/env bash
# Restarts the host if an update needs it, such as one of the kernel. Waits for backups, drills and jobs that run.
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh
# shellcheck source=library/ubuntu.sh
. "$LIBRARY/system.sh"

# Variables
PAUSE_SECONDS=60

# Units that run a command to its end are `activating` for as long as it runs.
is_busy() {
  systemctl list-units --no-legend --state=activating 'terrace-backup.service' 'terrace-drill.service' 'terrace-job-*.service' |
    grep -q .
}

needs_restart || exit 0
while is_busy; do
  sleep "$PAUSE_SECONDS"
done
log 'restarting: an update needs it'
systemctl reboot

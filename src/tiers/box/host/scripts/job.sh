#!/usr/bin/env bash
# Runs a job now, waits for it, and prints its output: terrace-job <name>
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh
if [ "$#" -ne 1 ] || [ ! -f "$UNITS/terrace-job-$1.service" ]; then
  log 'usage: terrace-job <name>; the jobs of this host:'
  find "$UNITS" -name 'terrace-job-*.service' | sed 's,.*/terrace-job-,  ,; s,\.service$,,' | sort
  exit 2
fi
since=$(date '+%Y-%m-%d %H:%M:%S')
status=0
systemctl start "terrace-job-$1.service" || status=$?
journalctl --unit "terrace-job-$1.service" --since "$since" --output cat --no-pager
exit "$status"

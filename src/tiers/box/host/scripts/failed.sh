#!/usr/bin/env bash
# Publishes that a job failed: terrace-failed <unit>
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh
publish JobFailed 1 Count
log "$1 failed"

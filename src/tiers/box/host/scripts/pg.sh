#!/usr/bin/env bash
# Runs a program of PostgreSQL as the superuser: terrace-pg psql, terrace-pg pg_dump ...
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh
# shellcheck source=library/postgres.sh
. "$LIBRARY/postgres.sh"
pg "$@"

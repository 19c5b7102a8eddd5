#!/usr/bin/env bash
# Creates or updates the application's database and roles, when they, their passwords or the cluster have changed, or with --force.
# The same statements as those of the job `database-init` of a managed database, run by the superuser over the socket.
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh
# shellcheck source=library/postgres.sh
. "$LIBRARY/postgres.sh"

# A new cluster has none of the roles, even if they have not changed.
cluster=$(pg psql -XAtq -d postgres -c 'select system_identifier from pg_control_system()')
now=$(printf '%s\n' "$cluster" | cat - "$SETTINGS/roles.sql" "$RUNTIME/roles.env" | sha256sum)
if [ "$*" != --force ] && [ "$(cat "$RUNTIME/roles-applied" 2> /dev/null || true)" = "$now" ]; then
  exit 0
fi

set -a
# shellcheck source=/dev/null
. "$RUNTIME/roles.env"
set +a
while IFS= read -r variable; do
  [ -n "$(printenv "$variable")" ] || fail "database: $variable is empty"
done < "$SETTINGS/role-variables"

if [ -z "$(pg psql -XAtq -d postgres -c "select 1 from pg_database where datname = '$DATABASE_NAME'")" ]; then
  pg createdb "$DATABASE_NAME"
fi
pg_roles psql -Xq -o /dev/null -v ON_ERROR_STOP=1 -d "$DATABASE_NAME" < "$SETTINGS/roles.sql"
printf '%s\n' "$now" > "$RUNTIME/roles-applied"
log 'database: roles are up to date'

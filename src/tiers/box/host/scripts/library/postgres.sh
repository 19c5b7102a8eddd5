# shellcheck shell=bash
# How this host reaches PostgreSQL: in its container, installed as a package, or managed by RDS. Sourced, not run.

# Variables
POSTGRES_CONTAINER=terrace-postgres

# Debian keeps the programs of each version in a separate directory.
if [ "$POSTGRES_PLACEMENT" = package ] && [ "$POSTGRES_PROGRAMS" != /usr/bin ]; then
  PATH=$POSTGRES_PROGRAMS:$PATH
fi

# Runs a program of PostgreSQL as the superuser, or as the master of a managed database: program, arguments.
pg() {
  case $POSTGRES_PLACEMENT in
    container) docker exec --interactive --user postgres "$POSTGRES_CONTAINER" "$@" ;;
    package) runuser --user postgres -- "$@" ;;
    managed)
      # The programs come from PostgreSQL's image, so that they are never older than the server.
      set -- "$POSTGRES_IMAGE" "$@"
      if [ -e "$SETTINGS/rds.pem" ]; then
        set -- --env PGSSLMODE=verify-full --env PGSSLROOTCERT=/run/rds.pem --volume "$SETTINGS/rds.pem:/run/rds.pem:ro" "$@"
      else
        set -- --env PGSSLMODE=require "$@"
      fi
      docker run --rm --interactive --network host --env-file "$RUNTIME/master.env" \
        --env "PGHOST=$POSTGRES_HOST" --env "PGPORT=$POSTGRES_PORT" "$@"
      ;;
  esac
}

# The same with the roles' passwords in the environment of the program. Only for PostgreSQL on this host.
pg_roles() {
  local variable
  if [ "$POSTGRES_PLACEMENT" = container ]; then
    set -- "$POSTGRES_CONTAINER" "$@"
    while IFS= read -r variable; do
      set -- --env "$variable" "$@"
    done < "$SETTINGS/role-variables"
    docker exec --interactive --user postgres "$@"
  else
    # runuser keeps the environment.
    pg "$@"
  fi
}

pg_is_up() {
  case $POSTGRES_PLACEMENT in
    container) docker exec --user postgres "$POSTGRES_CONTAINER" pg_isready --quiet ;;
    package) pg pg_isready --quiet ;;
    managed) timeout 5 bash -c ": > /dev/tcp/$POSTGRES_HOST/$POSTGRES_PORT" ;;
  esac
}

# Fails unless PostgreSQL may start on the files that are there: those of its version; or none, on a host that never had any, or
# after terrace-upgrade. Otherwise an empty database would replace a lost one, and be served and backed up.
require_cluster() {
  local found allowed
  if [ -s "$POSTGRES_DATA/PG_VERSION" ]; then
    found=$(cat "$POSTGRES_DATA/PG_VERSION")
    [ "$found" = "$POSTGRES_VERSION" ] || fail "the data volume holds PostgreSQL $found, not $POSTGRES_VERSION:" \
      "set database.version: '$found' and deploy, then follow \"A newer version of PostgreSQL\" in docs/box-host.md"
    # Containers and packages sort text differently, which would damage indexes without a word.
    found=$(cat "$BACKUPS/postgres-placement" 2> /dev/null || printf '%s' "$POSTGRES_PLACEMENT")
    [ "$found" = "$POSTGRES_PLACEMENT" ] || fail "the files of PostgreSQL are those of a $found, not of a $POSTGRES_PLACEMENT:" \
      "set box.dataStores back and deploy, then follow \"A newer version of PostgreSQL\" in docs/box-host.md"
    install -d -m 0700 "$BACKUPS"
    printf '%s\n' "$POSTGRES_PLACEMENT" > "$BACKUPS/postgres-placement"
    return 0
  fi
  allowed=$(cat "$BACKUPS/new-cluster" 2> /dev/null || true)
  if [ -n "$allowed" ]; then
    [ "$allowed" = "$POSTGRES_PLACEMENT $POSTGRES_VERSION" ] || fail "PostgreSQL's files were put away for another version ($allowed)," \
      "and this host is configured for $POSTGRES_PLACEMENT $POSTGRES_VERSION: deploy that version, or run terrace-upgrade --back"
  elif [ -e "$BACKUPS/last-good-backup" ]; then
    fail "$POSTGRES_DATA is empty, but this host had a database: PostgreSQL is not started without its files." \
      'Bring them back, or run terrace-upgrade --empty, terrace-pull and terrace-restore'
  fi
  if [ "$POSTGRES_PLACEMENT" = container ]; then
    # The container gives it to its own user.
    install -d -m 0700 "$POSTGRES_DATA"
  fi
}

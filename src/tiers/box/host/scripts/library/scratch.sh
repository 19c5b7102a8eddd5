# shellcheck shell=bash
# shellcheck disable=SC2154 # work: library/backups.sh
# A second PostgreSQL server for drills: without a network, as a user without rights on this host, apart from the live server.
# Needs library/postgres.sh. Sourced, not run.
#
# A dump is a program: it creates functions, and restoring runs some of them. Here a role without superuser rights restores it,
# on a server that reaches neither the live one nor anything else.

# Variables
# The files of the server and its lists; on the data volume, because a restored database may be larger than the system disk.
SCRATCH=/data/drill
SCRATCH_CONTAINER=terrace-drill
# The user of the server on hosts with PostgreSQL as a package. In a container it is the image's user postgres.
SCRATCH_USER=terrace-drill
# A drill may take this much memory from the applications, and is the first to be ended when memory is short.
SCRATCH_MEMORY=512m

# The directory as the server sees it.
scratch_directory=$SCRATCH
scratch_process=

# Settings that a server without users, whose files are removed afterwards, can do with.
SCRATCH_OPTIONS=(-c listen_addresses= -c shared_buffers=32MB -c max_connections=10 -c fsync=off -c full_page_writes=off
  -c synchronous_commit=off -c wal_level=minimal -c max_wal_senders=0 -c autovacuum=off -c logging_collector=off)

# Runs a program of PostgreSQL as the user of the scratch server: program, arguments.
unprivileged() {
  setpriv "--reuid=$SCRATCH_USER" "--regid=$SCRATCH_USER" --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all -- "$@"
}

# Runs a client of the scratch server: role, program, arguments.
scratch() {
  local role=$1
  shift
  if [ "$POSTGRES_PLACEMENT" = package ]; then
    PGHOST=$SCRATCH PGUSER=$role unprivileged "$@"
  else
    docker exec --interactive --user postgres --env PGHOST=/tmp --env "PGUSER=$role" "$SCRATCH_CONTAINER" "$@"
  fi
}

# What a killed drill left behind is removed first.
scratch_start() {
  scratch_stop
  if [ "$POSTGRES_PLACEMENT" = package ]; then
    id "$SCRATCH_USER" > /dev/null 2>&1 ||
      useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$SCRATCH_USER"
    install -d -m 0700 -o "$SCRATCH_USER" -g "$SCRATCH_USER" "$SCRATCH"
    unprivileged initdb "--pgdata=$SCRATCH/cluster" --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync > /dev/null
    # A network namespace without interfaces. The socket is a file, which clients outside of it reach.
    unshare --net -- setpriv "--reuid=$SCRATCH_USER" "--regid=$SCRATCH_USER" --clear-groups --no-new-privs --inh-caps=-all \
      --bounding-set=-all -- postgres -D "$SCRATCH/cluster" -c "unix_socket_directories=$SCRATCH" "${SCRATCH_OPTIONS[@]}" \
      > "$work/scratch.log" 2>&1 9>&- &
    scratch_process=$!
  else
    # Only the directory inside, which the server creates, is readable for it alone. The socket is in the container.
    scratch_directory=/scratch
    install -d -m 1777 "$SCRATCH"
    docker run --detach --name "$SCRATCH_CONTAINER" --network none --user postgres --read-only --cap-drop ALL \
      --security-opt no-new-privileges:true --memory "$SCRATCH_MEMORY" --oom-score-adj 900 --shm-size 128m --tmpfs /tmp \
      --volume "$SCRATCH:/scratch" --entrypoint sh "$POSTGRES_IMAGE" -c \
      'initdb --pgdata=/scratch/cluster --username=postgres --auth=trust --encoding=UTF8 --no-sync > /dev/null && exec postgres "$@"' \
      sh -D /scratch/cluster -c unix_socket_directories=/tmp "${SCRATCH_OPTIONS[@]}" > /dev/null
  fi
  for _ in $(seq 240); do
    if scratch postgres pg_isready --quiet 2> /dev/null; then
      return 0
    fi
    sleep 0.5
  done
  [ ! -s "$work/scratch.log" ] || tail -n 20 "$work/scratch.log" >&2
  [ "$POSTGRES_PLACEMENT" = package ] || docker logs --tail 20 "$SCRATCH_CONTAINER" >&2 || true
  fail 'the scratch server of the drill does not start'
}

scratch_stop() {
  if [ -n "$scratch_process" ]; then
    kill -s INT "$scratch_process" 2> /dev/null || true
    wait "$scratch_process" || true
    scratch_process=
  fi
  [ "$POSTGRES_PLACEMENT" = package ] || docker rm --force --volumes "$SCRATCH_CONTAINER" > /dev/null 2>&1 || true
  # A server that a killed drill left running ends by itself once its files are gone.
  rm -rf -- "$SCRATCH"
}

# Restores the entries of one list: list, path of the dump.
scratch_entries() {
  cp "$work/$1" "$SCRATCH/$1"
  chmod 0644 "$SCRATCH/$1"
  scratch terrace_drill pg_restore --exit-on-error --no-owner --no-privileges "--use-list=$scratch_directory/$1" --dbname=drill < "$2"
}

# Restores a dump into the database `drill` as a role without superuser rights: path of the dump. Left out is what holds no rows
# and needs a superuser: event triggers, publications, subscriptions, foreign servers; and comments.
scratch_restore() {
  local extension schema
  scratch postgres psql -Xq -v ON_ERROR_STOP=1 -d postgres << 'SQL'
create role terrace_drill login nosuperuser nocreatedb nocreaterole bypassrls in role pg_read_all_data;
create database drill owner terrace_drill template template0;
SQL
  scratch postgres pg_restore --list < "$1" | grep -v '^;' > "$work/contents"
  awk '$4 == "SCHEMA"' "$work/contents" > "$work/schemas"
  awk '$4 == "EXTENSION"' "$work/contents" > "$work/extensions"
  awk '$4 !~ /^(SCHEMA|EXTENSION|COMMENT|PUBLICATION|SUBSCRIPTION|SERVER)$/ && $4 " " $5 !~ /^(EVENT TRIGGER|FOREIGN DATA|FOREIGN TABLE|USER MAPPING)$/' \
    "$work/contents" > "$work/objects"
  scratch_entries schemas "$1"

  # Extensions are created by name, by the superuser of this server; no other text of the dump runs with its rights.
  cp "$work/extensions" "$SCRATCH/extensions"
  chmod 0644 "$SCRATCH/extensions"
  scratch postgres pg_restore "--use-list=$scratch_directory/extensions" --file=- < "$1" |
    sed -n 's/^CREATE EXTENSION IF NOT EXISTS "\{0,1\}\([a-z0-9_-]*\)"\{0,1\} WITH SCHEMA "\{0,1\}\([A-Za-z0-9_]*\)"\{0,1\};$/\1 \2/p' > "$work/wanted"
  while read -r extension schema; do
    scratch postgres psql -Xq -v ON_ERROR_STOP=1 -d drill -v "extension=$extension" -v "schema=$schema" << 'SQL' ||
create extension if not exists :"extension" schema :"schema";
grant all on all tables in schema :"schema" to terrace_drill;
SQL
      log "drill: the extension $extension is not available here"
  done < "$work/wanted"
  scratch_entries objects "$1"
}

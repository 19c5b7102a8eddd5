#!/usr/bin/env bash
# Stands in for Docker on a host of `npm run test:box`: it remembers pulled images and writes its calls down. Of the containers
# it runs PostgreSQL's, as a unit with Debian's programs; an image with the tag `broken` cannot be pulled.
set -euo pipefail
printf '%s\n' "$*" >> /aws/docker-calls
IMAGES=/var/lib/stand-in-docker
mkdir -p "$IMAGES"
PATH=$(find /usr/lib/postgresql -name bin -type d | tail -n 1):$PATH
last=$(printf '%s\n' "$@" | tail -n 1)

file_of() {
  printf '%s/%s' "$IMAGES" "$(printf '%s' "$1" | tr '/:@' '___')"
}

# Whether a call of Compose concerns a service: it is named, or none is.
concerns() {
  grep -q -w "$1" <<< "$arguments" || ! grep -q -w -f <(sed 's/^/\\b/' /etc/terrace/applications /etc/terrace/data-stores) <<< "$arguments"
}

start_postgres() {
  ! systemctl is-active --quiet stand-in-postgres || return 0
  [ -d /data/postgres ] || exit 1
  if [ ! -s /data/postgres/PG_VERSION ]; then
    chown postgres:postgres /data/postgres
    runuser --user postgres -- initdb --pgdata=/data/postgres --auth-local=peer --locale=C.UTF-8 --encoding=UTF8 > /dev/null
  fi
  install -d -o postgres -g postgres /run/postgresql
  systemctl reset-failed stand-in-postgres 2> /dev/null || true
  systemd-run --quiet --unit=stand-in-postgres --uid=postgres "$(command -v postgres)" -D /data/postgres \
    -c hba_file=/etc/terrace/pg_hba.conf -c unix_socket_directories=/run/postgresql
  for _ in $(seq 60); do
    ! runuser --user postgres -- psql -d postgres -c '' 2> /dev/null || return 0
    sleep 0.5
  done
  exit 1
}

case "$1" in
  pull)
    case $last in
      *:broken)
        printf 'manifest unknown\n' >&2
        exit 1
        ;;
    esac
    : > "$(file_of "$last")"
    ;;
  image) [ "$2" != inspect ] || [ -e "$(file_of "$last")" ] ;;
  events) exec sleep infinity ;;
  exec)
    while [ "$1" != terrace-postgres ]; do
      [ "$#" -gt 1 ] || exit 0
      shift
    done
    shift
    exec runuser --user postgres -- "$@"
    ;;
  compose)
    shift
    arguments=$*
    case " $arguments " in
      *' config --images '*)
        sed -n 's/^ *image: //p' compose.yaml | sed 's/^\${\{0,1\}\([A-Z0-9_]*\).*/\1/' | sort -u | while read -r each; do
          grep "^$each=" .env | cut -d = -f 2- || printf '%s\n' "$each"
        done
        ;;
      *' ps '*)
        ! systemctl is-active --quiet stand-in-postgres || printf '1\n2\n'
        ;;
      *' up '* | *' start '*)
        ! concerns postgres || start_postgres
        ;;
      *' stop '* | *' rm '*)
        ! concerns postgres || systemctl stop stand-in-postgres 2> /dev/null || true
        ;;
    esac
    ;;
esac

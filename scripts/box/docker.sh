#!/usr/bin/env bash
# Stands in for Docker on a host of `npm run test:box`: it remembers pulled images and writes its calls down. PostgreSQL runs as a
# unit with Debian's programs; a service as an nginx that answers 200 to everything on the port of its container. An image with
# the tag `broken` cannot be pulled, and one with the tag `ill` ends at its start.
set -euo pipefail
printf '%s\n' "$*" >> /aws/docker-calls
IMAGES=/var/lib/stand-in-docker
CONTAINERS=$IMAGES/containers
mkdir -p "$CONTAINERS"
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

# Creates a container of a service, with the image and the port that Compose would read: service.
create() {
  local name id
  name=$(printf '%s' "$1" | tr a-z- A-Z_)
  id=$(openssl rand -hex 32)
  # shellcheck source=/dev/null
  (
    set -a
    [ -z "$(printenv "IMAGE_$name")" ] || { printf '%s %s %s\n' "$1" "$(printenv "IMAGE_$name")" "$(printenv "PORT_$name")" && exit; }
    . ./.env
    printf '%s %s %s\n' "$1" "$(printenv "IMAGE_$name")" "$(printenv "PORT_$name" || awk -v key="$1" '$1 == key { print $2 }' /etc/terrace/health.tsv)"
  ) > "$CONTAINERS/$id"
}

containers_of() {
  grep -l "^$1 " "$CONTAINERS"/* 2> /dev/null | sed 's,.*/,,' || true
}

# Starts containers: ids.
start() {
  local id image port
  for id; do
    read -r _ image port < "$CONTAINERS/$id"
    if [ -z "$port" ] || [[ $image == *:ill ]] || systemctl is-active --quiet "stand-in-$id"; then continue; fi
    printf 'events {} pid /run/%s.pid; http { access_log off; server { listen 127.0.0.1:%s; return 200; } }\n' "$id" "$port" \
      > "/run/$id.conf"
    systemctl reset-failed "stand-in-$id" 2> /dev/null || true
    systemd-run --quiet --unit="stand-in-$id" nginx -e stderr -c "/run/$id.conf" -g 'daemon off;'
  done
}

stop() {
  local id
  for id; do
    systemctl stop "stand-in-$id" 2> /dev/null || true
  done
}

case "$1" in
  start | stop) "$@" ;;
  rm)
    for id in "${@:3}"; do
      stop "$id"
      rm -f "$CONTAINERS/$id"
    done
    ;;
  inspect)
    case $3 in
      *State*) if grep -q ':ill ' "$CONTAINERS/$last"; then echo 'exited 0 none'; else echo 'running 0 none'; fi ;;
      *Networks*) echo default ;;
    esac
    ;;
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
      *' ps --all '*) containers_of "$last" ;;
      *' ps '*)
        ! systemctl is-active --quiet stand-in-postgres || printf '1\n2\n'
        ;;
      *' up '* | *' start '*)
        ! concerns postgres || start_postgres
        while read -r service; do
          concerns "$service" || continue
          if [[ $arguments == *--no-start* ]] || [[ $arguments == up* && -z $(containers_of "$service") ]]; then create "$service"; fi
          [[ $arguments == *--no-start* ]] || containers_of "$service" | while read -r id; do start "$id"; done
        done < /etc/terrace/applications
        ;;
      *' stop '* | *' rm '*)
        ! concerns postgres || systemctl stop stand-in-postgres 2> /dev/null || true
        while read -r service; do
          ! concerns "$service" || containers_of "$service" | while read -r id; do stop "$id"; done
        done < /etc/terrace/applications
        ;;
    esac
    ;;
esac

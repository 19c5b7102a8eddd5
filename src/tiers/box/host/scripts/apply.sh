#!/usr/bin/env bash
# Brings this host to the state that its configuration describes. Run again, it changes nothing.
#
# Every step compares before it changes anything, most steps by the files they depend on. The proxy comes before the
# containers, so that it already answers (502) while images are pulled. Certificates and the CloudWatch agent come last,
# because neither may keep the system from running.
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh
# shellcheck source=library/ubuntu.sh
. "$LIBRARY/system.sh"

# Variables
# Hosts with less memory get swap: installing packages or building an index could otherwise run out of memory.
SWAP_BELOW_MIB=4096
SWAP_MIB=1024

install -d -m 0755 "$STATE"
install -d -m 0700 "$RUNTIME"
exec 7> "$RUNTIME/apply.lock"
flock 7
data_is_mounted || fail 'the data volume is not mounted'

make_swap() {
  [ "$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo)" -lt "$SWAP_BELOW_MIB" ] || return 0
  [ ! -e /swapfile ] || return 0
  dd if=/dev/zero of=/swapfile bs=1M "count=$SWAP_MIB" status=none
  chmod 0600 /swapfile
  mkswap /swapfile > /dev/null
  printf '%s\n' '/swapfile none swap defaults 0 0' >> /etc/fstab
  swapon /swapfile
}

make_directories() {
  local path owner mode
  while IFS=$'\t' read -r path owner mode; do
    [ -d "$path" ] || install -d -m "$mode" -o "$(printf '%s' "$owner" | cut -d : -f 1)" -g "$(printf '%s' "$owner" | cut -d : -f 2)" "$path"
  done < "$SETTINGS/directories.tsv"
}

set_ssh() {
  sshd -t
  systemctl reload-or-restart "$SSH_UNIT"
}

set_journal() {
  systemctl restart systemd-journald
}

# UPDATE_TIMERS holds one or more names.
set_updates() {
  printf '%s' "$UPDATE_TIMERS" | xargs systemctl enable --now
}

set_docker() {
  systemctl enable docker
  systemctl restart docker
}

set_fail2ban() {
  systemctl enable fail2ban && systemctl restart fail2ban
}

set_nginx() {
  rm -f /etc/nginx/sites-enabled/default /etc/nginx/conf.d/default.conf
  nginx -t -q
  systemctl enable nginx
  systemctl reload-or-restart nginx
}

# PostgreSQL's files are on the data volume, whatever user id this host gave the user postgres.
set_postgres() {
  require_cluster
  if [ ! -s "$POSTGRES_DATA/PG_VERSION" ]; then
    install -d -m 0700 -o postgres -g postgres "$POSTGRES_DATA"
    runuser --user postgres -- "$POSTGRES_PROGRAMS/initdb" --pgdata="$POSTGRES_DATA" --auth-local=peer --auth-host=scram-sha-256 \
      --encoding=UTF8 --locale=C.UTF-8 > /dev/null
  fi
  [ "$(stat -c %U "$POSTGRES_DATA")" = postgres ] || chown -R postgres:postgres "$POSTGRES_DATA"
  systemctl daemon-reload
  systemctl enable terrace-postgres.service
  systemctl restart terrace-postgres.service
}

set_redis() {
  systemctl disable --now "$REDIS_PACKAGE_UNIT" > /dev/null 2>&1 || true
  [ -d "$REDIS_DATA" ] || install -d -m 0700 -o "$REDIS_USER" -g "$REDIS_USER" "$REDIS_DATA"
  [ "$(stat -c %U "$REDIS_DATA")" = "$REDIS_USER" ] || chown -R "$REDIS_USER:$REDIS_USER" "$REDIS_DATA"
  systemctl daemon-reload
  systemctl enable terrace-redis.service
  systemctl restart terrace-redis.service
}

set_application_unit() {
  systemctl daemon-reload
  systemctl enable "$APPLICATION_UNIT"
}

# The timer of the certbot package is replaced by ours.
set_timers() {
  local unit
  systemctl disable --now "$CERTBOT_TIMER" > /dev/null 2>&1 || true
  for unit in "$UNITS"/terrace-*.timer; do
    systemctl enable "$(basename "$unit")"
    systemctl restart "$(basename "$unit")"
  done
}

make_swap
# The nginx package starts nginx as soon as it is installed, and nginx then reads a configuration that names certificates.
"$COMMANDS/terrace-certificates" prepare
when_changed packages install_packages "$SETTINGS/packages"
install_compose
make_directories
when_changed firewall set_firewall "$SETTINGS/firewall"
when_changed ssh set_ssh /etc/ssh/sshd_config.d/00-terrace.conf
when_changed journal set_journal /etc/systemd/journald.conf.d/terrace.conf
when_changed updates set_updates "$LIBRARY/system.sh"
when_changed docker set_docker /etc/docker/daemon.json "$UNITS/docker.service.d/terrace.conf"
when_changed fail2ban set_fail2ban /etc/fail2ban/jail.d/00-terrace.conf || log 'fail2ban is not running'

# Sites are added and removed: their checksums together decide whether nginx must reload.
mkdir -p /etc/nginx/conf.d
find /etc/nginx/nginx.conf /etc/nginx/conf.d /etc/nginx/terrace -type f -name '*.conf' | sort | xargs sha256sum > "$RUNTIME/nginx.new"
if ! cmp --silent "$RUNTIME/nginx.new" "$RUNTIME/nginx"; then
  mv -f "$RUNTIME/nginx.new" "$RUNTIME/nginx"
fi
rm -f "$RUNTIME/nginx.new"
when_changed nginx set_nginx "$RUNTIME/nginx"

if [ "$POSTGRES_PLACEMENT" = package ]; then
  # shellcheck source=library/postgres.sh
  . "$LIBRARY/postgres.sh"
  when_changed postgres set_postgres "$SETTINGS/postgresql.conf" "$SETTINGS/pg_hba.conf" "$UNITS/terrace-postgres.service"
fi
if [ "$REDIS_PLACEMENT" = package ]; then
  when_changed redis set_redis "$SETTINGS/redis.conf" "$UNITS/terrace-redis.service"
fi

when_changed application-unit set_application_unit "$UNITS/$APPLICATION_UNIT"
if systemctl is-active --quiet "$APPLICATION_UNIT"; then
  "$COMMANDS/terrace-start"
else
  systemctl start "$APPLICATION_UNIT"
fi
when_changed timers set_timers "$UNITS"/terrace-*.timer
"$COMMANDS/terrace-certificates" obtain
when_changed agent "$COMMANDS/terrace-agent" "$SETTINGS/cloudwatch-agent.json" || log 'the CloudWatch agent is not running'

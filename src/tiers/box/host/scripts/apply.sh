#!/usr/bin/env bash
# Brings this host to the state that its configuration describes. Run again, it changes nothing.
#
# Every step compares before it changes anything, most steps by the files they depend on. The proxy comes before the
# containers, so that it already answers (502) while images are pulled; the monitor and the CloudWatch agent do too, so that
# a first start that fails is reported. Steps that the system can run without are attempted: if one fails, the others
# follow, and the whole run fails at its end, which the monitor publishes.
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
failed=

# Runs a step that the system can run without: name, command, arguments. Not in a condition: bash would ignore errexit.
attempt() {
  local step=$1 status
  shift
  set +e
  (
    set -e
    "$@"
  )
  status=$?
  set -e
  [ "$status" -eq 0 ] || failed="$failed $step"
}

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

# Ubuntu starts SSH by its socket: the directory appears with the first connection, and sshd tests nothing without it.
set_ssh() {
  install -d -m 0755 /run/sshd
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
  systemctl enable fail2ban
  systemctl restart fail2ban
}

# nginx 1.25.1 deprecated the parameter of `listen` in favour of a directive that earlier versions do not know.
# Source: nginx.org, "Module ngx_http_v2_module".
knows_http2_directive() {
  nginx -v 2>&1 | grep -q -E '/(1\.(25\.[1-9]|2[6-9]|[3-9][0-9])|[2-9]\.)'
}

# The files are tested before they replace those in use, because the next start of nginx reads what is there.
set_nginx() {
  local candidate=$RUNTIME/nginx-candidate file
  rm -rf -- "$candidate"
  cp -R "$SETTINGS/nginx" "$candidate"
  if knows_http2_directive; then
    find "$candidate" -name '*.conf' -exec sed -i 's/listen 443 ssl http2;/listen 443 ssl;\n    http2 on;/' '{}' +
  fi
  nginx -t -q -c "$candidate/nginx.conf"
  rm -f /etc/nginx/sites-enabled/default
  find "$candidate" -type f -printf '%P\n' > "$RUNTIME/nginx-new"
  while IFS= read -r file; do
    install -D -m 0644 "$candidate/$file" "/etc/nginx/$file.new"
    mv -f "/etc/nginx/$file.new" "/etc/nginx/$file"
  done < "$RUNTIME/nginx-new"
  for file in /etc/nginx/conf.d/*.conf; do
    [ -e "$candidate/conf.d/$(basename "$file")" ] || rm -f -- "$file"
  done
  rm -rf -- "$candidate" "$RUNTIME/nginx-new"
  systemctl enable nginx
  systemctl reload-or-restart nginx
}

run_nginx() {
  when_changed nginx set_nginx "$RUNTIME/nginx-files"
  systemctl is-active --quiet nginx || systemctl start nginx
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

set_monitor() {
  systemctl enable terrace-monitor.timer
  systemctl restart terrace-monitor.timer
}

run_containers() {
  if systemctl is-active --quiet "$APPLICATION_UNIT"; then
    "$COMMANDS/terrace-start"
  else
    systemctl start "$APPLICATION_UNIT"
    [ ! -e "$RUNTIME/incomplete" ]
  fi
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

attempt swap make_swap
# The nginx package starts nginx as soon as it is installed, and nginx then reads a configuration that names certificates.
attempt certificates "$COMMANDS/terrace-certificates" prepare
when_changed packages install_packages "$SETTINGS/packages"
install_compose
make_directories
attempt firewall when_changed firewall set_firewall "$SETTINGS/firewall"
attempt ssh when_changed ssh set_ssh /etc/ssh/sshd_config.d/00-terrace.conf
attempt journal when_changed journal set_journal /etc/systemd/journald.conf.d/terrace.conf
attempt updates when_changed updates set_updates "$LIBRARY/system.sh"
attempt fail2ban when_changed fail2ban set_fail2ban /etc/fail2ban/jail.d/00-terrace.conf
attempt monitor when_changed monitor set_monitor "$UNITS/terrace-monitor.timer"
attempt agent when_changed agent "$COMMANDS/terrace-agent" "$SETTINGS/cloudwatch-agent.json"
when_changed docker set_docker /etc/docker/daemon.json "$UNITS/docker.service.d/terrace.conf"

# Sites are added and removed: their checksums together decide whether nginx must reload.
find "$SETTINGS/nginx" -type f | sort | xargs sha256sum > "$RUNTIME/nginx-files.new"
cmp --silent "$RUNTIME/nginx-files.new" "$RUNTIME/nginx-files" || mv -f "$RUNTIME/nginx-files.new" "$RUNTIME/nginx-files"
rm -f "$RUNTIME/nginx-files.new"
attempt nginx run_nginx

if [ "$POSTGRES_PLACEMENT" = package ]; then
  # shellcheck source=library/postgres.sh
  . "$LIBRARY/postgres.sh"
  when_changed postgres set_postgres "$SETTINGS/postgresql.conf" "$SETTINGS/pg_hba.conf" "$UNITS/terrace-postgres.service"
fi
if [ "$REDIS_PLACEMENT" = package ]; then
  when_changed redis set_redis "$SETTINGS/redis.conf" "$UNITS/terrace-redis.service"
fi

when_changed application-unit set_application_unit "$UNITS/$APPLICATION_UNIT"
attempt containers run_containers
attempt timers when_changed timers set_timers "$UNITS"/terrace-*.timer
attempt certificates "$COMMANDS/terrace-certificates" obtain
[ -z "$failed" ] || fail "not everything could be applied:$failed"

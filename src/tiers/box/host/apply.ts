/** Brings the host to what the bundle says: at boot, and whenever something changed. */
import { agentFiles } from './agent';
import { directoryTable } from './directories';
import { operatingSystemOf, packagesOf } from './operating-systems';
import { APPLICATION_UNIT, command, PATHS } from './paths';
import { commandFile, configurationFile, lines, script } from './text';
import type { HostDescription, HostFile } from './types';

/** Hosts with less memory get swap: installing packages and building indexes would otherwise end in the kernel's arms. */
const SWAP_BELOW_MIB = 4096;
const SWAP_MIB = 1024;

/** The command and the lists that it reads. */
export function applyFiles(host: HostDescription): readonly HostFile[] {
  return [
    configurationFile(`${PATHS.settings}/packages`, lines(packagesOf(host))),
    directoryTable(host),
    ...agentFiles(host),
    commandFile(command('apply'), script(applyScript(host))),
  ];
}

/**
 * Every step compares before it changes, most of them by the files they depend on: a second run changes nothing.
 * The proxy comes before the containers, so that the name answers (502) while images are pulled; certificates and the agent
 * come last, because neither may keep the system from running.
 */
function applyScript(host: HostDescription): string {
  return String.raw`
#!/usr/bin/env bash
# Brings this host to what its configuration says. Run again, it changes nothing.
set -euo pipefail
. ${PATHS.library}/common.sh
. ${PATHS.library}/system.sh

install -d -m 0755 ${PATHS.state}
install -d -m 0700 ${PATHS.runtime}
exec 7> ${PATHS.runtime}/apply.lock
flock 7
data_is_there || fail 'the data volume is not mounted'

make_swap() {
  [ "$(awk '/^MemTotal:/ { print int($2 / 1024) }' /proc/meminfo)" -lt ${SWAP_BELOW_MIB} ] || return 0
  [ ! -e /swapfile ] || return 0
  dd if=/dev/zero of=/swapfile bs=1M count=${SWAP_MIB} status=none
  chmod 0600 /swapfile
  mkswap /swapfile > /dev/null
  printf '%s\n' '/swapfile none swap defaults 0 0' >> /etc/fstab
  swapon /swapfile
}

make_directories() {
  while IFS=$'\t' read -r path owner mode; do
    [ -d "$path" ] || install -d -m "$mode" -o "$(printf '%s' "$owner" | cut -d : -f 1)" -g "$(printf '%s' "$owner" | cut -d : -f 2)" "$path"
  done < ${PATHS.settings}/directories.tsv
}

set_ssh() {
  sshd -t
  systemctl reload-or-restart "$SSH_UNIT"
}

set_journal() {
  systemctl restart systemd-journald
}

# Word by word: the timers are a list.
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

# Ours replaces the package's; every timer of ours runs.
set_timers() {
  local unit
  systemctl disable --now "$CERTBOT_TIMER" > /dev/null 2>&1 || true
  for unit in ${PATHS.units}/terrace-*.timer; do
    systemctl enable "$(basename "$unit")"
    systemctl restart "$(basename "$unit")"
  done
}
${dataPackageFunctions(host)}
make_swap
# Packages start what they install: nginx then reads its configuration, which names certificates.
${command('certificates')} prepare
when_changed packages install_packages ${PATHS.settings}/packages
install_compose
make_directories
when_changed firewall set_firewall ${PATHS.settings}/firewall
when_changed ssh set_ssh /etc/ssh/sshd_config.d/00-terrace.conf
when_changed journal set_journal /etc/systemd/journald.conf.d/terrace.conf
when_changed updates set_updates ${PATHS.library}/system.sh
when_changed docker set_docker /etc/docker/daemon.json ${PATHS.units}/docker.service.d/terrace.conf
when_changed fail2ban set_fail2ban /etc/fail2ban/jail.d/00-terrace.conf || log 'fail2ban does not run'
# The sites come and go: what counts is all of them.
mkdir -p /etc/nginx/conf.d
find /etc/nginx/nginx.conf /etc/nginx/conf.d /etc/nginx/terrace -type f -name '*.conf' | sort | xargs sha256sum > ${PATHS.runtime}/nginx.new
if ! cmp --silent ${PATHS.runtime}/nginx.new ${PATHS.runtime}/nginx; then
  mv -f ${PATHS.runtime}/nginx.new ${PATHS.runtime}/nginx
fi
rm -f ${PATHS.runtime}/nginx.new
when_changed nginx set_nginx ${PATHS.runtime}/nginx
${dataPackageSteps(host)}
when_changed application-unit systemd_knows ${PATHS.units}/${APPLICATION_UNIT}
if systemctl is-active --quiet ${APPLICATION_UNIT}; then
  ${command('start')}
else
  systemctl start ${APPLICATION_UNIT}
fi
when_changed timers set_timers ${PATHS.units}/terrace-*.timer
${command('certificates')} obtain
when_changed agent ${command('agent')} ${PATHS.settings}/cloudwatch-agent.json || log 'the CloudWatch agent does not run'
`;
}

/** Starting installed PostgreSQL and Redis with their files on the data volume, whatever user ids this host gave them. */
function dataPackageFunctions(host: HostDescription): string {
  const { postgres, redis } = installedStores(host);
  const { redisUser, redisUnit } = operatingSystemOf(host);
  return String.raw`
systemd_knows() {
  systemctl daemon-reload
  systemctl enable ${APPLICATION_UNIT}
}
${postgres === undefined ? '' : postgresFunctions(postgres, operatingSystemOf(host).postgresPrograms(postgres))}${redis ? redisFunctions(redisUser, redisUnit) : ''}`;
}

function postgresFunctions(version: string, programs: string): string {
  return String.raw`
set_postgres() {
  if [ ! -s ${PATHS.postgres}/PG_VERSION ]; then
    install -d -m 0700 -o postgres -g postgres ${PATHS.postgres}
    runuser --user postgres -- ${programs}/initdb --pgdata=${PATHS.postgres} --auth-local=peer --auth-host=scram-sha-256 \
      --encoding=UTF8 --locale=C.UTF-8 > /dev/null
  fi
  [ "$(cat ${PATHS.postgres}/PG_VERSION)" = ${version} ] ||
    fail "the data volume holds PostgreSQL $(cat ${PATHS.postgres}/PG_VERSION), not ${version}: see docs/box-host.md"
  # Another host may have given the user another number.
  [ "$(stat -c %U ${PATHS.postgres})" = postgres ] || chown -R postgres:postgres ${PATHS.postgres}
  systemctl daemon-reload
  systemctl enable terrace-postgres.service
  systemctl restart terrace-postgres.service
}
`;
}

function redisFunctions(user: string, unit: string): string {
  return String.raw`
set_redis() {
  systemctl disable --now ${unit} > /dev/null 2>&1 || true
  [ -d ${PATHS.redis} ] || install -d -m 0700 -o ${user} -g ${user} ${PATHS.redis}
  [ "$(stat -c %U ${PATHS.redis})" = ${user} ] || chown -R ${user}:${user} ${PATHS.redis}
  systemctl daemon-reload
  systemctl enable terrace-redis.service
  systemctl restart terrace-redis.service
}
`;
}

function dataPackageSteps(host: HostDescription): string {
  const { postgres, redis } = installedStores(host);
  return lines([
    ...(postgres === undefined
      ? []
      : [
          `when_changed postgres set_postgres ${PATHS.settings}/postgresql.conf ${PATHS.settings}/pg_hba.conf ${PATHS.units}/terrace-postgres.service`,
        ]),
    ...(redis ? [`when_changed redis set_redis ${PATHS.settings}/redis.conf ${PATHS.units}/terrace-redis.service`] : []),
  ]);
}

/** What is installed rather than run in containers: PostgreSQL's version, and whether Redis is. */
export function installedStores({ dataStores, database, cache }: HostDescription): {
  readonly postgres?: string;
  readonly redis: boolean;
} {
  const installed = dataStores === 'packages';
  return {
    postgres: installed && database?.placement === 'host' ? database.version : undefined,
    redis: installed && cache?.placement === 'host',
  };
}

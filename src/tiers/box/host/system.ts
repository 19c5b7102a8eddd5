/** How each operating system installs packages and sets its firewall: the part of `apply` that differs. */
import { COMPOSE_PLUGIN, operatingSystemOf } from './operating-systems';
import { PATHS } from './paths';
import { configurationFile, script } from './text';
import type { HostDescription, HostFile, OperatingSystem } from './types';

/** Functions `install_packages`, `install_compose`, `set_firewall`, and the names of services. */
export function systemLibrary(host: HostDescription): HostFile {
  const { sshUnit, certbotTimer, updateTimers } = operatingSystemOf(host);
  return configurationFile(
    `${PATHS.library}/system.sh`,
    script(String.raw`
# shellcheck shell=bash
# shellcheck disable=SC2034 # the names are for those who source this
# What differs between operating systems. Sourced, not run.
SSH_UNIT=${sshUnit}
CERTBOT_TIMER=${certbotTimer}
UPDATE_TIMERS='${updateTimers.join(' ')}'
${FUNCTIONS[host.operatingSystem](host)}`),
  );
}

const FUNCTIONS: Readonly<Record<OperatingSystem, (host: HostDescription) => string>> = {
  'ubuntu-24.04': ubuntu,
  'amazon-linux-2023': amazonLinux,
};

/** Everything is in Ubuntu's archive. */
function ubuntu(): string {
  return String.raw`
install_packages() {
  apt-get -o DPkg::Lock::Timeout=600 update -qq
  DEBIAN_FRONTEND=noninteractive xargs apt-get -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confold install --yes --quiet \
    < ${PATHS.settings}/packages
}

# A package of Ubuntu's.
install_compose() {
  docker compose version > /dev/null
}

set_firewall() {
  ufw --force reset > /dev/null
  ufw default deny incoming
  ufw default allow outgoing
  while IFS= read -r service; do
    ufw allow "$service" < /dev/null
  done < ${PATHS.settings}/firewall
  ufw --force enable
}
`;
}

/** The Compose plugin is in no repository of Amazon's: one pinned file, compared with its checksum. */
function amazonLinux({ architecture }: HostDescription): string {
  const { file, sha256 } = COMPOSE_PLUGIN.builds[architecture];
  return String.raw`
install_packages() {
  xargs dnf --assumeyes --quiet install < ${PATHS.settings}/packages
}

install_compose() (
  set -e
  plugin=/usr/local/lib/docker/cli-plugins/docker-compose
  if [ -f "$plugin" ] && printf '%s  %s\n' ${sha256} "$plugin" | sha256sum --check --status; then
    exit 0
  fi
  work=$(mktemp -d)
  trap 'rm -rf -- "$work"' EXIT
  curl --fail --silent --show-error --location --output "$work/docker-compose" \
    https://github.com/docker/compose/releases/download/v${COMPOSE_PLUGIN.version}/${file}
  printf '%s  %s\n' ${sha256} "$work/docker-compose" | sha256sum --check --quiet --strict
  install -D -m 0755 "$work/docker-compose" "$plugin"
)

set_firewall() {
  local service
  systemctl enable --now firewalld
  for service in http https ssh; do
    if grep -q -x "$service" ${PATHS.settings}/firewall; then
      firewall-cmd --quiet --permanent --add-service="$service"
    else
      firewall-cmd --quiet --permanent --remove-service="$service"
    fi
  done
  firewall-cmd --quiet --reload
}
`;
}

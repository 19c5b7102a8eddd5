# shellcheck shell=bash
# shellcheck disable=SC2034 # the scripts that source this file use the variables
# What differs on Amazon Linux: names of units, packages, the firewall, the Compose plugin. Sourced, not run.

# Variables
SSH_UNIT=sshd.service
CERTBOT_TIMER=certbot-renew.timer
UPDATE_TIMERS=dnf-automatic.timer
REDIS_PACKAGE_UNIT=redis6.service
REDIS_CLI=/usr/bin/redis6-cli
# The build of the Compose plugin for this host's processor.
COMPOSE_VERSION=
COMPOSE_FILE=
COMPOSE_SHA256=

install_packages() {
  xargs dnf --assumeyes --quiet install < "$SETTINGS/packages"
}

# Amazon Linux has no package of Compose: one pinned file is installed after its checksum has been verified.
install_compose() (
  set -e
  plugin=/usr/local/lib/docker/cli-plugins/docker-compose
  if [ -f "$plugin" ] && printf '%s  %s\n' "$COMPOSE_SHA256" "$plugin" | sha256sum --check --status; then
    exit 0
  fi
  work=$(mktemp -d)
  trap 'rm -rf -- "$work"' EXIT
  curl --fail --silent --show-error --location --max-time 300 --output "$work/docker-compose" \
    "https://github.com/docker/compose/releases/download/v$COMPOSE_VERSION/$COMPOSE_FILE"
  printf '%s  %s\n' "$COMPOSE_SHA256" "$work/docker-compose" | sha256sum --check --quiet --strict
  install -D -m 0755 "$work/docker-compose" "$plugin"
)

set_firewall() {
  local service
  systemctl enable --now firewalld
  for service in http https ssh; do
    if grep -q -x "$service" "$SETTINGS/firewall"; then
      firewall-cmd --quiet --permanent --add-service="$service"
    else
      firewall-cmd --quiet --permanent --remove-service="$service"
    fi
  done
  firewall-cmd --quiet --reload
}

# dnf 4.14, which Amazon Linux 2023 has, cannot restart the host itself: the setting `reboot` came with 4.15, and its list of
# packages does not know the names of Amazon's kernels. Sources: release notes of dnf; amazonlinux/amazon-linux-2023#1125.
needs_restart() {
  # Joined below, because Terraform would read a percent sign before a brace.
  local booted installed percent=%
  [ "$(basename "$(grubby --default-kernel)")" = "vmlinuz-$(uname -r)" ] || return 0
  booted=$(awk '/^btime / { print $2 }' /proc/stat)
  installed=$(rpm --query --queryformat "$percent{INSTALLTIME}\n" glibc systemd openssl-libs | sort -n | tail -n 1)
  [ "$installed" -gt "$booted" ]
}

# The CloudWatch agent is one of the packages.
install_agent() {
  fail 'the package amazon-cloudwatch-agent is not installed'
}

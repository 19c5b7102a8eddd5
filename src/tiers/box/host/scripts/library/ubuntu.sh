# shellcheck shell=bash
# shellcheck disable=SC2034 # the scripts that source this file use the variables
# What differs on Ubuntu: names of units, packages, the firewall, the CloudWatch agent. Sourced, not run.

# Variables
SSH_UNIT=ssh.service
CERTBOT_TIMER=certbot.timer
UPDATE_TIMERS='apt-daily.timer apt-daily-upgrade.timer'
REDIS_PACKAGE_UNIT=redis-server.service
REDIS_CLI=/usr/bin/redis-cli
# The key that AWS signs the CloudWatch agent's packages with.
# Source: CloudWatch user guide, "Verifying the signature of the CloudWatch agent package".
AGENT_KEY_FINGERPRINT=937616F3450B7D806CBD9725D58167303B789C72
# Seconds to wait for another apt, such as that of the daily updates.
APT_LOCK_TIMEOUT=600

install_packages() {
  apt-get -o "DPkg::Lock::Timeout=$APT_LOCK_TIMEOUT" update -qq
  DEBIAN_FRONTEND=noninteractive xargs apt-get -o "DPkg::Lock::Timeout=$APT_LOCK_TIMEOUT" \
    -o Dpkg::Options::=--force-confold install --yes --quiet < "$SETTINGS/packages"
}

# Compose is one of the packages.
install_compose() {
  docker compose version > /dev/null
}

set_firewall() {
  local service
  ufw --force reset > /dev/null
  ufw default deny incoming
  ufw default allow outgoing
  while IFS= read -r service; do
    ufw allow "$service" < /dev/null
  done < "$SETTINGS/firewall"
  ufw --force enable
}

# Packages of the kernel and of libraries that every process uses leave this file.
needs_restart() {
  [ -e /run/reboot-required ]
}

# Ubuntu has no package of the agent: AWS's package is installed after its signature has been verified.
install_agent() (
  set -e
  source="https://amazoncloudwatch-agent-$REGION.s3.$REGION.amazonaws.com/ubuntu/$(dpkg --print-architecture)/latest"
  key=https://amazoncloudwatch-agent.s3.amazonaws.com/assets/amazon-cloudwatch-agent.gpg
  work=$(mktemp -d)
  trap 'rm -rf -- "$work"' EXIT
  curl --fail --silent --show-error --location --max-time 300 --output "$work/agent.deb" "$source/amazon-cloudwatch-agent.deb"
  curl --fail --silent --show-error --location --max-time 300 --output "$work/agent.deb.sig" "$source/amazon-cloudwatch-agent.deb.sig"
  curl --fail --silent --show-error --location --max-time 300 --output "$work/key.gpg" "$key"
  install -d -m 0700 "$work/gnupg"
  gpg --homedir "$work/gnupg" --batch --quiet --import "$work/key.gpg"
  gpg --homedir "$work/gnupg" --batch --status-fd 1 --verify "$work/agent.deb.sig" "$work/agent.deb" 2> /dev/null |
    grep -q "^\[GNUPG:\] VALIDSIG $AGENT_KEY_FINGERPRINT " || fail "the signature of the CloudWatch agent is not AWS's"
  # apt reads the package as the user _apt.
  chmod 0755 "$work"
  DEBIAN_FRONTEND=noninteractive apt-get -o "DPkg::Lock::Timeout=$APT_LOCK_TIMEOUT" install --yes --quiet "$work/agent.deb"
)

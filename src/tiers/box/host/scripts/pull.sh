#!/usr/bin/env bash
# Downloads this host's configuration from S3 if there is a new version, writes its files, and applies them.
set -euo pipefail

# Variables
COMMANDS=/usr/local/sbin
SETTINGS=/etc/terrace
UNITS=/etc/systemd/system
RUNTIME=/run/terrace
STATE=/var/lib/terrace
APT_LOCK_TIMEOUT=600

# shellcheck source=/dev/null
. "$SETTINGS/boot.env"
PATH=$PATH:/snap/bin
AWS_DEFAULT_REGION=$REGION
AWS_PAGER=
export PATH AWS_DEFAULT_REGION AWS_PAGER

install -d -m 0755 "$STATE"
install -d -m 0700 "$RUNTIME"
exec 8> "$RUNTIME/pull.lock"
flock 8
# A killed run leaves its directory behind.
rm -rf -- "$RUNTIME"/pull.??????
work=$(mktemp -d "$RUNTIME/pull.XXXXXX")

# The monitor publishes whether the last run failed, by timer or by hand.
finish() {
  local status=$?
  rm -rf -- "$work"
  if [ "$status" -ne 0 ]; then
    : > "$RUNTIME/apply-failed"
  else
    rm -f "$RUNTIME/apply-failed"
    if systemctl is-failed --quiet terrace-pull.service; then
      systemctl reset-failed terrace-pull.service
    fi
  fi
}
trap finish EXIT

# The two programs that this script needs; Amazon Linux includes the AWS CLI.
if ! command -v aws > /dev/null; then
  snap install aws-cli --classic
fi
if ! command -v jq > /dev/null; then
  if command -v apt-get > /dev/null; then
    apt-get -o "DPkg::Lock::Timeout=$APT_LOCK_TIMEOUT" update -qq
    DEBIAN_FRONTEND=noninteractive apt-get -o "DPkg::Lock::Timeout=$APT_LOCK_TIMEOUT" install --yes --quiet jq
  else
    dnf --assumeyes --quiet install jq
  fi
fi

"$COMMANDS/terrace-volume"

# The object's version, and its ETag for a bucket without versions. Nothing while S3 is unavailable: the host is then kept in
# the state of the configuration that it has.
version=$(aws s3api head-object --bucket "$CONFIGURATION_BUCKET" --key "$CONFIGURATION_KEY" --query '[VersionId, ETag]' \
  --output text) || version=

# Replaces a file in one step, so that no program reads half of it; leaves an unchanged file alone: path, mode.
write_file() {
  local path=$1 mode=$2
  if [ -f "$path" ] && cmp --silent "$work/content" "$path" && [ "$(stat -c 0%a "$path")" = "$mode" ]; then
    return 0
  fi
  install -D -m "$mode" "$work/content" "$path.new"
  mv -f "$path.new" "$path"
  printf 'wrote %s\n' "$path"
}

# Removes a file that an earlier version wrote and this one does not; units are stopped first.
remove_file() {
  case $1 in
    "$UNITS"/terrace-*.timer | "$UNITS"/terrace-*.service)
      systemctl disable --now "$(basename "$1")" || true
      ;;
  esac
  rm -f -- "$1"
  printf 'removed %s\n' "$1"
}

if [ -n "$version" ] && [ "$(cat "$STATE/bundle-version" 2> /dev/null || true)" != "$version" ]; then
  aws s3api get-object --bucket "$CONFIGURATION_BUCKET" --key "$CONFIGURATION_KEY" "$work/bundle" > /dev/null
  jq -e '.files | length > 0' "$work/bundle" > /dev/null
  jq -r '.files[].path' "$work/bundle" | sort > "$work/files"
  jq -r '.files[] | [.path, .mode, (.content | @base64)] | @tsv' "$work/bundle" > "$work/entries"
  while IFS=$'\t' read -r path mode content; do
    printf '%s' "$content" | base64 --decode > "$work/content"
    write_file "$path" "$mode"
  done < "$work/entries"
  if [ -f "$STATE/files" ]; then
    comm -23 "$STATE/files" "$work/files" > "$work/gone"
    while IFS= read -r path; do
      remove_file "$path"
    done < "$work/gone"
  fi
  install -m 0644 "$work/files" "$STATE/files"
  printf '%s\n' "$version" > "$STATE/bundle-version"
  systemctl daemon-reload
fi

if [ -x "$COMMANDS/terrace-apply" ]; then
  "$COMMANDS/terrace-apply"
fi
if [ -z "$version" ]; then
  printf 'the configuration in s3://%s cannot be read\n' "$CONFIGURATION_BUCKET" >&2
  exit 1
fi

/** Gets the bundle from S3, writes what changed, and has it applied. Part of user data, and of the bundle. */
import { command, PATHS } from './paths';
import { commandFile, configurationFile, script } from './text';
import type { HostFile } from './types';

/** Minutes between two looks at the bundle, the images and the secrets. */
const EVERY_MINUTES = 5;

export const PULL_COMMAND: HostFile = commandFile(
  command('pull'),
  script(String.raw`
#!/usr/bin/env bash
# Gets this host's configuration from S3 when there is a new version, writes the files, and applies them.
set -euo pipefail
. ${PATHS.settings}/boot.env
PATH=$PATH:/snap/bin
AWS_DEFAULT_REGION=$REGION
AWS_PAGER=
export PATH AWS_DEFAULT_REGION AWS_PAGER

install -d -m 0755 ${PATHS.state}
install -d -m 0700 ${PATHS.runtime}
exec 8> ${PATHS.runtime}/pull.lock
flock 8

# The two programs that it takes; Amazon Linux brings the AWS CLI.
if ! command -v aws > /dev/null; then
  snap install aws-cli --classic
fi
if ! command -v jq > /dev/null; then
  if command -v apt-get > /dev/null; then
    apt-get -o DPkg::Lock::Timeout=600 update -qq
    DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install --yes --quiet jq
  else
    dnf --assumeyes --quiet install jq
  fi
fi

${command('volume')}

work=$(mktemp -d ${PATHS.runtime}/pull.XXXXXX)
trap 'rm -rf -- "$work"' EXIT

# Which version of the object, and its sum where the bucket keeps no versions.
version=$(aws s3api head-object --bucket "$CONFIGURATION_BUCKET" --key "$CONFIGURATION_KEY" --query '[VersionId, ETag]' --output text)

# Writes one file in one step, so that nobody ever reads half of it; a file that is as it should be is left alone.
write_file() {
  local path=$1 mode=$2
  if [ -f "$path" ] && cmp --silent "$work/content" "$path" && [ "$(stat -c 0%a "$path")" = "$mode" ]; then
    return 0
  fi
  install -D -m "$mode" "$work/content" "$path.new"
  mv -f "$path.new" "$path"
  printf 'wrote %s\n' "$path"
}

# What an earlier version wrote and this one does not: units are stopped before they go.
remove_file() {
  case $1 in
    ${PATHS.units}/terrace-*.timer | ${PATHS.units}/terrace-*.service)
      systemctl disable --now "$(basename "$1")" || true
      ;;
  esac
  rm -f -- "$1"
  printf 'removed %s\n' "$1"
}

if [ "$(cat ${PATHS.state}/bundle-version 2> /dev/null || true)" != "$version" ]; then
  aws s3api get-object --bucket "$CONFIGURATION_BUCKET" --key "$CONFIGURATION_KEY" "$work/bundle" > /dev/null
  jq -e '.files | length > 0' "$work/bundle" > /dev/null
  jq -r '.files[].path' "$work/bundle" | sort > "$work/files"
  jq -r '.files[] | [.path, .mode, (.content | @base64)] | @tsv' "$work/bundle" > "$work/entries"
  while IFS=$'\t' read -r path mode content; do
    printf '%s' "$content" | base64 --decode > "$work/content"
    write_file "$path" "$mode"
  done < "$work/entries"
  if [ -f ${PATHS.state}/files ]; then
    comm -23 ${PATHS.state}/files "$work/files" > "$work/gone"
    while IFS= read -r path; do
      remove_file "$path"
    done < "$work/gone"
  fi
  install -m 0644 "$work/files" ${PATHS.state}/files
  printf '%s\n' "$version" > ${PATHS.state}/bundle-version
  systemctl daemon-reload
fi

${command('apply')}
`),
);

export const PULL_UNITS: readonly HostFile[] = [
  configurationFile(
    `${PATHS.units}/terrace-pull.service`,
    script(`
[Unit]
Description=Bring this host to what its configuration in S3 says
After=network-online.target
Wants=network-online.target

[Service]
Type=oneshot
ExecStart=${command('pull')}
TimeoutStartSec=45min
`),
  ),
  configurationFile(
    `${PATHS.units}/terrace-pull.timer`,
    script(`
[Unit]
Description=Look for new configuration, images and secrets

[Timer]
OnBootSec=15s
OnUnitInactiveSec=${EVERY_MINUTES}min

[Install]
WantedBy=timers.target
`),
  ),
];

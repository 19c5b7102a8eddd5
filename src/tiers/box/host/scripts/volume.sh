#!/usr/bin/env bash
# Mounts the data volume. Run again, it only grows the file system after the volume has grown.
set -euo pipefail

# Variables
SETTINGS=/etc/terrace
STATE=/var/lib/terrace
DATA_DIRECTORY=/data
DATA_VOLUME_LABEL=terrace-data
DATA_DEVICE=/dev/sdf
DATA_DEVICE_ON_XEN=/dev/xvdf
# Terraform attaches the volume after the host has started: ten minutes is far longer than that takes.
ATTEMPTS=120
PAUSE_SECONDS=5

# shellcheck source=/dev/null
. "$SETTINGS/boot.env"

fail() {
  printf 'data volume: %s\n' "$*" >&2
  exit 1
}

mkdir -p "$DATA_DIRECTORY"
if [ -z "$DATA_VOLUME_ID" ]; then
  exit 0
fi

# EC2 gives the volume's id to NVMe disks as their serial number; older hosts know the name that it was attached as.
serial=$(printf '%s' "$DATA_VOLUME_ID" | tr -d -)

# Prints the disk's path, or nothing while it is not attached.
find_device() {
  local candidate
  for candidate in "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_$serial" "$DATA_DEVICE" "$DATA_DEVICE_ON_XEN"; do
    if [ -e "$candidate" ]; then
      readlink -f "$candidate"
      return 0
    fi
  done
}

device=$(find_device)
for _ in $(seq "$ATTEMPTS"); do
  [ -z "$device" ] || break
  sleep "$PAUSE_SECONDS"
  device=$(find_device)
done
[ -n "$device" ] || fail "$DATA_VOLUME_ID is not attached"

# The disk is formatted only if neither blkid nor wipefs finds anything on it.
label=$(blkid --probe --match-tag LABEL --output value "$device" || true)
if [ "$label" != "$DATA_VOLUME_LABEL" ]; then
  signatures=$(blkid --probe --output export "$device" || true)
  signatures=$signatures$(wipefs --no-act "$device")
  [ -z "$signatures" ] || fail "$device is neither blank nor labelled $DATA_VOLUME_LABEL: nothing was done to it"
  printf 'data volume: formatting %s, which is blank\n' "$device"
  mkfs.ext4 -q -m 1 -L "$DATA_VOLUME_LABEL" "$device"
fi

if ! grep -q "^LABEL=$DATA_VOLUME_LABEL " /etc/fstab; then
  printf 'LABEL=%s %s ext4 defaults,noatime,nofail,x-systemd.device-timeout=60s 0 2\n' "$DATA_VOLUME_LABEL" "$DATA_DIRECTORY" >> /etc/fstab
  systemctl daemon-reload
fi

if ! mountpoint --quiet "$DATA_DIRECTORY"; then
  mount "$DATA_DIRECTORY"
fi

# Only a volume that has grown since the last run needs it.
size=$(blockdev --getsize64 "$device")
mkdir -p "$STATE"
if [ "$(cat "$STATE/data-volume-bytes" 2> /dev/null || true)" != "$size" ]; then
  resize2fs "$device"
  printf '%s\n' "$size" > "$STATE/data-volume-bytes"
fi

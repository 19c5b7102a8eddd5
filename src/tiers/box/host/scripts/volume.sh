#!/usr/bin/env bash
# Mounts the data volume: terrace-volume [--format]. Run again, it only grows the file system after the volume has grown.
#   --format  formats a blank volume although there are backups of this environment: for a volume that was replaced on purpose
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
MEBIBYTE=1048576

# shellcheck source=/dev/null
. "$SETTINGS/boot.env"
PATH=$PATH:/snap/bin
AWS_DEFAULT_REGION=$REGION
AWS_PAGER=
export PATH AWS_DEFAULT_REGION AWS_PAGER

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

# Prints the path by which fstab finds the disk at every boot, or nothing while it is not attached.
find_link() {
  local candidate
  for candidate in "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_$serial" "$DATA_DEVICE" "$DATA_DEVICE_ON_XEN"; do
    if [ -e "$candidate" ]; then
      printf '%s' "$candidate"
      return 0
    fi
  done
}

link=$(find_link)
for _ in $(seq "$ATTEMPTS"); do
  [ -z "$link" ] || break
  sleep "$PAUSE_SECONDS"
  link=$(find_link)
done
[ -n "$link" ] || fail "$DATA_VOLUME_ID is not attached"
device=$(readlink -f "$link")
size=$(blockdev --getsize64 "$device")

# Succeeds if the disk reads as zeros at an offset: byte, number of bytes. What is behind the end of the disk does not count.
is_zero() {
  local bytes=$2
  if [ "$1" -ge "$size" ]; then
    return 0
  fi
  if [ "$(($1 + bytes))" -gt "$size" ]; then
    bytes=$((size - $1))
  fi
  cmp --silent --ignore-initial="$1:0" --bytes="$bytes" "$device" /dev/zero
}

# A disk without a signature is not blank yet: blkid and wipefs do not recognise a file system whose first bytes are damaged.
# Blank means zeros in the first 64 MiB, in the last one (GPT, RAID), and wherever ext4 has a copy of its superblock: in the
# groups 1 and the powers of 3, 5 and 7, of 128 MiB each with blocks of 4 KiB.
# Source: kernel documentation, ext4, "Special inodes and block groups": sparse_super.
is_blank() {
  local base group
  is_zero 0 "$((64 * MEBIBYTE))" || return 1
  if [ "$size" -gt "$MEBIBYTE" ]; then
    is_zero "$((size - MEBIBYTE))" "$MEBIBYTE" || return 1
  fi
  is_zero "$((128 * MEBIBYTE))" 4096 || return 1
  for base in 3 5 7; do
    group=$base
    while [ "$((group * 128 * MEBIBYTE))" -lt "$size" ]; do
      is_zero "$((group * 128 * MEBIBYTE))" 4096 || return 1
      group=$((group * base))
    done
  done
}

# Succeeds if an earlier host of this environment stored backups. Without an answer from S3, this script fails.
has_backups() {
  local prefix listed
  for prefix in database application; do
    listed=$(aws s3api list-objects-v2 --bucket "$BACKUP_BUCKET" --prefix "$prefix/" --max-keys 1 --no-paginate \
      --query 'KeyCount' --output text) ||
      fail "$device is blank, and $BACKUP_BUCKET cannot be searched for backups: it is not formatted yet"
    case $listed in
      '' | 0 | None) ;;
      *) return 0 ;;
    esac
  done
  return 1
}

label=$(blkid --probe --match-tag LABEL --output value "$device" || true)
if [ "$label" != "$DATA_VOLUME_LABEL" ]; then
  signatures=$(blkid --probe --output export "$device" || true)
  signatures=$signatures$(wipefs --no-act "$device")
  [ -z "$signatures" ] || fail "$device is neither blank nor labelled $DATA_VOLUME_LABEL: nothing was done to it." \
    "If $DATA_VOLUME_ID is the wrong volume, attach the right one; if it is no longer needed, run wipefs --all $device"
  is_blank || fail "$device has no file system that can be recognised, but is not blank: nothing was done to it." \
    "Make a snapshot of $DATA_VOLUME_ID, then try: e2fsck -b 32768 $device"
  if [ "$*" != --format ] && has_backups; then
    fail "$device is blank, but there are backups of this environment in $BACKUP_BUCKET: nothing was done to it." \
      "If data is missing, create a volume from the last snapshot of the one before. To start with a blank one," \
      "run terrace-volume --format, terrace-pull and terrace-restore --files"
  fi
  printf 'data volume: formatting %s, which is blank\n' "$device"
  mkfs.ext4 -q -b 4096 -m 1 -L "$DATA_VOLUME_LABEL" "$device"
fi

# By the volume's id, not by the label: a copy that is made from a snapshot has the same label.
line="$link $DATA_DIRECTORY ext4 defaults,noatime,nofail,x-systemd.device-timeout=60s 0 2"
if ! grep -q -x -F "$line" /etc/fstab; then
  awk -v mountpoint="$DATA_DIRECTORY" '$2 != mountpoint' /etc/fstab > /etc/fstab.new
  printf '%s\n' "$line" >> /etc/fstab.new
  mv -f /etc/fstab.new /etc/fstab
  systemctl daemon-reload
fi

if ! mountpoint --quiet "$DATA_DIRECTORY"; then
  mount "$DATA_DIRECTORY"
fi
mounted=$(readlink -f "$(findmnt --noheadings --first-only --output SOURCE --mountpoint "$DATA_DIRECTORY")")
[ "$mounted" = "$device" ] || fail "$DATA_DIRECTORY is $mounted, but $DATA_VOLUME_ID is $device: another disk is mounted there." \
  "/etc/fstab names the right one: restart the host. What was written in the meantime is on $mounted"

# Only a volume that has grown since the last run needs it.
mkdir -p "$STATE"
if [ "$(cat "$STATE/data-volume-bytes" 2> /dev/null || true)" != "$size" ]; then
  resize2fs "$device"
  printf '%s\n' "$size" > "$STATE/data-volume-bytes"
fi

/** Finds the data volume, formats it when it is blank, and mounts it. Part of user data, and of the bundle. */
import { command, DATA_DEVICE, PATHS } from './paths';
import { commandFile, script } from './text';
import { DATA_DIRECTORY, DATA_VOLUME_LABEL, type HostFile } from './types';

/** Attaching comes after starting: ten minutes are far more than Terraform takes between the two. */
const ATTEMPTS = 120;
const PAUSE_SECONDS = 5;

/**
 * A disk is taken only when it is the volume that Terraform attached: found by its id, which EC2 gives to NVMe disks as their
 * serial number, or on older hosts by the name it was attached by. It is formatted only when neither blkid nor wipefs finds
 * anything on it, and refused when it holds something else.
 */
export const VOLUME_COMMAND: HostFile = commandFile(
  command('volume'),
  script(String.raw`
#!/usr/bin/env bash
# Mounts the data volume at ${DATA_DIRECTORY}. Run again, it only lets the file system grow with its volume.
set -euo pipefail
. ${PATHS.settings}/boot.env

fail() {
  printf 'data volume: %s\n' "$*" >&2
  exit 1
}

mkdir -p ${DATA_DIRECTORY}
if [ -z "$DATA_VOLUME_ID" ]; then
  exit 0
fi

serial=$(printf '%s' "$DATA_VOLUME_ID" | tr -d -)

# The disk's path, or nothing while it is not attached.
find_device() {
  local candidate
  for candidate in "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_$serial" ${DATA_DEVICE} ${DATA_DEVICE.replace('/dev/sd', '/dev/xvd')}; do
    if [ -e "$candidate" ]; then
      readlink -f "$candidate"
      return 0
    fi
  done
}

device=$(find_device)
for _ in $(seq ${ATTEMPTS}); do
  [ -z "$device" ] || break
  sleep ${PAUSE_SECONDS}
  device=$(find_device)
done
[ -n "$device" ] || fail "$DATA_VOLUME_ID is not attached"

label=$(blkid --probe --match-tag LABEL --output value "$device" || true)
if [ "$label" != ${DATA_VOLUME_LABEL} ]; then
  signatures=$(blkid --probe --output export "$device" || true)
  signatures=$signatures$(wipefs --no-act "$device")
  [ -z "$signatures" ] || fail "$device is not blank and not labelled ${DATA_VOLUME_LABEL}: nothing was done to it"
  printf 'data volume: formatting %s, which is blank\n' "$device"
  mkfs.ext4 -q -m 1 -L ${DATA_VOLUME_LABEL} "$device"
fi

if ! grep -q '^LABEL=${DATA_VOLUME_LABEL} ' /etc/fstab; then
  printf '%s\n' 'LABEL=${DATA_VOLUME_LABEL} ${DATA_DIRECTORY} ext4 defaults,noatime,nofail,x-systemd.device-timeout=60s 0 2' >> /etc/fstab
  systemctl daemon-reload
fi

if ! mountpoint --quiet ${DATA_DIRECTORY}; then
  mount ${DATA_DIRECTORY}
fi

# Only a volume that grew since the last time needs it.
size=$(blockdev --getsize64 "$device")
mkdir -p ${PATHS.state}
if [ "$(cat ${PATHS.state}/data-volume-bytes 2>/dev/null || true)" != "$size" ]; then
  resize2fs "$device"
  printf '%s\n' "$size" > ${PATHS.state}/data-volume-bytes
fi
`),
);

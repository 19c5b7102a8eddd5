#!/usr/bin/env bash
# Boots a host with systemd as process 1, in separate namespaces: boot.sh <base> <host> <aws> [<loop device>=<link>...]
#   base  a root file system, which is not changed
#   host  a directory: what the host writes is in its `upper`
#   aws   the directory that the stand-in of the AWS CLI works on
# Ends when the host is killed. Loop devices appear on the host by the link that udev would make.
set -euo pipefail
base=$1
root=$2/root
upper=$2/upper
changes=$2/work
aws=$3
shift 3
# The processes of the host are in one control group, which is the root of its own hierarchy.
hierarchy=$(findmnt --noheadings --first-only --types cgroup2 --output TARGET)
mkdir -p "$hierarchy/terrace-box-$$"
echo $$ > "$hierarchy/terrace-box-$$/cgroup.procs"
export base root upper changes aws
# shellcheck disable=SC2016 # expanded in the namespaces
exec unshare --mount --pid --fork --uts --ipc --net --cgroup --kill-child bash -euo pipefail -c '
mount --make-rprivate /
mkdir -p "$root" "$upper" "$changes"
mount -t overlay -o "lowerdir=$base,upperdir=$upper,workdir=$changes" overlay "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t tmpfs tmpfs "$root/sys/fs/cgroup"
umount "$root/sys/fs/cgroup"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
for directory in dev run tmp; do mount -t tmpfs tmpfs "$root/$directory"; done
for node in null zero full random urandom tty; do
  touch "$root/dev/$node"
  mount --bind "/dev/$node" "$root/dev/$node"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
for pair in "$@"; do
  device=$(printf "%s" "$pair" | cut -d = -f 1)
  link=$root$(printf "%s" "$pair" | cut -d = -f 2)
  mknod "$root$device" b "0x$(stat -c %t "$device")" "0x$(stat -c %T "$device")"
  mkdir -p "$(dirname "$link")"
  ln -s "$device" "$link"
done
mkdir -p "$root/aws" "$root/old"
mount --bind "$aws" "$root/aws"
hostname box
ip link set lo up
cd "$root"
pivot_root . old
umount --lazy /old
exec env -i container=terrace /sbin/init
' boot "$@" > /dev/null 2>&1 < /dev/null

/** What the NAT instance does at its first boot. Pure: text in, text out. */

export interface NatUserDataProps {
  /** The VPC's addresses: only traffic from them is forwarded, and only what leaves them is rewritten. */
  readonly vpcCidr: string;
}

/** A t4g.nano has 512 MiB, in which dnf can run out of memory. */
const SWAP_MIB = 1024;

/** The kernel's own figure for 512 MiB is about 4,000 connections, too few for a VPC; 65,536 take some 20 MiB. */
const CONNECTIONS = 65_536;

/** Time for an operator to inspect an instance that failed, through Session Manager, before it is replaced. */
const MINUTES_BEFORE_REPLACEMENT = 5;

/**
 * A shell script for cloud-init on Amazon Linux 2023.
 *
 * Settings go to files that the system reads at every boot (sysctl.d, modules-load.d, the iptables service), since
 * user data runs only once. Forwarding comes before patching, which keeps the gap short when an instance is replaced.
 * If forwarding cannot be set up the instance shuts down, which terminates it, and its group starts another.
 */
export function natUserData({ vpcCidr }: NatUserDataProps): string {
  return `#!/bin/bash
set -euo pipefail
trap 'shutdown -h +${MINUTES_BEFORE_REPLACEMENT} "NAT could not be set up"' ERR

retry() {
  local attempt
  for attempt in 1 2 3 4 5 6; do
    "$@" && return 0
    sleep 10
  done
  return 1
}

dd if=/dev/zero of=/swapfile bs=1M count=${SWAP_MIB} status=none
chmod 600 /swapfile
mkswap /swapfile
swapon /swapfile
echo '/swapfile none swap defaults 0 0' >> /etc/fstab

echo nf_conntrack > /etc/modules-load.d/nat.conf
modprobe nf_conntrack
cat > /etc/sysctl.d/90-nat.conf <<'SETTINGS'
net.ipv4.ip_forward = 1
net.netfilter.nf_conntrack_max = ${CONNECTIONS}
SETTINGS
sysctl -p /etc/sysctl.d/90-nat.conf

retry dnf -y install iptables-services
cat > /etc/sysconfig/iptables <<'RULES'
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A POSTROUTING -s ${vpcCidr} ! -d ${vpcCidr} -j MASQUERADE
COMMIT
*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -s ${vpcCidr} -j ACCEPT
COMMIT
RULES
systemctl enable iptables
systemctl restart iptables

retry dnf -y upgrade --security --releasever=latest || logger -t nat 'security updates could not be installed'
`;
}

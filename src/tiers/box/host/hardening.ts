/** What the documents list under hardening: no passwords over SSH, fail2ban, a firewall, security updates by themselves. */
import { PATHS } from './paths';
import { configurationFile, script } from './text';
import type { HostDescription, HostFile, OperatingSystem } from './types';

/** In UTC: after the backup at two, before the working day in most of the world. */
const REBOOT_TIME = '03:30';

/** Files that the system's own programs read. */
export function hardeningFiles(host: HostDescription): readonly HostFile[] {
  return [
    SSH,
    FAIL2BAN,
    JOURNAL,
    DOCKER,
    DOCKER_WAITS_FOR_DATA,
    configurationFile(`${PATHS.settings}/firewall`, host.sshAllowed ? 'http\nhttps\nssh\n' : 'http\nhttps\n'),
    ...UPDATES[host.operatingSystem],
  ];
}

/** sshd takes the first value that it reads: the name sorts before those of the images. */
const SSH = configurationFile(
  '/etc/ssh/sshd_config.d/00-terrace.conf',
  script(`
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin no
X11Forwarding no
MaxAuthTries 3
`),
);

const FAIL2BAN = configurationFile(
  '/etc/fail2ban/jail.d/00-terrace.conf',
  script(`
[DEFAULT]
bantime = 1h
findtime = 10m
maxretry = 5

[sshd]
enabled = true
backend = systemd
`),
);

const JOURNAL = configurationFile(
  '/etc/systemd/journald.conf.d/terrace.conf',
  script(`
[Journal]
SystemMaxUse=200M
`),
);

/** Containers go on while the daemon is updated; those without a log driver of their own cannot fill the disk. */
const DOCKER = configurationFile(
  '/etc/docker/daemon.json',
  `${JSON.stringify({ 'live-restore': true, 'log-driver': 'local', 'log-opts': { 'max-size': '10m', 'max-file': '5' } }, null, 2)}\n`,
);

/** A container that started before its volume would find an empty directory where its data should be. */
const DOCKER_WAITS_FOR_DATA = configurationFile(
  `${PATHS.units}/docker.service.d/terrace.conf`,
  script(`
[Unit]
RequiresMountsFor=/data
`),
);

/**
 * Security updates are installed daily, and the host starts anew at night where one needs it.
 * Amazon Linux ties a host to the release it was made from, so that it would see no updates: `latest` unties it.
 */
const UPDATES: Readonly<Record<OperatingSystem, readonly HostFile[]>> = {
  'ubuntu-24.04': [
    configurationFile(
      '/etc/apt/apt.conf.d/52terrace',
      script(`
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
Unattended-Upgrade::Automatic-Reboot "true";
Unattended-Upgrade::Automatic-Reboot-Time "${REBOOT_TIME}";
Unattended-Upgrade::Remove-Unused-Kernel-Packages "true";
Dpkg::Options { "--force-confdef"; "--force-confold"; };
`),
    ),
    // The server package would make a cluster of its own on the system disk.
    configurationFile('/etc/postgresql-common/createcluster.d/terrace.conf', 'create_main_cluster = false\n'),
  ],
  'amazon-linux-2023': [
    configurationFile('/etc/dnf/vars/releasever', 'latest\n'),
    configurationFile(
      '/etc/dnf/automatic.conf',
      script(`
[commands]
upgrade_type = security
download_updates = yes
apply_updates = yes
reboot = when-needed

[emitters]
emit_via = stdio

[email]

[command]

[command_email]

[base]
`),
    ),
    configurationFile(
      `${PATHS.units}/dnf-automatic.timer.d/terrace.conf`,
      script(`
[Timer]
OnCalendar=
OnCalendar=*-*-* ${REBOOT_TIME}:00 UTC
RandomizedDelaySec=0
`),
    ),
  ],
};

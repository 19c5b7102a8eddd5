/** Hardening: no passwords over SSH, fail2ban, limits on logs, automatic security updates. */
import { DATA_DIRECTORY, PATHS } from './paths';
import { configurationFile, script } from './text';
import type { HostDescription, HostFile } from './types';

/** UTC. After the default time of the backup (02:00), and at night in Europe and the Americas. */
const REBOOT_TIME = '03:30';

/** Files that programs of the operating system read. */
export function hardeningFiles({ operatingSystem }: HostDescription): readonly HostFile[] {
  return [SSH, FAIL2BAN, JOURNAL, DOCKER, DOCKER_WAITS_FOR_DATA, ...UPDATES[operatingSystem]];
}

/** sshd takes the first value that it reads: this name sorts before the files of the machine images. */
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

/** Containers keep running while the daemon is updated. Those without a log driver of their own cannot fill the disk. */
const DOCKER = configurationFile(
  '/etc/docker/daemon.json',
  `${JSON.stringify({ 'live-restore': true, 'log-driver': 'local', 'log-opts': { 'max-size': '10m', 'max-file': '5' } }, null, 2)}\n`,
);

/** A container that started before the volume is mounted would find an empty directory in place of its data. */
const DOCKER_WAITS_FOR_DATA = configurationFile(
  `${PATHS.units}/docker.service.d/terrace.conf`,
  script(`
[Unit]
RequiresMountsFor=${DATA_DIRECTORY}
`),
);

/**
 * Security updates are installed daily, and the host restarts at night if one requires it.
 * Amazon Linux keeps a host at the release of its image, which never gets updates; `latest` follows the newest release.
 */
const UPDATES: Readonly<Record<HostDescription['operatingSystem'], readonly HostFile[]>> = {
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
    // Otherwise the server package would create a cluster on the system disk.
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

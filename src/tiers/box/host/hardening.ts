/** Hardening: no passwords over SSH, fail2ban, limits on logs, automatic security updates. */
import { operatingSystemOf } from './operating-systems';
import { DATA_DIRECTORY, PATHS } from './paths';
import { configurationFile, script } from './text';
import type { HostDescription, HostFile } from './types';

/** Files that programs of the operating system read. */
export function hardeningFiles(host: HostDescription): readonly HostFile[] {
  return [SSH, FAIL2BAN, JOURNAL, DOCKER, DOCKER_WAITS_FOR_DATA, NGINX_UNIT, nginxLogs(host), LOG_ROTATION, ...updates(host)];
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

/** Containers keep running while the daemon is updated. Those that set no log driver cannot fill the disk. */
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

/** Certificates are on the data volume, which can arrive after nginx would start. A proxy that was killed starts again. */
const NGINX_UNIT = configurationFile(
  `${PATHS.units}/nginx.service.d/terrace.conf`,
  script(`
[Unit]
RequiresMountsFor=${DATA_DIRECTORY}
StartLimitIntervalSec=0

[Service]
Restart=on-failure
RestartSec=5
`),
);

/** Replaces the file of the package, which rotates daily whatever the size: requests alone must not fill the disk. */
function nginxLogs(host: HostDescription): HostFile {
  return configurationFile(
    '/etc/logrotate.d/nginx',
    script(`
/var/log/nginx/*.log {
    daily
    maxsize 100M
    rotate 10
    missingok
    notifempty
    compress
    delaycompress
    create 0640 ${operatingSystemOf(host).nginxUser} adm
    sharedscripts
    postrotate
        [ ! -f /run/nginx.pid ] || kill -USR1 "$(cat /run/nginx.pid)"
    endscript
}
`),
  );
}

/** A size is compared only when logrotate runs. */
const LOG_ROTATION = configurationFile(
  `${PATHS.units}/logrotate.timer.d/terrace.conf`,
  script(`
[Timer]
OnCalendar=
OnCalendar=hourly
`),
);

/**
 * Security updates are installed daily. Neither program restarts the host: `terrace-restart` does, at the time of the description.
 * Amazon Linux keeps a host at the release of its image, which never gets updates; `latest` follows the newest release.
 */
function updates({ operatingSystem, restartTime, timezone }: HostDescription): readonly HostFile[] {
  return operatingSystem === 'ubuntu-24.04' ? UBUNTU_UPDATES : amazonLinuxUpdates(restartTime, timezone);
}

const UBUNTU_UPDATES: readonly HostFile[] = [
  configurationFile(
    '/etc/apt/apt.conf.d/52terrace',
    script(`
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
Unattended-Upgrade::Automatic-Reboot "false";
Unattended-Upgrade::Remove-Unused-Kernel-Packages "true";
Dpkg::Options { "--force-confdef"; "--force-confold"; };
`),
  ),
  // Otherwise the server package would create a cluster on the system disk.
  configurationFile('/etc/postgresql-common/createcluster.d/terrace.conf', 'create_main_cluster = false\n'),
];

function amazonLinuxUpdates(restartTime: string, timezone: string): readonly HostFile[] {
  return [
    configurationFile('/etc/dnf/vars/releasever', 'latest\n'),
    configurationFile(
      '/etc/dnf/automatic.conf',
      script(`
[commands]
upgrade_type = security
download_updates = yes
apply_updates = yes

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
OnCalendar=*-*-* ${restartTime}:00 ${timezone}
RandomizedDelaySec=0
`),
    ),
  ];
}

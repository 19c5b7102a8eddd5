/** systemd units: the Compose project, the puller, scheduled commands, and jobs. */
import { toOnCalendar } from '../../../config/calculations/cron';
import { METRICS_INTERVAL_MINUTES } from '../../../contracts/host-metrics';
import { STOP_SECONDS } from './compose-stores';
import { postgresPlacement } from './data-stores';
import { loginUnits } from './logins';
import { sitesWithCertificates } from './nginx';
import { APPLICATION_UNIT, command, DATA_DIRECTORY, jobUnit, PATHS } from './paths';
import { configurationFile, script } from './text';
import type { HostDescription, HostFile, HostJob } from './types';

/** Minutes between two checks for new configuration, images and secrets. */
const PULL_INTERVAL_MINUTES = 5;

/** Every unit except those of PostgreSQL and Redis. */
export function unitFiles(host: HostDescription): readonly HostFile[] {
  const { backup, containers, timezone } = host;
  return [
    ...PULL_UNITS,
    applicationUnit(host),
    ...scheduled('backup', 'Back up database and files', toOnCalendar(backup.schedule, timezone), '2h'),
    // Each hour, for backups that S3 could not take when they were made.
    ...scheduled('upload', 'Store finished backups in S3', '*-*-* *:40:00', '2h', `${command('backup')} --upload`),
    ...(postgresPlacement(host) === 'none'
      ? []
      : scheduled('drill', 'Prove that the newest backup can be restored', toOnCalendar(backup.drillSchedule, timezone), '4h')),
    ...(sitesWithCertificates(host).length === 0
      ? []
      : scheduled(
          'renew',
          'Renew certificates',
          toOnCalendar(host.certificateRenewal, timezone),
          '15min',
          `${command('certificates')} renew`,
        )),
    ...loginUnits(host),
    ...restartUnits(host),
    ...scheduled('monitor', 'Measure this host', `*:0/${METRICS_INTERVAL_MINUTES}`, '4min'),
    ...containers.flatMap((container) => (container.kind === 'job' ? jobUnits(host, container) : [])),
    FAILED_UNIT,
  ];
}

/** Also in user data: they fetch everything else, and try again until they succeed. */
export const PULL_UNITS: readonly HostFile[] = [
  configurationFile(
    `${PATHS.units}/terrace-pull.service`,
    script(`
[Unit]
Description=Apply the configuration of this host from S3
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
Description=Check for new configuration, images and secrets

[Timer]
OnBootSec=15s
OnUnitInactiveSec=${PULL_INTERVAL_MINUTES}min

[Install]
WantedBy=timers.target
`),
  ),
];

/** The containers stop together, then PostgreSQL and Redis: systemd must not end them before. Three minutes at least. */
function stopMinutes({ containers }: HostDescription): number {
  const slowest = Math.max(0, ...containers.map(({ stopTimeoutSeconds }) => stopTimeoutSeconds));
  return Math.max(3, Math.ceil((slowest + STOP_SECONDS) / 60));
}

function applicationUnit(host: HostDescription): HostFile {
  const { system, applicationDirectory } = host;
  return configurationFile(
    `${PATHS.units}/${APPLICATION_UNIT}`,
    script(`
[Unit]
Description=The containers of ${system}
After=docker.service network-online.target terrace-postgres.service terrace-redis.service
Wants=docker.service network-online.target
RequiresMountsFor=${applicationDirectory} ${DATA_DIRECTORY}
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=all
ExecStart=${command('run')}
ExecReload=${command('start')}
ExecStop=${command('stop')}
Restart=always
RestartSec=10
TimeoutStartSec=20min
TimeoutStopSec=${stopMinutes(host)}min

[Install]
WantedBy=multi-user.target
`),
  );
}

/** A oneshot service and its timer. A run that was missed while the host was down is made up for when it is up. */
function scheduled(
  name: string,
  description: string,
  onCalendar: string,
  timeout: string,
  line = command(name),
): readonly HostFile[] {
  return [
    configurationFile(
      `${PATHS.units}/terrace-${name}.service`,
      script(`
[Unit]
Description=${description}
After=network-online.target ${APPLICATION_UNIT}
Wants=network-online.target

[Service]
Type=oneshot
ExecStart=${line}
TimeoutStartSec=${timeout}
Nice=10
IOSchedulingClass=idle
`),
    ),
    timer(`terrace-${name}`, description, onCalendar),
  ];
}

/**
 * After the updates, which it starts itself on Amazon Linux: both have the same time. It may also wait for a long backup or job.
 */
function restartUnits({ operatingSystem, restartTime, timezone, ingress }: HostDescription): readonly HostFile[] {
  const description = 'Restart this host if an update needs it';
  return [
    configurationFile(
      `${PATHS.units}/terrace-restart.service`,
      script(`
[Unit]
Description=${description}
${operatingSystem === 'amazon-linux-2023' ? 'Wants=dnf-automatic.service\nAfter=dnf-automatic.service' : 'After=apt-daily-upgrade.service'}

[Service]
Type=oneshot
ExecStart=${command('restart')}
TimeoutStartSec=6h
`),
    ),
    // Not made up for: a host that was down has just been started. Several hosts do not restart at the same moment.
    configurationFile(
      `${PATHS.units}/terrace-restart.timer`,
      script(`
[Unit]
Description=${description}

[Timer]
OnCalendar=*-*-* ${restartTime}:00 ${timezone}
${ingress.kind === 'load-balancer' ? 'RandomizedDelaySec=1h' : 'AccuracySec=1s'}

[Install]
WantedBy=timers.target
`),
    ),
  ];
}

function timer(unit: string, description: string, onCalendar: string): HostFile {
  return configurationFile(
    `${PATHS.units}/${unit}.timer`,
    script(`
[Unit]
Description=${description}

[Timer]
OnCalendar=${onCalendar}
AccuracySec=1s
Persistent=true

[Install]
WantedBy=timers.target
`),
  );
}

/**
 * Each run is a new container with a fixed name: two runs never overlap, none leaves a container behind. At the time limit
 * systemd stops the run, which counts as failed.
 */
function jobUnits(
  { applicationDirectory }: HostDescription,
  { key, image, schedule, timezone, timeoutSeconds, stopTimeoutSeconds, secrets }: HostJob,
): readonly HostFile[] {
  const unit = jobUnit(key);
  const description = `Job ${key}`;
  return [
    configurationFile(
      `${PATHS.units}/${unit}.service`,
      script(`
[Unit]
Description=${description}
After=${APPLICATION_UNIT}
Wants=${APPLICATION_UNIT}
OnFailure=terrace-failed@%N.service

[Service]
Type=oneshot
WorkingDirectory=${applicationDirectory}
${'parameterName' in image ? `EnvironmentFile=-${PATHS.runtime}/${key}.image\n` : ''}${Object.keys(secrets).length > 0 ? `ExecStartPre=${command('secrets')} ${key}\n` : ''}ExecStartPre=${command('images')} ${key}
ExecStartPre=-/usr/bin/docker rm --force ${unit}
ExecStart=/usr/bin/docker compose run --rm -T --name ${unit} ${key}
ExecStopPost=-/usr/bin/docker rm --force ${unit}
TimeoutStartSec=${timeoutSeconds}
TimeoutStopSec=${stopTimeoutSeconds}
`),
    ),
    ...(schedule === undefined ? [] : [timer(unit, description, toOnCalendar(schedule, timezone))]),
  ];
}

/** Started when a job fails; its instance name is the job's unit. */
const FAILED_UNIT = configurationFile(
  `${PATHS.units}/terrace-failed@.service`,
  script(`
[Unit]
Description=Publish that %i failed

[Service]
Type=oneshot
ExecStart=${command('failed')} %i
`),
);

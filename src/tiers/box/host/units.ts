/** systemd: timers of backup, drill, renewal and monitoring, and a unit for each job. */
import { HOST_METRICS, METRICS_INTERVAL_MINUTES } from '../../../contracts/host-metrics';
import { toOnCalendar } from '../../../config/calculations/cron';
import { APPLICATION_UNIT, command, jobUnit, PATHS } from './paths';
import { reachableDatabase } from './settings';
import { commandFile, configurationFile, script } from './text';
import type { HostContainer, HostDescription, HostFile } from './types';

/** cloudpartner's document: renewal at noon. */
const RENEWAL = '0 12 * * *';

/** Seconds; a job without a limit of its own. */
const LONGEST_JOB = 3600;

/** Every unit but those of the Compose project, of PostgreSQL and Redis, and of the puller. */
export function unitFiles(host: HostDescription): readonly HostFile[] {
  const { backup, containers, sites } = host;
  return [
    ...scheduled('backup', 'Back up database and files', toOnCalendar(backup.schedule), '2h'),
    ...(reachableDatabase(host) === undefined
      ? []
      : scheduled('drill', 'Prove that the newest backup can be restored', toOnCalendar(backup.drillSchedule), '4h')),
    ...(sites.length === 0
      ? []
      : scheduled('renew', 'Renew certificates', toOnCalendar(RENEWAL), '15min', `${command('certificates')} renew`)),
    ...scheduled('monitor', 'Measure this host', `*:0/${METRICS_INTERVAL_MINUTES}`, '4min'),
    ...containers.filter(({ kind }) => kind === 'job').flatMap((job) => jobUnits(host, job)),
    FAILED_UNIT,
    FAILED_COMMAND,
    JOB_COMMAND,
  ];
}

/** A service that does one thing, and its timer. What was missed while the host was down is done when it is up. */
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

/** Each run is a container of its own, with a fixed name so that two never run side by side and none is left behind. */
function jobUnits(
  { applicationDirectory }: HostDescription,
  { key, schedule, timeoutSeconds = LONGEST_JOB }: HostContainer,
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
ExecStartPre=${command('images')}
ExecStartPre=-/usr/bin/docker rm --force ${unit}
ExecStart=/usr/bin/docker compose run --rm -T --name ${unit} ${key}
ExecStopPost=-/usr/bin/docker rm --force ${unit}
TimeoutStartSec=${timeoutSeconds}
`),
    ),
    ...(schedule === undefined ? [] : [timer(unit, description, toOnCalendar(schedule))]),
  ];
}

const FAILED_UNIT = configurationFile(
  `${PATHS.units}/terrace-failed@.service`,
  script(`
[Unit]
Description=Tell that %i failed

[Service]
Type=oneshot
ExecStart=${command('failed')} %i
`),
);

const FAILED_COMMAND = commandFile(
  command('failed'),
  script(String.raw`
#!/usr/bin/env bash
# Publishes that a job failed.
set -euo pipefail
. ${PATHS.library}/common.sh
publish ${HOST_METRICS.jobFailed} 1 Count
log "$1 failed"
`),
);

const JOB_COMMAND = commandFile(
  command('job'),
  script(String.raw`
#!/usr/bin/env bash
# Runs a job now, waits for it, and shows what it wrote: terrace-job <name>
set -euo pipefail
. ${PATHS.library}/common.sh
if [ "$#" -ne 1 ] || [ ! -f "${PATHS.units}/terrace-job-$1.service" ]; then
  log 'usage: terrace-job <name>; the jobs of this host:'
  find ${PATHS.units} -name 'terrace-job-*.service' | sed 's,.*/terrace-job-,  ,; s,\.service$,,' | sort
  exit 2
fi
since=$(date '+%Y-%m-%d %H:%M:%S')
status=0
systemctl start "terrace-job-$1.service" || status=$?
journalctl --unit "terrace-job-$1.service" --since "$since" --output cat --no-pager
exit "$status"
`),
);

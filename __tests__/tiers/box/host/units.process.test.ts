/** Units and timers, judged by systemd. */
import { renderBundle } from '../../../../src/tiers/box/host/render';
import type { HostDescription } from '../../../../src/tiers/box/host/types';
import { BACKEND, BALANCED, EXAMPLES, REPORT, WITH_CONTAINERS, WITH_PACKAGES } from '../../../support/host-examples';
import { HostRoot, run, said, toolTest } from '../../../support/host-tools';

const units = (host: HostDescription) => renderBundle(host).filter(({ path }) => path.startsWith('/etc/systemd/system/'));

const WITH_JOB_SECRET: HostDescription = {
  ...WITH_CONTAINERS,
  containers: WITH_CONTAINERS.containers.map((one) => (one === REPORT ? { ...REPORT, secrets: BACKEND.secrets } : one)),
};

/** Units of the system that ours name. This machine may lack them. */
const FOREIGN = [
  'docker.service',
  'nginx.service',
  'dnf-automatic.timer',
  'dnf-automatic.service',
  'logrotate.timer',
  'logrotate.service',
];

/**
 * What systemd says about a host's units. Commands become `/bin/true`, which exists here; units of the distribution stand in as
 * empty ones; everything else is as on the host.
 */
function verify(host: HostDescription, edit = (text: string) => text): { readonly status: number | null; readonly said: string } {
  const root = new HostRoot();
  const files = units(host);
  for (const { path, content } of files) {
    root.write(
      path.replace('/etc/systemd/system/', '/units/'),
      edit(content)
        .replace(/^(Exec\w+=-?)\S+/gm, '$1/bin/true')
        .replace(/^(User|Group)=.*$/gm, '$1=root'),
    );
  }
  for (const unit of FOREIGN) {
    const body = unit.endsWith('.timer') ? '[Timer]\nOnCalendar=daily\n' : '[Service]\nExecStart=/bin/true\n';
    root.write(`/units/${unit}`, `[Unit]\nDescription=stand-in\n${body}`);
  }
  const names = files.map(({ path }) => path).filter((path) => !path.includes('.d/') && !path.includes('@'));
  // With the drop-ins for units of the distribution.
  const dropIns = files.flatMap(({ path }) => /\/((?:nginx|logrotate)\.\w+)\.d\//.exec(path)?.[1] ?? []);
  const paths = [
    ...names.map((path) => root.path(path.replace('/etc/systemd/system/', '/units/'))),
    ...dropIns.map((unit) => root.path(`/units/${unit}`)),
  ];
  const result = run(
    'systemd-analyze',
    ['verify', '--man=no', '--generators=no', '--recursive-errors=no', ...paths, root.path('/units/terrace-failed@x.service')],
    {
      env: { SYSTEMD_UNIT_PATH: `${root.path('/units')}:` },
    },
  );
  root.remove();
  return { status: result.status, said: said(result) };
}

describe('systemd-analyze verify', () => {
  for (const [name, host] of EXAMPLES) {
    toolTest(`finds nothing: ${name}`, ['systemd-analyze'], () => {
      // Lines about units of this machine's own distribution are none of ours.
      const result = verify(host);
      const ours = result.said.split('\n').filter((line) => line.includes('terrace'));
      expect({ ...result, ours }).toMatchObject({ status: 0, ours: [] });
    });
  }

  toolTest('finds a misspelled setting in a drop-in, too', ['systemd-analyze'], () => {
    expect(verify(WITH_CONTAINERS, (text) => text.replace('Restart=on-failure', 'Restart=on-failures')).said).toContain(
      'on-failures',
    );
  });

  toolTest('finds a misspelled setting, so the check can fail', ['systemd-analyze'], () => {
    expect(verify(WITH_CONTAINERS, (text) => text.replace('TimeoutStopSec', 'TimeoutStoppSec')).said).toContain(
      'TimeoutStoppSec',
    );
  });
});

toolTest('systemd reads every schedule, which is that of the description', ['systemd-analyze'], () => {
  const calendars = new Map(
    units({ ...WITH_CONTAINERS, certificateRenewal: '30 5 * * *', restartTime: '04:45' }).flatMap(({ path, content }) => {
      const onCalendar = /^OnCalendar=(.+)$/m.exec(content)?.[1];
      return onCalendar === undefined ? [] : [[path.split('/').at(-1)!, onCalendar] as const];
    }),
  );
  for (const onCalendar of calendars.values()) expect(run('systemd-analyze', ['calendar', onCalendar]).status).toBe(0);
  expect(Object.fromEntries(calendars)).toEqual({
    'terrace-backup.timer': '*-*-* 02:00:00 UTC',
    'terrace-drill.timer': 'Sun *-*-* 04:00:00 UTC',
    'terrace-job-report.timer': 'Mon *-*-* 04:30:00 Asia/Singapore',
    'terrace-monitor.timer': '*:0/5',
    'terrace-restart.timer': '*-*-* 04:45:00 UTC',
    'terrace.conf': 'hourly',
    'terrace-renew.timer': '*-*-* 05:30:00 UTC',
    'terrace-upload.timer': '*-*-* *:40:00',
  });
});

test('what the host does at fixed times is in its time zone, on both operating systems', () => {
  const host = { ...WITH_CONTAINERS, timezone: 'Europe/Berlin', operatingSystem: 'amazon-linux-2023' } as const;
  const calendars = units(host).flatMap(({ content }) => content.match(/^OnCalendar=.*\d:00 [A-Z].*$/gm) ?? []);
  expect(calendars.map((line) => line.replace('OnCalendar=', '')).sort()).toEqual([
    '*-*-* 02:00:00 Europe/Berlin',
    '*-*-* 03:30:00 Europe/Berlin',
    '*-*-* 03:30:00 Europe/Berlin',
    '*-*-* 12:00:00 Europe/Berlin',
    'Mon *-*-* 04:30:00 Asia/Singapore',
    'Sun *-*-* 04:00:00 Europe/Berlin',
  ]);
});

describe('the unit of the Compose project', () => {
  const unit = units(WITH_CONTAINERS).find(({ path }) => path.endsWith('/terrace-app.service'))!.content;

  test('always restarts, and never before the data volume is mounted', () => {
    expect(unit).toMatch(/^Restart=always$/m);
    expect(unit).toMatch(/^RequiresMountsFor=\/opt\/shop \/data$/m);
  });

  test('and the Docker daemon, which starts containers by itself, waits for the volume too', () => {
    const dropIn = units(WITH_CONTAINERS).find(({ path }) => path.endsWith('/docker.service.d/terrace.conf'))!.content;
    expect(dropIn).toContain('RequiresMountsFor=/data');
  });
});

test('nginx waits for the volume with its certificates, and starts again when it is killed', () => {
  const dropIn = units(WITH_CONTAINERS).find(({ path }) => path.endsWith('/nginx.service.d/terrace.conf'))!.content;
  expect(dropIn).toMatch(/^RequiresMountsFor=\/data$/m);
  expect(dropIn).toMatch(/^Restart=on-failure$/m);
});

test('on Amazon Linux the check for a restart waits for the updates; dnf itself would ignore `reboot`', () => {
  const unit = units(WITH_PACKAGES).find(({ path }) => path.endsWith('/terrace-restart.service'))!.content;
  expect(unit).toContain('Wants=dnf-automatic.service\nAfter=dnf-automatic.service\n');
  expect(JSON.stringify(renderBundle(WITH_PACKAGES))).not.toContain('reboot = ');
});

test('several hosts do not restart at the same moment', () => {
  const timer = (host: HostDescription) => units(host).find(({ path }) => path.endsWith('/terrace-restart.timer'))!.content;
  expect(timer(BALANCED)).toContain('RandomizedDelaySec=1h');
  expect(timer(WITH_CONTAINERS)).not.toContain('RandomizedDelaySec');
});

test('a job reads its own image and secrets first, so that those of others do not keep it from running', () => {
  const unit = (key: string) => units(WITH_JOB_SECRET).find(({ path }) => path.endsWith(`/terrace-job-${key}.service`))!.content;
  expect(unit('report')).toMatch(/^ExecStartPre=\S+\/terrace-secrets report\nExecStartPre=\S+\/terrace-images report$/m);
  expect(unit('migrate')).not.toContain('terrace-secrets');
});

test('each job has a unit, and a timer only when it has a schedule', () => {
  const paths = units(WITH_CONTAINERS).map(({ path }) => path.split('/').at(-1));
  expect(paths).toEqual(
    expect.arrayContaining(['terrace-job-report.service', 'terrace-job-report.timer', 'terrace-job-migrate.service']),
  );
  expect(paths).not.toContain('terrace-job-migrate.timer');
});

test('installed PostgreSQL and Redis have units that need the volume; in containers they have none', () => {
  const stores = (host: HostDescription) => units(host).filter(({ path }) => /terrace-(postgres|redis)\.service$/.test(path));
  expect(stores(WITH_CONTAINERS)).toEqual([]);
  expect(stores(WITH_PACKAGES).map(({ content }) => /^RequiresMountsFor=(.*)$/m.exec(content)?.[1])).toEqual([
    '/data/postgres',
    '/data/redis',
  ]);
});

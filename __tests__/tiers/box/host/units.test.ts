/** Units and timers, judged by systemd. */
import { renderBundle } from '../../../../src/tiers/box/host/render';
import type { HostDescription } from '../../../../src/tiers/box/host/types';
import { EXAMPLES, WITH_CONTAINERS, WITH_PACKAGES } from '../../../support/host-examples';
import { HostRoot, run, said, toolTest } from '../../../support/host-tools';

const units = (host: HostDescription) => renderBundle(host).filter(({ path }) => path.startsWith('/etc/systemd/system/'));

/** Units of the system that ours name. This machine may lack them. */
const FOREIGN = ['docker.service', 'dnf-automatic.timer', 'dnf-automatic.service'];

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
  const paths = names.map((path) => root.path(path.replace('/etc/systemd/system/', '/units/')));
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

  toolTest('finds a misspelled setting, so the check can fail', ['systemd-analyze'], () => {
    expect(verify(WITH_CONTAINERS, (text) => text.replace('TimeoutStopSec', 'TimeoutStoppSec')).said).toContain(
      'TimeoutStoppSec',
    );
  });
});

toolTest('systemd reads every schedule, which is that of the description', ['systemd-analyze'], () => {
  const calendars = new Map(
    units({ ...WITH_CONTAINERS, certificateRenewal: '30 5 * * *' }).flatMap(({ path, content }) => {
      const onCalendar = /^OnCalendar=(.*)$/m.exec(content)?.[1];
      return onCalendar === undefined ? [] : [[path.split('/').at(-1)!, onCalendar] as const];
    }),
  );
  for (const onCalendar of calendars.values()) expect(run('systemd-analyze', ['calendar', onCalendar]).status).toBe(0);
  expect(Object.fromEntries(calendars)).toEqual({
    'terrace-backup.timer': '*-*-* 02:00:00 UTC',
    'terrace-drill.timer': 'Sun *-*-* 04:00:00 UTC',
    'terrace-job-report.timer': 'Mon *-*-* 04:30:00 Asia/Singapore',
    'terrace-monitor.timer': '*:0/5',
    'terrace-renew.timer': '*-*-* 05:30:00 UTC',
    'terrace-upload.timer': '*-*-* *:40:00',
  });
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

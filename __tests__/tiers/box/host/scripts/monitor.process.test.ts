/** What the host measures about itself, and its certificates: the commands run for real, what they ask is played. */
import { readlinkSync, renameSync, symlinkSync } from 'node:fs';
import type { HostDescription } from '../../../../../src/tiers/box/host/types';
import { FakeSystem } from '../../../../support/fake-system';
import {
  BARE,
  managedDatabase,
  MANAGED,
  servingDirectly,
  WITH_CONTAINERS,
  WITH_PACKAGES,
} from '../../../../support/host-examples';
import { run, said, toolTest } from '../../../../support/host-tools';

const TOOLS = ['bash', 'jq', 'openssl'];

let system: FakeSystem;
afterEach(() => system.root.remove());

function does(name: string, ...args: readonly string[]): string {
  const result = system.root.command(name, args);
  if (result.status !== 0) throw new Error(said(result));
  return said(result);
}

/** Services answer by their ports, sites through nginx; what is asked of nginx is recorded. */
const CURL = String.raw`
asked=$*
while [ $# -gt 0 ]; do [ "$1" != --dump-header ] || headers=$2; url=$1; shift; done
case $url in
  *:8061/health) [ ! -e "$HOST_ROOT/backend-is-down" ] || exit 7; cat "$HOST_ROOT/backend-status" 2> /dev/null || echo 200 ;;
  http://*) echo 200 ;;
  https://*)
    echo "curl $asked" >> "$HOST_ROOT/calls"
    [ ! -e "$HOST_ROOT/nginx-is-down" ] || exit 7
    echo "HTTP/2 $(cat "$HOST_ROOT/status" 2> /dev/null || echo 200)" > "$headers" ;;
esac
`;

/** A host whose parts answer unless a file says otherwise. */
function host(description: HostDescription): void {
  system = new FakeSystem(description);
  const { root } = system;
  root.shim('curl', CURL);
  const stores =
    'case "$*" in *pg_isready*) [ ! -e "$HOST_ROOT/postgres-is-down" ] ;; *ping*) [ -e "$HOST_ROOT/redis-is-down" ] || echo PONG ;; esac';
  root.shim('docker', stores);
  root.shim('runuser', stores);
  root.shim('timeout', 'shift; case "$1" in *redis*-cli) [ -e "$HOST_ROOT/redis-is-down" ] || echo PONG ;; *) exec "$@" ;; esac');
}

const measure = (): Readonly<Record<string, number>> => {
  does('monitor');
  return Object.fromEntries(Object.entries(system.aws.takeMetrics()).map(([name, value]) => [name, Number(value)]));
};

describe('the monitor', () => {
  for (const [name, description] of [
    ['in containers', WITH_CONTAINERS],
    ['installed', WITH_PACKAGES],
  ] as const) {
    toolTest(`publishes all metrics in one call, data stores ${name}`, TOOLS, () => {
      host(description);
      const measured = measure();
      expect(measured).toEqual({
        HealthCheckFailures: 0,
        DiskUsedPercent: expect.any(Number),
        MemoryUsedPercent: expect.any(Number),
        PostgresUp: 1,
        RedisUp: 1,
        LastGoodBackupAgeHours: 0,
        RestoreProvenAgeHours: 0,
        CertificateDaysLeft: 0,
        ApplyFailed: 0,
        ReleaseFailed: 0,
        RebootPending: 0,
      });
      for (const percent of [measured.DiskUsedPercent!, measured.MemoryUsedPercent!]) {
        expect(percent).toBeGreaterThan(0);
        expect(percent).toBeLessThanOrEqual(100);
      }
      const calls = system.takeCalls().filter((call) => call.startsWith('aws'));
      expect(calls).toEqual([
        expect.stringMatching(/^aws cloudwatch put-metric-data --namespace Terrace\/Box --metric-data file:/),
      ]);
    });
  }

  toolTest('reports each part that is down', TOOLS, () => {
    host(WITH_CONTAINERS);
    for (const name of ['backend-is-down', 'postgres-is-down', 'redis-is-down', 'failed']) system.root.write(`/${name}`, '');
    expect(measure()).toMatchObject({ HealthCheckFailures: 1, PostgresUp: 0, RedisUp: 0, ApplyFailed: 1 });
    expect(does('monitor')).toContain('backend answers with status 0 on port 8061, /health, not with 200');
  });

  toolTest('asks a service on the one of its two ports on which it runs', TOOLS, () => {
    host(WITH_CONTAINERS);
    system.root.write('/backend-is-down', '');
    expect(measure().HealthCheckFailures).toBe(1);
    system.root.write('/var/lib/terrace/second-ports/backend', '');
    expect(measure().HealthCheckFailures).toBe(0);
  });

  toolTest('reports a release that was taken back, until its reason is gone, without the lines of the container', TOOLS, () => {
    host(WITH_CONTAINERS);
    const reason = '/var/lib/terrace/releases/backend.reason';
    system.root.write(reason, 'backend: shop/backend:2 was taken back: it ended\n    a line of its log\n');
    const said = does('monitor');
    expect(said).toContain('backend: shop/backend:2 was taken back: it ended\n');
    expect(said).not.toContain('a line of its log');
    expect(system.aws.takeMetrics().ReleaseFailed).toBe('1');
    system.root.removeFile(reason);
    expect(measure().ReleaseFailed).toBe(0);
  });

  toolTest('takes the statuses of the health check for healthy, and no others', TOOLS, () => {
    const failures = (matcher: string, status: string) => {
      const containers = WITH_CONTAINERS.containers.map((container) =>
        container.kind === 'service' ? { ...container, health: { ...container.health, matcher } } : container,
      );
      host({ ...WITH_CONTAINERS, containers: containers.filter(({ key }) => key === 'backend') });
      system.root.write('/backend-status', status);
      const { HealthCheckFailures } = measure();
      system.root.remove();
      return HealthCheckFailures;
    };
    expect(failures('200', '200')).toBe(0);
    expect(failures('200', '204')).toBe(1);
    expect(failures('200,202-206', '204')).toBe(0);
    expect(failures('200,202-206', '201')).toBe(1);
    expect(failures('200,202-206', '207')).toBe(1);
  });

  toolTest(
    'asks each name through nginx, on a health path that is routed there, with any certificate only while it is our own',
    TOOLS,
    () => {
      host(WITH_CONTAINERS);
      does('certificates', 'prepare');
      system.takeCalls();
      expect(measure().HealthCheckFailures).toBe(0);
      const asked = () => system.takeCalls().filter((call) => call.startsWith('curl'));
      expect(asked()).toEqual([
        expect.stringMatching(/--resolve shop\.example:443:127\.0\.0\.1 --insecure https:\/\/shop\.example\/health$/),
        expect.stringMatching(/--resolve api\.shop\.example:443:127\.0\.0\.1 --insecure https:\/\/api\.shop\.example\/health$/),
      ]);
      symlinkSync('/data/letsencrypt/live/shop.example/fullchain.pem', system.root.path('/link'));
      renameSync(system.root.path('/link'), system.root.path('/data/tls/shop.example/fullchain.pem'));
      measure();
      expect(asked()[0]).not.toContain('--insecure');
    },
  );

  toolTest('counts the names that nginx does not answer for, or only with an error', TOOLS, () => {
    host(WITH_CONTAINERS);
    system.root.write('/nginx-is-down', '');
    expect(measure().HealthCheckFailures).toBe(2);
    expect(does('monitor')).toContain('https://shop.example/health does not answer');
    system.root.removeFile('/nginx-is-down');
    system.root.write('/status', '502');
    expect(measure().HealthCheckFailures).toBe(2);
  });

  toolTest('an application without a routed health path may answer what it likes, except that it is not there', TOOLS, () => {
    const sites = [{ name: 'shop.example', locations: [{ path: '/api/', port: 8061 }] }];
    host({ ...WITH_CONTAINERS, ingress: servingDirectly(sites) });
    system.root.write('/status', '404');
    expect(measure().HealthCheckFailures).toBe(0);
    system.root.write('/status', '502');
    expect(measure().HealthCheckFailures).toBe(1);
  });

  toolTest('reports a configuration that could not be applied by hand, too', TOOLS, () => {
    host(WITH_CONTAINERS);
    system.root.write('/run/terrace/apply-failed', '');
    expect(measure().ApplyFailed).toBe(1);
  });

  toolTest('counts hours since the last successful backup, or since the first measurement while there is none', TOOLS, () => {
    host(WITH_CONTAINERS);
    const hoursAgo = (hours: number) => `${Math.floor(Date.now() / 1000) - hours * 3600}\n`;
    system.root.write('/data/backups/since', hoursAgo(200));
    system.root.write('/data/backups/last-good-backup', hoursAgo(27));
    const measured = measure();
    expect(measured.LastGoodBackupAgeHours).toBeCloseTo(27, 1);
    expect(measured.RestoreProvenAgeHours).toBeCloseTo(200, 1);
  });

  toolTest('a backup of a host whose clock was ahead counts as old, so that the alarm sees it', TOOLS, () => {
    host(WITH_CONTAINERS);
    system.root.write('/data/backups/last-good-backup', String(Math.floor(Date.now() / 1000) + 86_400));
    expect(measure().LastGoodBackupAgeHours).toBe(9999);
  });

  toolTest('publishes no age of backups while their volume is not mounted', TOOLS, () => {
    host(WITH_CONTAINERS);
    system.root.write('/unmounted', '');
    expect(Object.keys(measure())).not.toContain('LastGoodBackupAgeHours');
  });

  toolTest('measures only what the host has', TOOLS, () => {
    host(BARE);
    expect(Object.keys(measure()).sort()).toEqual([
      'ApplyFailed',
      'DiskUsedPercent',
      'HealthCheckFailures',
      'LastGoodBackupAgeHours',
      'MemoryUsedPercent',
      'RebootPending',
      'ReleaseFailed',
    ]);
  });

  toolTest('a managed database or cache that cannot be reached is down', TOOLS, () => {
    host({
      ...MANAGED,
      database: managedDatabase('127.0.0.1', '1'),
      cache: { placement: 'managed', host: '127.0.0.1', port: '1' },
    });
    expect(measure()).toMatchObject({ PostgresUp: 0, RedisUp: 0 });
  });

  toolTest('fails when CloudWatch cannot be reached', TOOLS, () => {
    host(WITH_CONTAINERS);
    system.aws.down = true;
    expect(system.root.command('monitor').status).not.toBe(0);
  });
});

describe('a restart after updates', () => {
  const restarts = () => {
    does('restart');
    return system.takeCalls().includes('systemctl reboot');
  };

  toolTest('on Ubuntu comes when a package asks for it, and not otherwise', TOOLS, () => {
    host(WITH_CONTAINERS);
    expect(restarts()).toBe(false);
    system.root.write('/run/reboot-required', '');
    expect(measure().RebootPending).toBe(1);
    expect(restarts()).toBe(true);
  });

  toolTest('on Amazon Linux comes when another kernel is installed than runs', TOOLS, () => {
    host(WITH_PACKAGES);
    expect(restarts()).toBe(false);
    system.root.write('/kernel', '/boot/vmlinuz-6.12.99-1.amzn2023.x86_64');
    expect(measure().RebootPending).toBe(1);
    expect(restarts()).toBe(true);
  });

  toolTest('on Amazon Linux comes when a library that everything uses was installed after the start', TOOLS, () => {
    host(WITH_PACKAGES);
    system.root.write('/installed', '9999999999');
    expect(measure().RebootPending).toBe(1);
    expect(restarts()).toBe(true);
  });

  toolTest('waits for a backup or a job that runs', TOOLS, () => {
    host(WITH_CONTAINERS);
    system.root.write('/run/reboot-required', '');
    system.root.write('/busy', 'terrace-backup.service loaded activating start\n');
    system.root.shim('sleep', 'echo sleep >> "$HOST_ROOT/calls"; rm "$HOST_ROOT/busy"');
    does('restart');
    expect(system.takeCalls().filter((call) => /^(sleep|systemctl reboot)/.test(call))).toEqual(['sleep', 'systemctl reboot']);
  });
});

describe('certificates', () => {
  /** Let's Encrypt, as certbot leaves it behind. */
  const AUTHORITY = String.raw`
echo "certbot $*" >> "$HOST_ROOT/calls"
[ ! -e "$HOST_ROOT/authority-is-down" ] || exit 1
if [ "$1" = certonly ]; then
  while [ "$1" != --cert-name ]; do shift; done
  live=$HOST_ROOT/data/letsencrypt/live/$2
  mkdir -p "$live"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 60 -subj "/CN=authority" -keyout "$live/privkey.pem" -out "$live/fullchain.pem" 2> /dev/null
fi
`;
  const link = (site: string) => readlinkSync(system.root.path(`/data/tls/${site}/fullchain.pem`)).replace(system.root.root, '');
  const requests = () => system.takeCalls().filter((call) => call.startsWith('certbot certonly'));

  beforeEach(() => {
    host(WITH_CONTAINERS);
    system.root.shim('certbot', AUTHORITY);
  });

  toolTest('are self-signed at first, for the right name, so that nginx starts', TOOLS, () => {
    does('certificates', 'prepare');
    const certificate = system.root.path('/data/tls/api.shop.example/fullchain.pem');
    expect(said(run('openssl', ['x509', '-noout', '-ext', 'subjectAltName', '-in', certificate]))).toContain(
      'DNS:api.shop.example',
    );
    expect(link('shop.example')).toBe('own/fullchain.pem');
    expect(requests()).toEqual([]);
  });

  toolTest("are replaced by Let's Encrypt's, one for each name, and nginx reloads", TOOLS, () => {
    system.root.write('/active-nginx', '');
    does('certificates', 'obtain');
    expect(link('shop.example')).toBe('/data/letsencrypt/live/shop.example/fullchain.pem');
    const calls = system.takeCalls();
    expect(calls.filter((call) => call.startsWith('certbot certonly'))).toEqual([
      expect.stringMatching(/--email ops@shop\.example --webroot .*--domain shop\.example /),
      expect.stringMatching(/--domain api\.shop\.example /),
    ]);
    expect(calls.at(-1)).toBe('systemctl reload nginx');
    expect(measure().CertificateDaysLeft).toBeGreaterThan(57);
  });

  toolTest('are requested once an hour at most while the name does not point to the host', TOOLS, () => {
    system.root.write('/authority-is-down', '');
    expect(does('certificates', 'obtain')).toContain('no certificate for shop.example yet');
    expect(requests()).toHaveLength(2);
    does('certificates', 'obtain');
    expect(requests()).toHaveLength(0);
    expect(link('shop.example')).toBe('own/fullchain.pem');
    run('touch', ['-d', '2 hours ago', system.root.path('/var/lib/terrace/certificate-shop.example')]);
    does('certificates', 'obtain');
    expect(requests()).toHaveLength(1);
  });

  toolTest('stay valid on a new host with the same data volume', TOOLS, () => {
    does('certificates', 'obtain');
    requests();
    system.root.removeFile('/var/lib/terrace/certificate-shop.example');
    does('certificates', 'obtain');
    expect(requests()).toEqual([]);
  });

  toolTest('are renewed with the same directories', TOOLS, () => {
    does('certificates', 'renew');
    const renewal = system.takeCalls().find((call) => call.startsWith('certbot renew'));
    expect(renewal).toMatch(/--deploy-hook systemctl reload nginx --config-dir \/data\/letsencrypt /);
  });
});

describe('on demand', () => {
  toolTest('a job runs by its name; an unknown name lists the jobs', TOOLS, () => {
    host(WITH_CONTAINERS);
    does('job', 'migrate');
    expect(system.takeCalls()).toContain('systemctl start terrace-job-migrate.service');
    const result = system.root.command('job', ['migrations']);
    expect([result.status, said(result)]).toEqual([2, expect.stringMatching(/  migrate\n  report\n/)]);
  });

  toolTest('a failed job is published', TOOLS, () => {
    host(WITH_CONTAINERS);
    does('failed', 'terrace-job-report');
    expect(system.aws.takeMetrics()).toEqual({ JobFailed: '1' });
  });
});

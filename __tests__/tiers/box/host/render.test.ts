/** The files of a host, read as text: what must be in them, and what must never be. */
import { renderBundle, renderUserData } from '../../../../src/tiers/box/host/render';
import { HOST_METRICS } from '../../../../src/contracts/host-metrics';
import type { HostDescription } from '../../../../src/tiers/box/host/types';
import { BARE, EXAMPLES, MANAGED, WITH_CONTAINERS, WITH_PACKAGES } from '../../../support/host-examples';

/** One file of a host. */
function file(host: HostDescription, path: string): string {
  const found = renderBundle(host).find((each) => each.path === path);
  if (found === undefined) throw new Error(`no ${path}`);
  return found.content;
}

const paths = (host: HostDescription) => renderBundle(host).map(({ path }) => path);

describe('the bundle', () => {
  test.each(EXAMPLES)('is the same bytes for the same description, in the order of paths: %s', (_, host) => {
    expect(JSON.stringify(renderBundle(host))).toBe(JSON.stringify(renderBundle(structuredClone(host))));
    expect(paths(host)).toEqual([...paths(host)].sort());
    expect(new Set(paths(host)).size).toBe(paths(host).length);
  });

  test.each(EXAMPLES)('holds absolute paths and whole lines: %s', (_, host) => {
    for (const { path, content } of renderBundle(host)) {
      expect(path).toMatch(/^\//);
      expect({ path, ends: content === '' || content.endsWith('\n') }).toEqual({ path, ends: true });
    }
  });

  test('keeps references whole', () => {
    const host = { ...WITH_PACKAGES, dataVolumeId: 'TerraformReference1x', configurationBucket: 'TerraformReference2x' };
    expect(file(host, '/etc/terrace/boot.env')).toContain(
      "DATA_VOLUME_ID='TerraformReference1x'\nCONFIGURATION_BUCKET='TerraformReference2x'\n",
    );
    expect(file(host, '/opt/shop/backend.env')).toContain("DATABASE_HOST='TerraformReference0x'\n");
  });

  test('names secrets by ARN only', () => {
    expect(file(WITH_CONTAINERS, '/etc/terrace/secrets.tsv')).toBe(
      [
        'backend.env\tdotenv\tDATABASE_URL\tarn:aws:secretsmanager:us-east-1:1:secret:app\turl',
        'backend.env\tdotenv\tJWT_SECRET\tarn:aws:secretsmanager:us-east-1:1:secret:jwt\t-',
        'roles.env\tshell\tROLE_APP_PASSWORD\tarn:aws:secretsmanager:us-east-1:1:secret:app\tpassword',
        'roles.env\tshell\tROLE_READER_PASSWORD\tarn:aws:secretsmanager:us-east-1:1:secret:reader\tpassword',
        '',
      ].join('\n'),
    );
    expect(renderUserData(WITH_CONTAINERS)).not.toMatch(/secretsmanager|password/i);
  });

  test('refuses two parts that write one file', () => {
    const [backend] = WITH_CONTAINERS.containers;
    expect(() => renderBundle({ ...WITH_CONTAINERS, containers: [backend!, backend!] })).toThrow(
      'two parts of the host write /opt/shop/backend.env',
    );
  });
});

describe('PostgreSQL and Redis', () => {
  const settings = {
    postgres: { maxConnections: 200, sharedBuffersMib: 256, slowStatementMilliseconds: 500 },
    redis: { maxMemoryMib: 64 },
  };

  test('have the settings of the description as packages', () => {
    const host = { ...WITH_PACKAGES, ...settings };
    expect(file(host, '/etc/terrace/postgresql.conf').split('\n')).toEqual(
      expect.arrayContaining([
        "listen_addresses = 'localhost'",
        "port = '5432'",
        "max_connections = '200'",
        "shared_buffers = '256MB'",
        "log_min_duration_statement = '500'",
      ]),
    );
    expect(file(host, '/etc/terrace/redis.conf').split('\n')).toContain('maxmemory 64mb');
  });

  test('have the same settings in containers', () => {
    const compose = file({ ...WITH_CONTAINERS, ...settings }, '/opt/shop/compose.yaml');
    for (const word of ['max_connections=200', 'shared_buffers=256MB', 'log_min_duration_statement=500', '64mb'])
      expect(compose).toContain(`- ${word}\n`);
  });

  test('admit the superuser by peer, everyone else by SCRAM, none by md5', () => {
    const rules = file(WITH_PACKAGES, '/etc/terrace/pg_hba.conf')
      .split('\n')
      .filter((line) => /^(local|host)/.test(line));
    expect(rules.map((rule) => rule.split(/ +/).join(' '))).toEqual([
      'local all postgres peer',
      'local all all scram-sha-256',
      'host all postgres 127.0.0.1/32 reject',
      'host all all 127.0.0.1/32 scram-sha-256',
      'host all postgres ::1/128 reject',
      'host all all ::1/128 scram-sha-256',
    ]);
  });

  test('as packages: Redis listens on the loopback address only, keeps its data on the volume, and evicts as described', () => {
    const settings = file(WITH_PACKAGES, '/etc/terrace/redis.conf').split('\n');
    expect(settings).toEqual(
      expect.arrayContaining(['bind 127.0.0.1 -::1', 'dir /data/redis', 'appendonly yes', 'maxmemory-policy volatile-lru']),
    );
  });
});

describe('hardening', () => {
  test('SSH accepts no passwords', () => {
    expect(file(WITH_PACKAGES, '/etc/ssh/sshd_config.d/00-terrace.conf')).toContain('PasswordAuthentication no\n');
    expect(renderUserData(WITH_PACKAGES)).toContain('ssh_pwauth: false\n');
  });

  test('the firewall lets HTTP and HTTPS through, and SSH only when some network may use it', () => {
    expect(file(WITH_PACKAGES, '/etc/terrace/firewall')).toBe('http\nhttps\nssh\n');
    expect(file(WITH_CONTAINERS, '/etc/terrace/firewall')).toBe('http\nhttps\n');
  });
});

describe('backups', () => {
  test('are kept on the host for the days of the description', () => {
    expect(file(WITH_PACKAGES, '/etc/terrace/host.env')).toContain("BACKUP_RETENTION_DAYS='7'\n");
  });

  test('hold the application directory and the uploads', () => {
    expect(file(WITH_PACKAGES, '/etc/terrace/backup-paths')).toBe('/opt/shop\n/data/files\n');
  });
});

describe('security updates are automatic', () => {
  test('on Ubuntu, where the host restarts by itself and not in the middle of a backup', () => {
    expect(file(WITH_CONTAINERS, '/etc/apt/apt.conf.d/52terrace')).toContain('APT::Periodic::Unattended-Upgrade "1";');
    expect(file(WITH_CONTAINERS, '/etc/apt/apt.conf.d/52terrace')).toContain('Unattended-Upgrade::Automatic-Reboot "false";');
  });

  test('on Amazon Linux, which must follow the latest release to see any', () => {
    expect(file(WITH_PACKAGES, '/etc/dnf/automatic.conf')).toMatch(/upgrade_type = security\n[^]*apply_updates = yes/);
    expect(file(WITH_PACKAGES, '/etc/dnf/vars/releasever')).toBe('latest\n');
  });
});

describe('logs of nginx', () => {
  test.each([
    ['www-data', WITH_CONTAINERS],
    ['nginx', WITH_PACKAGES],
  ])('are rotated hourly when they are large, and belong to %s', (user, host) => {
    expect(file(host, '/etc/logrotate.d/nginx')).toMatch(new RegExp(`maxsize 100M\n[^]*create 0640 ${user} adm\n`));
    expect(file(host, '/etc/systemd/system/logrotate.timer.d/terrace.conf')).toContain('OnCalendar=\nOnCalendar=hourly\n');
  });
});

describe('the CloudWatch agent', () => {
  test('ships memory, both disks, and the logs of the host', () => {
    const { metrics, logs } = JSON.parse(file(WITH_CONTAINERS, '/etc/terrace/cloudwatch-agent.json'));
    expect(metrics).toMatchObject({
      namespace: 'Terrace/Box',
      metrics_collected: { mem: { measurement: ['used_percent'] }, disk: { resources: ['/', '/data'] } },
    });
    const files = logs.logs_collected.files.collect_list.map((entry: { file_path: string }) => entry.file_path);
    expect(files).toEqual(expect.arrayContaining(['/var/log/nginx/access.log', '/var/log/auth.log']));
  });
});

describe('the choice of files', () => {
  test('a host without database has no restore and no drill; one with a managed database has both', () => {
    expect(paths(BARE).filter((path) => /restore|drill/.test(path))).toEqual([]);
    expect(paths(MANAGED)).toEqual(
      expect.arrayContaining(['/usr/local/sbin/terrace-restore', '/etc/systemd/system/terrace-drill.timer']),
    );
  });

  test('the host does not manage the roles of a managed database', () => {
    expect(paths(MANAGED)).not.toContain('/usr/local/sbin/terrace-database');
    expect(paths(WITH_CONTAINERS)).toContain('/usr/local/sbin/terrace-database');
  });

  test("the plugin of Compose is the one for the host's processor", () => {
    const library = (architecture: HostDescription['architecture']) =>
      file({ ...WITH_PACKAGES, architecture }, '/usr/local/lib/terrace/system.sh');
    expect(library('arm64')).toContain('docker-compose-linux-aarch64');
    expect(library('x86_64')).toContain('docker-compose-linux-x86_64');
  });

  test('every published metric has a name that alarms know, and every such metric is published', () => {
    const published = EXAMPLES.flatMap(([, host]) => renderBundle(host)).flatMap(({ content }) => [
      ...content.matchAll(/^\s*(?:measure|publish) ([A-Za-z]+)/gm),
    ]);
    expect(new Set(published.map(([, name]) => name))).toEqual(new Set(Object.values(HOST_METRICS)));
  });
});

/**
 * Boots the host of a box with its synthesised user data and configuration, as far as this machine allows:
 * `npm run test:box -- [environment]`. Real are the root file system (Debian's, by debootstrap), systemd as process 1 with its
 * units and timers, the data volume (a loop device), nginx, sshd and PostgreSQL. Stand-ins are AWS, Docker and what installs
 * packages; of the containers only PostgreSQL runs.
 * Exit codes: 0 every scenario holds, 1 one does not, 3 this machine cannot run it.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const HERE = join(ROOT, 'scripts/box');
const BASE = join(ROOT, '.terrace/box-base');
const VOLUME = 'vol-0123456789abcdef0';
const LINK = `/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${VOLUME.replace('-', '')}`;
/** What a copy of the volume, attached next to it, is called. */
const OTHER_LINK = LINK.replace(/0$/, '1');
const PACKAGES =
  'systemd,systemd-sysv,dbus,udev,ca-certificates,curl,jq,openssl,procps,iproute2,e2fsprogs,nginx-light,openssh-server,postgresql,gnupg';
/** Programs whose calls succeed and do nothing. */
const DO_NOTHING = ['apt-get', 'snap', 'ufw', 'certbot', 'fail2ban-client', 'swapon', 'resize2fs', 'gpg'];
/** The program by which the CloudWatch agent is configured. */
const AGENT = '/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl';
/** Units of packages that are not installed. */
const UNITS = ['docker', 'fail2ban', 'amazon-cloudwatch-agent', 'certbot'];
const MINUTES = 60_000;

const output = (program, args) => execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
const succeeds = (program, args) => spawnSync(program, args, { stdio: 'ignore', timeout: MINUTES }).status === 0;

function cannot(reason) {
  process.stdout.write(`test:box cannot run on this machine: ${reason}\n`);
  process.exit(3);
}

/** Ends with a line when something is missing. */
function checkMachine() {
  if (process.platform !== 'linux' || process.getuid() !== 0) cannot('it needs root on Linux');
  for (const tool of ['debootstrap', 'unshare', 'nsenter', 'losetup', 'mkfs.ext4', 'findmnt', 'apt-get'])
    if (!succeeds('sh', ['-c', `command -v ${tool}`])) cannot(`${tool} is not installed`);
  if (!succeeds('losetup', ['--find'])) cannot('there is no free loop device');
  if (!succeeds('unshare', ['--mount', '--pid', '--fork', '--uts', '--ipc', '--net', '--cgroup', 'true']))
    cannot('no namespaces');
  if (!succeeds('findmnt', ['--types', 'cgroup2'])) cannot('no unified control groups are mounted');
}

/** The root file system, once: from the mirror that this machine's apt uses. */
function makeBase() {
  if (existsSync(join(BASE, '.complete'))) return;
  const suite = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? '';
  const lines = output('apt-get', ['indextargets', '--format', '$(SITE) $(CODENAME)', 'Created-By: Packages']).split('\n');
  const mirror = lines.find((line) => line.endsWith(` ${suite}`))?.split(' ')[0];
  if (mirror === undefined) cannot(`apt has no mirror of ${suite}`);
  rmSync(BASE, { recursive: true, force: true });
  mkdirSync(BASE, { recursive: true });
  process.stdout.write(`installing a root file system into ${BASE}, once\n`);
  const log = spawnSync('debootstrap', ['--variant=minbase', `--include=${PACKAGES}`, suite, BASE, mirror], { encoding: 'utf8' });
  if (log.status !== 0) cannot(`debootstrap failed: ${log.stdout.trim().split('\n').at(-1)}`);
  writeFileSync(join(BASE, '.complete'), '');
}

/** A Terraform string as it would arrive on the host: references become values of this test, escapes are undone. */
const applied = (text) =>
  text
    .replace(/(?<!\$)\$\{([^}]*)\}/g, (_, reference) =>
      /volume/i.test(reference) ? VOLUME : reference.replace(/[^a-z0-9]+/gi, '-'),
    )
    .replace(/\$\$\{/g, '${')
    .replace(/%%\{/g, '%{');

/** User data and configuration of an environment, from its synthesised stack. */
function synthesised(environment) {
  execFileSync('node', ['scripts/terrace.mjs', 'synth', environment], { cwd: ROOT, stdio: 'ignore' });
  const stack = JSON.parse(readFileSync(join(ROOT, 'cdktf.out/stacks', `${environment}-compute-box`, 'cdk.tf.json'), 'utf8'));
  const [instance] = Object.values(stack.resource.aws_instance);
  const [object] = Object.values(stack.resource.aws_s3_object);
  const userData = parse(applied(instance.user_data));
  // Debian's version, whatever the environment's: the stand-in of Docker runs its programs.
  const [version] = readdirSync(join(BASE, 'usr/lib/postgresql'));
  return { userData, configuration: applied(object.content).replace(/POSTGRES_VERSION='\d+'/, `POSTGRES_VERSION='${version}'`) };
}

class Box {
  #init;
  #process;

  constructor(directory, { userData, configuration }) {
    this.directory = directory;
    this.aws = join(directory, 'aws');
    this.userData = userData;
    const settings = userData.write_files.find(({ path }) => path === '/etc/terrace/boot.env').content;
    const value = (name) => new RegExp(`^${name}='(.*)'$`, 'm').exec(settings)[1];
    this.backups = value('BACKUP_BUCKET');
    this.key = join('s3', value('CONFIGURATION_BUCKET'), value('CONFIGURATION_KEY'));
    this.put(this.key, configuration);
    const secrets = JSON.parse(configuration).files.find(({ path }) => path === '/etc/terrace/secrets.tsv').content;
    const keys = secrets
      .split('\n')
      .filter(Boolean)
      .map((row) => row.split('\t')[4]);
    this.put('secret', JSON.stringify(Object.fromEntries(keys.map((key) => [key, 'value']))));
    this.put('parameters/any', 'registry.example/app:1\n');
    this.disk = this.attach('volume');
    this.disks = [`${this.disk}=${LINK}`];
  }

  put(path, content) {
    mkdirSync(dirname(join(this.aws, path)), { recursive: true });
    writeFileSync(join(this.aws, path), content);
  }

  read(path) {
    return existsSync(join(this.aws, path)) ? readFileSync(join(this.aws, path), 'utf8') : '';
  }

  /** A blank disk. */
  attach(name) {
    const image = join(this.directory, name);
    execFileSync('truncate', ['--size=256M', image]);
    const device = output('losetup', ['--find', '--show', image]);
    this.devices = [...(this.devices ?? []), device];
    return device;
  }

  /** An instance that has never run: the former one's system disk is gone. */
  replace() {
    this.kill();
    const upper = join(this.directory, 'upper');
    for (const name of ['upper', 'work']) rmSync(join(this.directory, name), { recursive: true, force: true });
    const write = (path, content, mode) => {
      mkdirSync(dirname(join(upper, path)), { recursive: true });
      writeFileSync(join(upper, path), content);
      chmodSync(join(upper, path), mode);
    };
    for (const name of ['aws', 'docker']) write(`/usr/local/bin/${name}`, readFileSync(join(HERE, `${name}.sh`)), 0o755);
    for (const name of DO_NOTHING) write(`/usr/local/bin/${name}`, '#!/bin/sh\nexit 0\n', 0o755);
    write(AGENT, '#!/bin/sh\nexit 0\n', 0o755);
    for (const name of UNITS)
      write(
        `/etc/systemd/system/${name}.service`,
        '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n\n[Install]\nWantedBy=multi-user.target\n',
        0o644,
      );
    // Debian's own cluster; the one of the system is on the volume.
    symlinkSync('/dev/null', join(upper, 'etc/systemd/system/postgresql.service'));
    write('/etc/fstab', '# the system disk\n', 0o644);
    for (const { path, content, permissions } of this.userData.write_files) write(path, content, Number.parseInt(permissions, 8));
    this.boot();
    for (const [program, ...args] of this.userData.runcmd) this.run([program, ...args].join(' '));
  }

  boot() {
    this.#process = spawn('bash', [join(HERE, 'boot.sh'), BASE, this.directory, this.aws, ...this.disks], { stdio: 'ignore' });
    this.until('systemd', () => {
      const child = spawnSync('pgrep', ['--parent', String(this.#process.pid)], { encoding: 'utf8' }).stdout.trim();
      if (child === '') return false;
      this.#init = child;
      return /running|degraded/.test(this.run('systemctl is-system-running').stdout);
    });
  }

  /** As if the power went. */
  kill() {
    if (this.#process === undefined) return;
    if (this.#init !== undefined) spawnSync('kill', ['-KILL', this.#init]);
    spawnSync('kill', ['-KILL', String(this.#process.pid)]);
    this.#process = this.#init = undefined;
    spawnSync('sleep', ['1']);
  }

  reboot() {
    this.kill();
    this.boot();
  }

  /** A line on the host. */
  run(line) {
    const inside = ['--target', this.#init, '--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup'];
    const environment = ['env', '-i', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root'];
    return spawnSync('nsenter', [...inside, ...environment, 'bash', '-c', line], { encoding: 'utf8', timeout: 5 * MINUTES });
  }

  /** A line that is expected to succeed, with the settings of the host. Returns what it printed. */
  succeed(line) {
    const { status, stdout, stderr } = this.run(`. /etc/terrace/host.env\n${line}`);
    const printed = `${stdout}${stderr}`.trim();
    if (status !== 0) throw new Error(`${line}: ${printed.split('\n').slice(-3).join(' / ')}`);
    return printed;
  }

  pull() {
    this.succeed('terrace-pull');
  }

  until(what, holds, timeout = 2 * MINUTES) {
    for (const end = Date.now() + timeout; Date.now() < end; spawnSync('sleep', ['0.5'])) if (holds()) return;
    throw new Error(`${what}: not within ${timeout / 1000} seconds`);
  }

  remove() {
    this.kill();
    for (const device of this.devices) spawnSync('losetup', ['--detach', device]);
    const groups =
      'find "$(findmnt --noheadings --first-only --types cgroup2 --output TARGET)"/terrace-box-* -depth -type d -exec rmdir {} +';
    spawnSync('bash', ['-c', groups], { stdio: 'ignore' });
    rmSync(this.directory, { recursive: true, force: true });
  }
}

function expect(what, holds) {
  if (!holds) throw new Error(what);
}

const mountedDisk = (box) => box.run('findmnt --noheadings --output SOURCE /data').stdout.trim();
const isUp = (box) => box.run('systemctl is-active terrace-app nginx').stdout.trim() === 'active\nactive';
/** The timer's first run has ended well. */
const isApplied = (box) => () =>
  box
    .run('systemctl show --property=Result,ActiveState,ExecMainExitTimestampMonotonic terrace-pull')
    .stdout.includes('ActiveState=inactive') && isUp(box);

/** Whether every application has an image with this tag. */
const isReleased = (box, tag) =>
  box
    .succeed('grep ^IMAGE_ "$APPLICATION_DIRECTORY/.env"')
    .split('\n')
    .every((line) => line.endsWith(`:${tag}`));

/** How many of the requests fail that the first name is asked while a line runs: some 20 a second. */
function failedRequests(box, line) {
  const ask =
    'curl --silent --insecure --output /dev/null --write-out "%{http_code}\\n" --resolve "$site:443:127.0.0.1" "https://$site/"';
  const codes = box.succeed(
    `site=$(head -n 1 /etc/terrace/sites); rm -f /tmp/stop; (while [ ! -e /tmp/stop ]; do ${ask} || true; sleep 0.05; done) > /tmp/codes & ` +
      `${line} > /tmp/said 2>&1 || { cat /tmp/said; touch /tmp/stop; exit 1; }; touch /tmp/stop; wait; cat /tmp/codes`,
  );
  return codes.split('\n').filter((code) => code !== '200').length;
}

/** In this order; each goes on from the one before. */
const SCENARIOS = [
  [
    'first boot: the volume is formatted and mounted, containers and nginx start',
    (box) => {
      box.replace();
      box.until('the system', isApplied(box), 4 * MINUTES);
      expect('/data is not the volume', mountedDisk(box) === box.disk);
      box.run('echo kept > /data/proof');
    },
  ],
  [
    'a second run changes nothing',
    (box) => {
      const before = box
        .read('docker-calls')
        .split('\n')
        .filter((line) => line.includes(' up ')).length;
      box.pull();
      expect(
        'containers were replaced',
        box
          .read('docker-calls')
          .split('\n')
          .filter((line) => line.includes(' up ')).length === before,
      );
    },
  ],
  [
    'release: the new image is pulled and serves, and no request fails',
    (box) => {
      box.put('parameters/any', 'registry.example/app:2\n');
      const failed = failedRequests(box, 'terrace-release --wait');
      expect('not pulled', /pull .*app:2/.test(box.read('docker-calls')));
      expect(`does not run: ${box.read('docker-calls').split('\n').slice(-9).join(' / ')}`, isReleased(box, '2'));
      // On the host's network there is no second port.
      expect(`${failed} requests failed`, failed === 0 || box.run('cut -f 9 /etc/terrace/rollouts.tsv').stdout.startsWith('-'));
    },
  ],
  [
    'release of an image that ends at its start: taken back, and no request fails',
    (box) => {
      box.put('parameters/any', 'registry.example/app:ill\n');
      const failed = failedRequests(box, '! terrace-release --wait');
      expect('not taken back', isReleased(box, '2'));
      expect(`${failed} requests failed`, failed === 0 || box.run('cut -f 9 /etc/terrace/rollouts.tsv').stdout.startsWith('-'));
    },
  ],
  [
    'rollback: the former image starts again',
    (box) => {
      box.put('parameters/any', 'registry.example/app:1\n');
      box.put('docker-calls', '');
      box.pull();
      expect('not started', box.read('docker-calls').includes('compose up'));
    },
  ],
  [
    'power cut, and an image that cannot be pulled: data stores and nginx run',
    (box) => {
      box.put('parameters/any', 'registry.example/app:broken\n');
      box.put('docker-calls', '');
      box.reboot();
      box.until(
        'data stores and nginx',
        () => /compose (up|start).* postgres/.test(box.read('docker-calls')) && isUp(box),
        3 * MINUTES,
      );
      box.put('parameters/any', 'registry.example/app:1\n');
      box.pull();
    },
  ],
  [
    'dead nginx: it is started again',
    (box) => {
      box.run('pkill -9 nginx; systemctl reset-failed nginx');
      box.pull();
      expect('nginx is down', isUp(box));
    },
  ],
  [
    'reboot with a copy of the volume attached: the volume is mounted, not the copy',
    (box) => {
      box.kill();
      const copy = box.attach('copy');
      execFileSync('dd', [`if=${box.disk}`, `of=${copy}`, 'bs=4M', 'status=none']);
      box.disks = [`${copy}=${OTHER_LINK}`, `${box.disk}=${LINK}`];
      box.boot();
      box.until('the volume', () => mountedDisk(box) === box.disk);
    },
  ],
  [
    'replaced host: the same data, and no formatting',
    (box) => {
      box.disks = [`${box.disk}=${LINK}`];
      box.replace();
      box.until('the system', isApplied(box), 4 * MINUTES);
      expect('the data is gone', box.run('cat /data/proof').stdout === 'kept\n');
    },
  ],
  [
    'backup and restore: the rows of the backup, with the present ones kept under another name',
    (box) => {
      box.succeed('terrace-pg psql -v ON_ERROR_STOP=1 -d "$DATABASE_NAME" -c "create table proof as select 1 as x"');
      box.succeed('terrace-backup');
      box.succeed('terrace-pg psql -d "$DATABASE_NAME" -c "delete from proof"');
      box.succeed('terrace-restore --force');
      expect('the rows are gone', box.succeed('terrace-pg psql -At -d "$DATABASE_NAME" -c "select * from proof"') === '1');
    },
  ],
  [
    'full disk: a backup without room goes to S3, and leaves the volume to the data',
    (box) => {
      box.succeed('fallocate --length $(($(df --block-size=1 --output=avail /data | tail -n 1) - 4194304)) /data/full');
      expect('not measured', box.succeed('terrace-backup').includes('kept in S3 only'));
      box.succeed('dd if=/dev/zero of=/data/more bs=1M count=3 status=none; rm /data/full /data/more');
    },
  ],
  [
    'an upgrade that is taken back: the former version does not start on an empty directory, and gets its files again',
    (box) => {
      box.succeed('terrace-upgrade 99');
      expect(
        'started empty',
        box.run('terrace-start').stderr.includes('container 99') && box.run('test -e /data/postgres').status === 1,
      );
      box.succeed('terrace-upgrade --back');
      box.pull();
      expect('the rows are gone', box.succeed('terrace-pg psql -At -d "$DATABASE_NAME" -c "select * from proof"') === '1');
    },
  ],
  [
    'a damaged file system is refused, and repaired as the message says',
    (box) => {
      box.kill();
      execFileSync('dd', ['if=/dev/zero', `of=${box.disk}`, 'bs=4096', 'count=1', 'conv=notrunc', 'status=none']);
      box.boot();
      const refused = box.run('terrace-volume 2>&1');
      expect(`not refused: ${refused.stdout}`, refused.status === 1 && refused.stdout.includes('e2fsck -b 32768'));
      box.run(`e2fsck -y -b 32768 ${box.disk}`);
      box.pull();
      expect('the data is gone', box.run('cat /data/proof').stdout === 'kept\n');
    },
  ],
  [
    'a blank volume of an environment with backups is refused',
    (box) => {
      box.kill();
      box.put(`s3/${box.backups}/application/x-20260101T020000Z.tar.gz`, 'a backup');
      const blank = box.attach('blank');
      box.disks = [`${blank}=${LINK}`];
      box.replace();
      const { status, stdout } = box.run('terrace-volume 2>&1');
      expect(`not refused: ${stdout}`, status === 1 && stdout.includes('terrace-volume --format'));
    },
  ],
];

checkMachine();
makeBase();
const environment = process.argv[2] ?? 'webrana-mvp';
mkdirSync(join(ROOT, '.terrace'), { recursive: true });
const box = new Box(mkdtempSync(join(ROOT, '.terrace', 'box-')), synthesised(environment));
let failed = 0;
try {
  for (const [name, play] of SCENARIOS) {
    const start = Date.now();
    let problem;
    try {
      play(box);
    } catch (error) {
      problem = error.message;
      failed += 1;
    }
    process.stdout.write(
      `${problem === undefined ? 'ok    ' : 'FAILED'} ${name} (${Math.round((Date.now() - start) / 1000)} s)${problem === undefined ? '' : `\n       ${problem}`}\n`,
    );
  }
} finally {
  box.remove();
}
process.stdout.write(`${SCENARIOS.length - failed} of ${SCENARIOS.length} scenarios hold for ${environment}\n`);
process.exitCode = failed > 0 ? 1 : 0;

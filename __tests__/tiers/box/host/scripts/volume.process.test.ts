/**
 * The data volume at boot: formatted only when blank, kept otherwise, waited for. Mostly on disk images; what depends on the
 * kernel runs on loop devices, where this machine allows them.
 */
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { renderBundle } from '../../../../../src/tiers/box/host/render';
import { FakeAws } from '../../../../support/fake-aws';
import { WITH_CONTAINERS } from '../../../../support/host-examples';
import { findTool, HostRoot, run, said, toolTest } from '../../../../support/host-tools';

const TOOLS = ['blkid', 'wipefs', 'mkfs.ext4'];
const DISK = '/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef0';
const MEBIBYTE = 1024 * 1024;

const BUCKET = 'shop-mvp-backups';

let root: HostRoot;
let aws: FakeAws;

beforeEach(() => {
  root = new HostRoot();
  root.install(renderBundle(WITH_CONTAINERS));
  root.write('/etc/fstab', '# the system disk\n');
  root.shim('sleep', 'exit 0');
  root.shim('systemctl', 'exit 0');
  root.shim('mountpoint', '[ -e "$HOST_ROOT/mounted" ]');
  root.shim('mount', 'touch "$HOST_ROOT/mounted"');
  // What fstab names for the directory that is mounted.
  root.shim(
    'findmnt',
    'eval "directory=\\${$#}"; awk -v directory="$directory" \'$2 == directory { print $1 }\' "$HOST_ROOT/etc/fstab"',
  );
  aws = new FakeAws(root);
  root.shim('blockdev', 'stat -c %s "$2"');
  root.shim('resize2fs', 'echo "$1" >> "$HOST_ROOT/resized"');
});
afterEach(() => root.remove());

/** A disk that holds nothing. */
function attach(path = DISK, size = 16 * MEBIBYTE): string {
  mkdirSync(dirname(root.path(path)), { recursive: true });
  closeSync(openSync(root.path(path), 'w'));
  truncateSync(root.path(path), size);
  return root.path(path);
}

const probe = (tag: string) => run('blkid', ['--probe', '--match-tag', tag, '--output', 'value', root.path(DISK)]).stdout.trim();
const digest = () =>
  createHash('sha256')
    .update(readFileSync(root.path(DISK)))
    .digest('hex');
const fstab = () =>
  root
    .read('/etc/fstab')
    .split('\n')
    .filter((line) => line.includes('/data ext4'));

toolTest('a blank volume is formatted, labelled and mounted', TOOLS, () => {
  attach();
  const result = root.command('volume');
  expect({ status: result.status, said: said(result) }).toMatchObject({ status: 0 });
  expect([probe('LABEL'), probe('TYPE'), root.has('/mounted')]).toEqual(['terrace-data', 'ext4', true]);
  expect(fstab()).toEqual([
    `${root.path(DISK)} ${root.path('/data')} ext4 defaults,noatime,nofail,x-systemd.device-timeout=60s 0 2`,
  ]);
});

toolTest('a volume with data is never formatted, neither by the same host nor by another one', TOOLS, () => {
  attach();
  root.command('volume');
  const before = digest();
  root.command('volume');
  // Another host: it has neither the mount nor the line in fstab.
  root.removeFile('/mounted');
  root.write('/etc/fstab', '');
  expect(root.command('volume').status).toBe(0);
  expect([digest(), root.has('/mounted'), fstab().length]).toEqual([before, true, 1]);
});

toolTest('a disk with other content is refused and left unchanged', TOOLS, () => {
  for (const make of [['mkfs.ext4', '-q', '-L', 'other'], ['mkfs.ext4', '-q'], ['mkswap']]) {
    const disk = attach();
    run(make[0]!, [...make.slice(1), disk]);
    const before = digest();
    const result = root.command('volume');
    expect({ make, status: result.status }).not.toMatchObject({ status: 0 });
    expect(said(result)).toContain('nothing was done to it');
    expect([digest(), root.has('/mounted')]).toEqual([before, false]);
  }
});

toolTest('boot waits for a volume that is attached later', TOOLS, () => {
  const later = root.path('/dev/later');
  attach('/dev/later');
  root.shim(
    'sleep',
    `n=$(cat "$HOST_ROOT/n" 2> /dev/null || echo 0); echo $((n + 1)) > "$HOST_ROOT/n"
[ "$n" != 5 ] || { mkdir -p "$(dirname "$HOST_ROOT${DISK}")"; mv ${later} "$HOST_ROOT${DISK}"; }`,
  );
  expect(root.command('volume').status).toBe(0);
  expect(probe('LABEL')).toBe('terrace-data');
});

toolTest('without the volume nothing is mounted, not even another disk', TOOLS, () => {
  attach('/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0ffffffffffffffff');
  const result = root.command('volume');
  expect(result.status).not.toBe(0);
  expect(said(result)).toContain('vol-0123456789abcdef0 is not attached');
  expect(root.has('/mounted')).toBe(false);
});

toolTest('on hosts without NVMe the volume is found by the name it was attached as', TOOLS, () => {
  attach('/dev/xvdf');
  expect(root.command('volume').status).toBe(0);
  expect(root.has('/mounted')).toBe(true);
});

toolTest('the file system grows once after the volume has grown', TOOLS, () => {
  const disk = attach();
  root.command('volume');
  root.command('volume');
  expect(root.read('/resized').trim().split('\n')).toHaveLength(1);
  truncateSync(disk, 32 * MEBIBYTE);
  root.command('volume');
  expect(root.read('/resized').trim().split('\n')).toHaveLength(2);
});

/** The disk, formatted by the host and then damaged: bytes are written at an offset. */
function damaged(size: number, damage: readonly (readonly [offset: number, bytes: Buffer])[]): string {
  rmSync(root.path(DISK), { force: true });
  const disk = attach(DISK, size);
  run('mkfs.ext4', ['-q', '-m', '1', '-b', '4096', '-L', 'terrace-data', disk]);
  const file = openSync(disk, 'r+');
  for (const [offset, bytes] of damage) writeSync(file, bytes, 0, bytes.length, offset);
  closeSync(file);
  return disk;
}

describe('a damaged disk is refused, with the way to repair it:', () => {
  const zeros = (bytes: number) => Buffer.alloc(bytes);
  it.each([
    ['the magic number of ext4 is gone', 64, [[1080, zeros(2)]]],
    ['its first 4 KiB are gone', 64, [[0, zeros(4096)]]],
    ['its first 100 MiB are gone: a copy of the superblock is left', 300, [[0, zeros(100 * MEBIBYTE)]]],
  ] as const)('%s', (_, mebibytes, damage) => {
    if (TOOLS.some((tool) => findTool(tool) === undefined)) return;
    damaged(mebibytes * MEBIBYTE, damage);
    const before = digest();
    const result = root.command('volume', ['--format']);
    expect({ status: result.status, said: said(result) }).toEqual({
      status: 1,
      said: expect.stringContaining('e2fsck -b 32768'),
    });
    expect([digest(), root.has('/mounted')]).toEqual([before, false]);
  });

  toolTest('random bytes, as of an encrypted disk without header', TOOLS, () => {
    const file = openSync(attach(), 'r+');
    writeSync(file, createHash('sha256').update('any').digest(), 0, 32, 3 * MEBIBYTE);
    closeSync(file);
    expect(said(root.command('volume'))).toContain('is not blank: nothing was done to it');
  });
});

describe('a blank disk of an environment that has backups', () => {
  beforeEach(() => {
    attach();
    aws.object(BUCKET, 'application/shop-mvp-20260131T020000Z.tar.gz', 'a backup');
  });

  toolTest('is not formatted: an earlier host had data', TOOLS, () => {
    const result = root.command('volume');
    expect({ status: result.status, said: said(result) }).toEqual({
      status: 1,
      said: expect.stringContaining('terrace-volume --format'),
    });
    expect([probe('LABEL'), root.has('/mounted')]).toEqual(['', false]);
  });

  toolTest('is formatted when a person says so', TOOLS, () => {
    expect(root.command('volume', ['--format']).status).toBe(0);
    expect([probe('LABEL'), root.has('/mounted')]).toEqual(['terrace-data', true]);
  });
});

toolTest('a blank disk is not formatted while S3 does not answer', TOOLS, () => {
  attach();
  aws.down = true;
  expect(said(root.command('volume'))).toContain('is not formatted yet');
  expect(probe('LABEL')).toBe('');
});

toolTest('a line of fstab by label, which an earlier version wrote, is replaced', TOOLS, () => {
  attach();
  root.write('/etc/fstab', `/dev/root / ext4 defaults 0 1\nLABEL=terrace-data ${root.path('/data')} ext4 defaults 0 2\n`);
  expect(root.command('volume').status).toBe(0);
  expect(root.read('/etc/fstab')).toMatch(
    /^\/dev\/root \/ ext4 defaults 0 1\n\/\S+vol0123456789abcdef0 \S+\/data ext4 [^\n]+\n$/,
  );
});

/** Whether this machine lets a test attach loop devices and mount them in a separate namespace. */
const LOOP_DEVICES = run('bash', ['-c', 'losetup --find && unshare --mount true']).status === 0;

(LOOP_DEVICES ? describe : describe.skip)('on loop devices', () => {
  const attached: string[] = [];
  afterEach(() => {
    for (const device of attached.splice(0)) run('losetup', ['--detach', device]);
  });

  /** A real block device, by a link like that of udev. */
  function attachLoop(link: string): string {
    const image = attach(`/images${link}`, 32 * MEBIBYTE);
    const device = run('losetup', ['--find', '--show', image]).stdout.trim();
    attached.push(device);
    mkdirSync(dirname(root.path(link)), { recursive: true });
    symlinkSync(device, root.path(link));
    return device;
  }

  /** Runs lines in a mount namespace, which ends with them. */
  function inNamespace(lines: string) {
    const script = `set -e\n${lines}`;
    const env = { PATH: `${root.path('/shims')}:${process.env.PATH}:/usr/sbin`, HOST_ROOT: root.root };
    return run('unshare', ['--mount', 'bash', '-c', script], { env });
  }

  beforeEach(() => {
    for (const shim of ['mountpoint', 'findmnt', 'blockdev']) root.removeFile(`/shims/${shim}`);
    root.shim('mount', 'exec /usr/bin/mount --fstab "$HOST_ROOT/etc/fstab" "$@"');
  });

  test('of two disks with the same label, as after copying a snapshot, the one with the volume id is mounted', () => {
    const copy = attachLoop('/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0ffffffffffffffff');
    run('mkfs.ext4', ['-q', '-L', 'terrace-data', copy]);
    const volume = attachLoop(DISK);
    const result = inNamespace(`"$HOST_ROOT/usr/local/sbin/terrace-volume" && findmnt -no SOURCE "$HOST_ROOT/data"`);
    expect({ said: said(result), status: result.status }).toMatchObject({ status: 0 });
    expect(result.stdout.trim().split('\n').at(-1)).toBe(volume);
  });

  test('another disk that is mounted as /data is refused', () => {
    const copy = attachLoop('/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0ffffffffffffffff');
    run('mkfs.ext4', ['-q', '-L', 'terrace-data', copy]);
    const volume = attachLoop(DISK);
    const result = inNamespace(`/usr/bin/mount ${copy} "$HOST_ROOT/data"\n"$HOST_ROOT/usr/local/sbin/terrace-volume"`);
    expect(result.status).toBe(1);
    expect(said(result)).toMatch(new RegExp(`is ${copy}, but vol-0123456789abcdef0 is ${volume}`));
  });
});

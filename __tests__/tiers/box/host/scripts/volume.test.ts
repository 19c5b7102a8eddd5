/** The data volume at boot, on disk images: formatted only when blank, kept otherwise, waited for. */
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';
import { renderBundle } from '../../../../../src/tiers/box/host/render';
import { WITH_CONTAINERS } from '../../../../support/host-examples';
import { HostRoot, run, said, toolTest } from '../../../../support/host-tools';

const TOOLS = ['blkid', 'wipefs', 'mkfs.ext4'];
const DISK = '/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0123456789abcdef0';
const MEBIBYTE = 1024 * 1024;

let root: HostRoot;

beforeEach(() => {
  root = new HostRoot();
  root.install(renderBundle(WITH_CONTAINERS));
  root.write('/etc/fstab', '# the system disk\n');
  root.shim('sleep', 'exit 0');
  root.shim('systemctl', 'exit 0');
  root.shim('mountpoint', '[ -e "$HOST_ROOT/mounted" ]');
  root.shim('mount', 'touch "$HOST_ROOT/mounted"');
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
    .filter((line) => line.startsWith('LABEL='));

toolTest('a blank volume is formatted, labelled and mounted', TOOLS, () => {
  attach();
  const result = root.command('volume');
  expect({ status: result.status, said: said(result) }).toMatchObject({ status: 0 });
  expect([probe('LABEL'), probe('TYPE'), root.has('/mounted')]).toEqual(['terrace-data', 'ext4', true]);
  expect(fstab()).toEqual([expect.stringMatching(/^LABEL=terrace-data \S*\/data ext4 defaults,noatime,nofail,/)]);
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

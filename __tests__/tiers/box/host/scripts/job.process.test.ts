/** Jobs that a person or a release runs: with their image or with another one, and the exit code that comes back. */
import { renderBundle } from '../../../../../src/tiers/box/host/render';
import { FakeSystem } from '../../../../support/fake-system';
import { WITH_CONTAINERS } from '../../../../support/host-examples';
import { said, toolTest } from '../../../../support/host-tools';

const TOOLS = ['bash', 'jq', 'flock'];
const OTHER = '1.dkr.ecr.us-east-1.amazonaws.com/shop/report:next';

let system: FakeSystem;
beforeEach(() => {
  system = new FakeSystem(WITH_CONTAINERS);
  system.root.directory('/opt/shop');
  system.root.shim('journalctl', 'echo "what the job wrote"');
  // Runs what the unit runs: with the variables of its file, if that is there. The job ends with the code in a file.
  system.root.shim(
    'systemctl',
    String.raw`
case "$1 $2" in
  'list-units --no-legend') cat "$HOST_ROOT/busy" 2> /dev/null ;;
  'start terrace-job-report.service')
    set -a
    [ ! -e "$HOST_ROOT/run/terrace/report.image" ] || . "$HOST_ROOT/run/terrace/report.image"
    "$HOST_ROOT/usr/local/sbin/terrace-images" report > "$HOST_ROOT/pulling" 2>&1 || exit 1
    echo "$IMAGE_REPORT" > "$HOST_ROOT/ran"
    [ "$(cat "$HOST_ROOT/code" 2> /dev/null || echo 0)" = 0 ] || exit 1 ;;
  'show --property')
    case $3 in ExecMainCode) cat "$HOST_ROOT/how" 2> /dev/null || echo 1 ;; *) cat "$HOST_ROOT/code" 2> /dev/null || echo 0 ;; esac ;;
esac
`,
  );
});
afterEach(() => system.root.remove());

const job = (...args: readonly string[]) => {
  const result = system.root.command('job', args);
  return { status: result.status, said: said(result) };
};

toolTest('a job runs with its image, and what it wrote is printed', TOOLS, () => {
  expect(job('report')).toEqual({ status: 0, said: 'what the job wrote\n' });
  expect(system.root.read('/ran')).toBe('\n');
  expect(system.root.read('/opt/shop/.env')).toContain('IMAGE_REPORT=1.dkr.ecr.us-east-1.amazonaws.com/shop/report:1\n');
});

toolTest('with another image it runs that one, once: neither the file of images nor the next run knows it', TOOLS, () => {
  job('report');
  const before = system.root.read('/opt/shop/.env');
  expect(job('report', '--image', OTHER)).toEqual({ status: 0, said: 'what the job wrote\n' });
  expect(system.root.read('/ran')).toBe(`${OTHER}\n`);
  expect(system.images).toContain(OTHER);
  expect(system.root.read('/opt/shop/.env')).toBe(before);
  job('report');
  expect(system.root.read('/ran')).toBe('\n');
});

toolTest('the unit of the job reads the other image from the file that the command writes', TOOLS, () => {
  const unit = (key: string) =>
    renderBundle(WITH_CONTAINERS).find(({ path }) => path.endsWith(`/terrace-job-${key}.service`))!.content;
  expect(unit('report')).toContain('EnvironmentFile=-/run/terrace/report.image\n');
  // Its image is fixed.
  expect(unit('migrate')).not.toContain('EnvironmentFile');
});

toolTest('the exit code is that of the job; 1 when it did not start or was killed', TOOLS, () => {
  system.root.write('/code', '7\n');
  expect(job('report').status).toBe(7);
  system.root.write('/how', '2\n');
  system.root.write('/code', '15\n');
  expect(job('report').status).toBe(1);
});

toolTest('an image that cannot be pulled fails the run, and nothing else runs in its place', TOOLS, () => {
  system.root.write('/missing', `${OTHER}\n`);
  system.root.write('/how', '0\n');
  expect(job('report', '--image', OTHER).status).toBe(1);
  expect(system.root.read('/pulling')).toContain(`${OTHER} cannot be pulled for report`);
  expect(system.root.has('/ran')).toBe(false);
});

toolTest('while the job runs, nothing is started: 75', TOOLS, () => {
  system.root.write('/busy', 'terrace-job-report.service loaded activating start Job report\n');
  expect(job('report')).toEqual({ status: 75, said: 'report runs already: nothing was started\n' });
  expect(system.root.has('/ran')).toBe(false);
});

toolTest('wrong usage is refused: an unknown job, a fixed image, what is no reference', TOOLS, () => {
  expect(job('other')).toMatchObject({ status: 2, said: expect.stringContaining('  report\n') });
  expect(job('migrate', '--image', OTHER)).toEqual({
    status: 2,
    said: 'the image of migrate is fixed in the environment file\n',
  });
  for (const wrong of ['a b', '$(reboot)', '-x', '']) expect(job('report', '--image', wrong).status).toBe(2);
  expect(job('report', OTHER).status).toBe(2);
  expect(system.root.has('/ran')).toBe(false);
});

import { Interrupted } from '../../../src/aws/waiting';
import { LogReader } from '../../../src/operations/logs/log-reader';
import { filterPattern, showLogs, type LogLine } from '../../../src/operations/logs/merged-logs';
import { logSources } from '../../../src/operations/logs/sources';
import { boxed } from '../../support/boxed';
import { deployed } from '../../support/deployed';
import { changed, onTier, rich } from '../../support/rich';
import { AwsFailure, startStubAws, type Answers, type StubAws } from '../../support/stub-aws';

let aws: StubAws;
afterEach(() => aws.stop());

const NOW = Date.parse('2026-01-28T10:00:00Z');
const event = (id: string, seconds: number, stream = 'api/api/0123456789ab') => ({
  eventId: id,
  timestamp: NOW + seconds * 1000,
  logStreamName: stream,
  message: `line ${id}\n`,
});

async function targetWith(answers: Answers, input = rich()) {
  aws = await startStubAws(answers);
  return deployed(input, aws.endpoint, { 'compute-kubernetes': { platformLogGroup: { name: '/eks/platform', arn: 'arn' } } });
}

describe('reading a log group again and again', () => {
  test('returns each line once, also those that are stored late, and pages through all of them', async () => {
    const stored = [event('a', 0), event('b', 5)];
    const target = await targetWith({
      FilterLogEvents: ({ startTime, nextToken }) => {
        const visible = stored.filter(({ timestamp }) => timestamp >= startTime);
        const at = Number(nextToken ?? 0);
        return { events: visible.slice(at, at + 1), nextToken: at + 1 < visible.length ? String(at + 1) : undefined };
      },
    });
    const reader = new LogReader(target.aws, { group: '/shop/test/api', streamPrefix: 'api/' }, { since: NOW, filter: '"x"' });
    const texts = async () => (await reader.next()).map(({ message }) => message);
    expect(await texts()).toEqual(['line a', 'line b']);
    stored.push(event('c', 6), event('late', 1));
    expect(await texts()).toEqual(['line late', 'line c']);
    expect(await texts()).toEqual([]);
    expect(aws.calls[0]?.input).toEqual({
      logGroupName: '/shop/test/api',
      logStreamNamePrefix: 'api/',
      filterPattern: '"x"',
      startTime: NOW,
    });
    // Later looks begin shortly before the newest line, not at the beginning.
    stored.push(event('d', 3600));
    expect(await texts()).toEqual(['line d']);
    await texts();
    expect(aws.calls.at(-1)?.input.startTime).toBeGreaterThan(NOW + 3500 * 1000);
  });

  test('returns nothing of a group that does not exist, and fails for another reason', async () => {
    const gone = await targetWith({ FilterLogEvents: () => new AwsFailure('ResourceNotFoundException', 'no such group') });
    expect(await new LogReader(gone.aws, { group: '/x' }, { since: 0 }).next()).toEqual([]);
    await aws.stop();
    const denied = await targetWith({ FilterLogEvents: () => new AwsFailure('AccessDeniedException', 'no') });
    await expect(new LogReader(denied.aws, { group: '/x' }, { since: 0 }).next()).rejects.toThrow('no');
  });
});

describe('several sources', () => {
  const SOURCES = [
    { name: 'api', group: '/shop/test/api', streamPrefix: 'api/' },
    { name: 'sync', group: '/shop/test/sync', streamPrefix: 'sync/' },
  ];

  test('are merged by their times, with container and instance', async () => {
    const target = await targetWith({
      FilterLogEvents: ({ logGroupName: group }) => ({
        events: group.endsWith('api')
          ? [event('1', 1), event('3', 3, 'api/proxy/0123456789ab')]
          : [event('2', 2, 'sync/sync/fedcba987654')],
      }),
    });
    const lines: LogLine[] = [];
    const options = { since: NOW, follow: false, show: (line: LogLine) => void lines.push(line), report: () => undefined };
    expect(await showLogs(target, SOURCES, options)).toBe(3);
    expect(lines.map(({ time, container, instance, message }) => `${time} ${container}/${instance} ${message}`)).toEqual([
      '2026-01-28T10:00:01.000Z api/01234567 line 1',
      '2026-01-28T10:00:02.000Z sync/fedcba98 line 2',
      '2026-01-28T10:00:03.000Z api/proxy/01234567 line 3',
    ]);
  });

  test('are followed until somebody has seen enough', async () => {
    let looks = 0;
    const target = await targetWith({
      FilterLogEvents: () => ({ events: Array.from({ length: (looks += 1) }, (_, index) => event(String(index), index)) }),
    });
    const controller = new AbortController();
    const seen: string[] = [];
    const show = ({ message }: LogLine): void => {
      seen.push(message);
      if (seen.length === 3) controller.abort();
    };
    const options = { since: NOW, follow: true, show, report: () => undefined, everySeconds: 0.01, signal: controller.signal };
    await expect(showLogs(target, SOURCES.slice(0, 1), options)).rejects.toThrow(Interrupted);
    expect(seen).toEqual(['line 0', 'line 1', 'line 2']);
  });
});

describe('where things log', () => {
  const onKubernetes = () => onTier('kubernetes');

  test.each([
    ['Fargate', rich, '/'],
    ['Kubernetes', onKubernetes, '.'],
    ['a box', boxed, '/'],
  ])('on %s, containers have the same groups', async (_tier, input, separator) => {
    const target = await targetWith({}, input());
    expect(await logSources(target, ['api'])).toEqual([
      { name: 'api', group: '/shop/test/api', streamPrefix: `api${separator}` },
    ]);
  });

  test('without names every container is meant; host, shells and platform only by name', async () => {
    const target = await targetWith({});
    const names = (await logSources(target, [])).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['api', 'runner', 'sync']));
    expect(names).not.toContain('shells');
    expect(await logSources(target, ['host', 'shells', 'platform'])).toEqual([
      { name: 'host', group: '/shop/test/host' },
      { name: 'shells', group: '/shop/test/shells' },
      { name: 'platform', group: '/eks/platform' },
    ]);
  });

  test('a name that there is not is refused with those that there are', async () => {
    const target = await targetWith({});
    await expect(logSources(target, ['apy'])).rejects.toThrow(/shop-test has no apy\n  fix   it has: api, runner/);
  });

  test('containers that share group and prefix are read once', async () => {
    const input = changed((environment) => {
      environment.services.api.logGroup = '/all';
      environment.services.api.logStreamPrefix = 'x';
      environment.workers.runner.logGroup = '/all';
      environment.workers.runner.logStreamPrefix = 'x';
    });
    const target = await targetWith({}, input);
    expect(await logSources(target, ['api', 'runner'])).toEqual([{ name: 'api', group: '/all', streamPrefix: 'x/' }]);
  });
});

test.each([
  ['connection "refused"', '"connection \\"refused\\""'],
  ['a\\b', '"a\\\\b"'],
  ['{ $.status = 500 }', '{ $.status = 500 }'],
  ['?ERROR ?WARN', '?ERROR ?WARN'],
  ['"exact"', '"exact"'],
])('what is looked for, %s, becomes the filter %s', (text, pattern) => {
  expect(filterPattern(text)).toBe(pattern);
});

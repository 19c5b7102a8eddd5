/** What people read of a plan: the comment on a pull request, the issue about drift, and the record of a check. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { markerOf, readReviewed, renderComment } from '../../../src/commands/delivery/comment';
import { costLine } from '../../../src/commands/delivery/cost-line';
import { renderDrift } from '../../../src/commands/delivery/drift-issue';
import { readRecord, record } from '../../../src/commands/delivery/record';
import type { EnvironmentReport, PlannedReport } from '../../../src/commands/delivery/stack-report';
import { capture } from '../../support/command';

const scratch = mkdtempSync(join(tmpdir(), 'terrace-comment-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const plannedStack = (stack: string, changes: Partial<PlannedReport> = {}): PlannedReport => ({
  status: 'planned',
  stack,
  actions: [{ address: 'aws_vpc.main', action: 'create' }],
  digest: 'a'.repeat(64),
  guard: { passed: true, markdown: `**${stack}** may be applied` },
  deletedOutside: [],
  ...changes,
});

const report = (...stacks: EnvironmentReport['stacks']): EnvironmentReport => ({
  environment: 'shop-test',
  commit: 'c'.repeat(40),
  stacks,
});

describe('the comment', () => {
  it('shows each plan, the verdicts of guard and policy, and what is planned later', () => {
    const text = renderComment(
      report(plannedStack('shop-test-network'), {
        status: 'later',
        stack: 'shop-test-data',
        reason: 'shop-test-network is not deployed yet',
      }),
      { passed: true, text: '300 checks passed' },
    );
    expect(text.startsWith(markerOf('shop-test'))).toBe(true);
    expect(text).toContain('| shop-test-network | 1 to create | may be applied | `aaaaaaaaaaaa` |');
    expect(text).toContain('planned later: shop-test-network is not deployed yet');
    expect(text).toContain('Policy: nothing unexplained.');
    expect(text).toContain('300 checks passed');
  });

  it('begins with what prevents the deployment', () => {
    expect(renderComment(report(plannedStack('x', { guard: { passed: false, markdown: 'no' } })))).toContain(
      'The guard **refuses**',
    );
    expect(renderComment(report({ status: 'failed', stack: 'x', reason: 'broken' }))).toContain('A stack **cannot be planned**');
    expect(renderComment(report(plannedStack('x')), { passed: false, text: 'open bucket' })).toContain('Policy: **failed**');
  });

  it('contains the digests for the deployment, and the commit that was shown', () => {
    const text = renderComment(report(plannedStack('shop-test-network')));
    expect(readReviewed('shop-test', text)).toEqual({ commit: 'c'.repeat(40), digests: { 'shop-test-network': 'a'.repeat(64) } });
  });

  it('contains no digest of a refused plan, none for another environment, and none from other text', () => {
    const refused = renderComment(report(plannedStack('x', { guard: { passed: false, markdown: 'no' } })));
    expect(readReviewed('shop-test', refused)?.digests).toEqual({});
    const text = renderComment(report(plannedStack('x')));
    expect(readReviewed('shop-prod', text)).toBeUndefined();
    expect(readReviewed('shop-test', `I think:\n${text}`)).toBeUndefined();
  });

  it("stays within GitHub's limit, digests first", () => {
    const many = Array.from({ length: 3000 }, (_, index) => ({ address: `aws_vpc.some_long_name_${index}`, action: 'create' }));
    const text = renderComment(report(plannedStack('shop-test-network', { actions: many })));
    expect(text.length).toBeLessThan(65_536);
    expect(readReviewed('shop-test', text)?.digests).toHaveProperty('shop-test-network');
    expect(text).toContain("see the job's log");
  });

  it('keeps text inside its fence', () => {
    const text = renderComment(report({ status: 'failed', stack: 'x', reason: '```\n# heading' }));
    expect(text).toContain('````\n```\n# heading\n````');
  });
});

describe('the issue about drift', () => {
  it('lists what differs, and what was deleted outside of Terraform', () => {
    const text = renderDrift([report(plannedStack('shop-test-data', { deletedOutside: ['aws_s3_bucket.gone'] }))], 'https://run');
    expect(text).toContain('### shop-test-data: 1 to create');
    expect(text).toContain('deleted outside of Terraform: `aws_s3_bucket.gone`');
    expect(text).toContain('https://run');
  });

  it('is closed when nothing differs; a stack that was never deployed has not drifted', () => {
    const same = plannedStack('shop-test-network', { actions: [] });
    expect(
      renderDrift([report(same, { status: 'later', stack: 'shop-test-data', reason: 'not deployed' })], undefined),
    ).toBeUndefined();
  });
});

describe('a recorded check', () => {
  const { io } = capture(process.env);

  it('ends with the exit code of its command, and keeps the output', async () => {
    const file = join(scratch, 'gate', 'policy.json');
    expect(await record(file, [process.execPath, '-e', 'console.log("two open buckets"); process.exit(1)'], io)).toBe(1);
    expect(readRecord(file)).toEqual({ passed: false, text: 'two open buckets\n' });
    expect(await record(file, [process.execPath, '-e', ''], io)).toBe(0);
    expect(readRecord(file)?.passed).toBe(true);
  });

  it('is undefined where nothing was recorded', () => expect(readRecord(join(scratch, 'none.json'))).toBeUndefined());
});

describe('the cost', () => {
  const file = join(scratch, 'cost.json');
  const change = { name: 'shop-test', before: 10, after: 12, kinds: [{ name: 'Network', before: 1, after: 3 }] };
  const written = (text: string): string => {
    writeFileSync(file, text);
    return costLine(file, 'shop-test');
  };

  it('is a line of the comment, before and after', () => {
    const line = written(JSON.stringify({ version: 1, changes: [change] }));
    expect(line).toBe('Cost a month: $10.00 → $12.00, **+$2.00** (Network +$2.00).');
    expect(renderComment(report(plannedStack('x')), undefined, line)).toContain(`\n\n${line}\n\n`);
  });

  it('is left out without a file, for another environment, and for a file that is empty or broken', () => {
    expect([costLine(undefined, 'shop-test'), costLine(join(scratch, 'none.json'), 'shop-test')]).toEqual(['', '']);
    expect([written(''), written('{'), written(JSON.stringify({ version: 1, changes: [] }))]).toEqual(['', '', '']);
    expect(renderComment(report(plannedStack('x')))).not.toContain('Cost');
  });
});

/** What people read of a plan: the comment on a pull request, the issue about drift, and the record of a check. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { markerOf, renderComment } from '../../../src/commands/delivery/comment';
import { costLines } from '../../../src/commands/delivery/cost-line';
import { renderDrift } from '../../../src/commands/delivery/drift-issue';
import { readRecord, record } from '../../../src/commands/delivery/record';
import type { EnvironmentReport } from '../../../src/commands/delivery/stack-report';
import { capture } from '../../support/command';
import { plannedStack } from '../../support/plans';

const scratch = mkdtempSync(join(tmpdir(), 'terrace-comment-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const report = (...stacks: EnvironmentReport['stacks']): EnvironmentReport => ({
  environment: 'shop-test',
  commit: 'c'.repeat(40),
  stacks,
});

const RUN = 'https://github.com/acme/infrastructure/actions/runs/1';
const POLICY = `Judged by checkov, in this order
  shop-test  300 + 20 passed
  shop-prod  300 + 20 passed
UNEXPLAINED  shop-prod-data: aws_s3_bucket.other
             CKV_1: other`;

describe('the comment', () => {
  it('shows each plan, the verdicts of guard and policy, what is planned later, and the run', () => {
    const text = renderComment(
      report(plannedStack('shop-test-network'), {
        status: 'later',
        stack: 'shop-test-data',
        reason: 'shop-test-network is not deployed yet',
      }),
      { passed: true, text: POLICY },
      { run: RUN },
    );
    expect(text.startsWith(markerOf('shop-test'))).toBe(true);
    expect(text).toContain('| shop-test-network | 1 to create | may be applied | `aaaaaaaaaaaa` |');
    expect(text).toContain('planned later: shop-test-network is not deployed yet');
    expect(text).toContain('Policy: nothing unexplained.');
    expect(text).toContain(`[run](${RUN})`);
    expect(text).toContain('<code>+ cidr_block = &#34;10.0.0.0/16&#34;</code>');
  });

  it('links the run of a stack in HCP Terraform, planned or failed', () => {
    const run = 'https://app.terraform.io/app/acme/shop-test-network/runs/run-1';
    const text = renderComment(
      report(plannedStack('shop-test-network', { run }), { status: 'failed', stack: 'shop-test-data', reason: 'x', run }),
    );
    expect(text).toContain(`| [shop-test-network](${run}) | 1 to create | may be applied |`);
    expect(text).toContain(`| [shop-test-data](${run}) | **failed** |`);
  });

  it('has no table of other environments, and counts once for each stack and once in its heading', () => {
    const text = renderComment(report(plannedStack('shop-test-network')), { passed: true, text: POLICY });
    expect(text).not.toContain('shop-prod');
    expect(text.match(/1 to create/g)).toHaveLength(2);
  });

  it('shows the findings of its own stacks alone', () => {
    const failed = { passed: false, text: `${POLICY}\nUNEXPLAINED  shop-test-data: aws_s3_bucket.own\n             CKV_2: own` };
    const text = renderComment(report(plannedStack('shop-test-data')), failed);
    expect(text).toContain('Policy: **failed**.');
    expect(text).toContain('UNEXPLAINED  shop-test-data: aws_s3_bucket.own\n             CKV_2: own');
    expect(text).not.toContain('shop-prod');
    const others = renderComment(report(plannedStack('shop-test-data')), { passed: false, text: POLICY });
    expect(others).toContain('Policy: **failed** for other environments');
  });

  it('says that nothing changes instead of what may be applied', () => {
    const text = renderComment(report(plannedStack('shop-test-network', { actions: [] })));
    expect(text).toContain('Nothing changes.');
    expect(text).toContain('| shop-test-network | no changes | | |');
    expect(text).not.toContain('may be applied');
  });

  it('begins with what prevents the deployment', () => {
    const refused = renderComment(report(plannedStack('x', { guard: { passed: false, markdown: '| **refused** | no |' } })));
    expect(refused).toContain('The guard **refuses**');
    expect(refused).toContain('| **refused** | no |');
    expect(renderComment(report({ status: 'failed', stack: 'x', reason: 'broken' }))).toContain('A stack **cannot be planned**');
    expect(renderComment(report(plannedStack('x')), { passed: false, text: 'no checkov' })).toContain('no checkov');
  });

  it('contains no digest that a machine reads: everyone with a workflow can write a comment', () => {
    const text = renderComment(report(plannedStack('x')));
    expect(text).toContain(`\`${'a'.repeat(12)}\``);
    expect(text).not.toContain('a'.repeat(13));
  });

  const manyActions = (number: number) =>
    Array.from({ length: number }, (_, index) => ({
      address: `aws_vpc.some_long_name_${index}`,
      action: 'create' as const,
      attributes: [],
      lines: Array.from({ length: 10 }, (_line, line) => `+ attribute_${line} = "some value ${index}"`),
    }));

  it("stays within GitHub's limit: a part of every stack, and a link to the rest", () => {
    const text = renderComment(
      report(
        plannedStack('shop-test-network', { actions: manyActions(3000) }),
        plannedStack('shop-test-data', { actions: manyActions(20) }),
        plannedStack('shop-test-edge', { actions: manyActions(2000) }),
      ),
      undefined,
      { run: RUN },
    );
    expect(text.length).toBeLessThan(65_536);
    expect(text).toMatch(new RegExp(`\\d+ parts are shown without details or cut.*\\[the summary of the run\\]\\(${RUN}\\)`));
    for (const stack of ['network', 'data', 'edge']) expect(text).toContain(`### shop-test-${stack}: `);
    const data = text.slice(text.indexOf('### shop-test-data'), text.indexOf('### shop-test-edge'));
    expect(data.match(/```diff/g)).toHaveLength(20);
    expect(text).toContain('more changes.');
  });

  it('keeps text inside its fence, and addresses without a meaning in Markdown or HTML', () => {
    const text = renderComment(report({ status: 'failed', stack: 'x', reason: '```\n# heading' }));
    expect(text).toContain('````\n```\n# heading\n````');
    const address = 'aws_x.y["`</code></summary> @acme/all *b* <!--"]';
    const shown = renderComment(
      report(plannedStack('x', { actions: [{ address, action: 'create', attributes: [], lines: ['+ a = "````"', '+ b = 1'] }] })),
    );
    expect(shown).toContain('`````diff\n+ a = "````"\n+ b = 1\n`````');
    for (const part of ['@acme', '</code></summary> ', '*b*', '<!--"']) expect(shown).not.toContain(part);
  });
});

describe('the issue about drift', () => {
  const NOTHING = { reports: [], leftovers: [], missing: [], run: 'https://run' };

  it('lists what differs, and what was deleted outside of Terraform', () => {
    const text = renderDrift({
      ...NOTHING,
      reports: [report(plannedStack('shop-test-data', { deletedOutside: ['aws_s3_bucket.gone'] }))],
    });
    expect(text).toContain('### shop-test-data: 1 to create');
    expect(text).toContain('deleted outside of Terraform: <code>aws_s3_bucket.gone</code>');
    expect(text).toContain('+ cidr_block = &#34;10.0.0.0/16&#34;');
    expect(text).toContain('https://run');
  });

  it('is closed when nothing differs; a stack that was never deployed has not drifted', () => {
    const same = plannedStack('shop-test-network', { actions: [] });
    expect(
      renderDrift({ ...NOTHING, reports: [report(same, { status: 'later', stack: 'shop-test-data', reason: 'not deployed' })] }),
    ).toBeUndefined();
  });

  it('lists what was not looked at, and stays open for it', () => {
    const text = renderDrift({ ...NOTHING, missing: ['shop-prod', 'the states of shop'] });
    expect(text).toContain('Not looked at');
    expect(text).toContain('- shop-prod');
  });

  it('lists states with resources and no stack, and none without', () => {
    const store = { store: 'shop', bucket: 'shop-terraform-state' };
    const states = [{ key: 'old/data/terraform.tfstate', resources: 7 }];
    expect(renderDrift({ ...NOTHING, leftovers: [{ ...store, states }] })).toContain(
      '`s3://shop-terraform-state/old/data/terraform.tfstate`: 7 resources',
    );
    expect(renderDrift({ ...NOTHING, leftovers: [{ ...store, states: [] }] })).toBeUndefined();
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
    return costLines(file)('shop-test');
  };

  it('is a line of the comment, before and after', () => {
    const line = written(JSON.stringify({ version: 1, changes: [change] }));
    expect(line).toBe('Cost a month: $10.00 → $12.00, **+$2.00** (Network +$2.00).');
    expect(renderComment(report(plannedStack('x')), undefined, { cost: line })).toContain(`\n\n${line}\n\n`);
  });

  it('is left out without a file, for another environment, and for a file that is empty or broken', () => {
    expect(costLines(join(scratch, 'none.json'))('shop-test')).toBe('');
    expect([written(''), written('{'), written(JSON.stringify({ version: 1, changes: [] }))]).toEqual(['', '', '']);
    expect(renderComment(report(plannedStack('x')))).not.toContain('Cost');
  });
});

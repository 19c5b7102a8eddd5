/** Plans and applies of the real terraform, with stacks that need no provider. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyEnvironment, type ApplyContext, type ApplyOutcome } from '../../../src/commands/delivery/apply';
import { planEnvironment } from '../../../src/commands/delivery/plan';
import type { PlannedReport } from '../../../src/commands/delivery/stack-report';
import { describeWithTerraform } from '../../support/terraform';

const STACK = 'shop-test-data';
const SECRET = 'hunter2-hunter2';

describeWithTerraform('real terraform', () => {
  let output: string;
  let log: string[];
  beforeEach(() => {
    output = mkdtempSync(join(tmpdir(), 'terrace-real-'));
    log = [];
  });
  afterEach(() => rmSync(output, { recursive: true }));

  const folder = () => join(output, 'stacks', STACK);
  const state = () => join(output, 'state.tfstate');

  function write(module: object): void {
    mkdirSync(folder(), { recursive: true });
    const terraform = { backend: { local: { path: state() } } };
    writeFileSync(join(folder(), 'cdk.tf.json'), JSON.stringify({ terraform, ...module }));
  }

  const context = (more: Partial<ApplyContext> = {}): ApplyContext => ({
    output,
    env: process.env,
    progress: (text) => void log.push(text),
    reviewed: { digests: {}, changes: {} },
    approved: { digests: {}, changes: {} },
    creates: [],
    ...more,
  });

  const planned = async (): Promise<PlannedReport> => {
    const { stacks } = await planEnvironment('shop-test', [STACK], 'c', context());
    expect(stacks[0]?.status).toBe('planned');
    return stacks[0] as PlannedReport;
  };

  const applied = ({ digest, changes }: PlannedReport, more: Partial<ApplyContext> = {}): Promise<ApplyOutcome> =>
    applyEnvironment([STACK], context({ reviewed: { digests: { [STACK]: digest }, changes: { [STACK]: changes } }, ...more }));

  const data = (input: unknown, more: object = {}) => ({ terraform_data: { settings: { input, ...more } } });

  it('shows values before and after, and masks what it marks', async () => {
    const variable = { password: { sensitive: true, default: SECRET } };
    write({ variable, resource: data({ retention: 14, login: '${var.password}' }) });
    await applied(await planned());
    write({
      variable: { password: { sensitive: true, default: `${SECRET}-2` } },
      resource: data({ retention: 1, login: '${var.password}' }),
    });
    const report = await planned();
    expect(report.actions).toMatchObject([
      {
        address: 'terraform_data.settings',
        action: 'update',
        lines: expect.arrayContaining(['! input.login: (sensitive), changes', '! input.retention: 14 → 1']),
      },
    ]);
    expect(JSON.stringify(report)).not.toContain(SECRET);
  }, 60_000);

  it('applies what was reviewed, and asks again for another value', async () => {
    write({ resource: data('reviewed') });
    const reviewed = await planned();
    write({ resource: data('another') });
    expect(await applied(reviewed)).toMatchObject({ kind: 'waiting', plan: { stack: STACK } });
    expect(existsSync(state())).toBe(false);
    write({ resource: data('reviewed') });
    expect(await applied(reviewed)).toEqual({ kind: 'done', applied: [STACK] });
    expect(readFileSync(state(), 'utf8')).toContain('reviewed');
    expect(existsSync(join(folder(), 'terrace.tfplan'))).toBe(false);
  }, 60_000);

  it('applies plans that only move or change an output', async () => {
    write({ resource: data('a') });
    await applied(await planned());
    write({
      resource: { terraform_data: { renamed: { input: 'a' } } },
      moved: [{ from: 'terraform_data.settings', to: 'terraform_data.renamed' }],
      output: { url: { value: 'x' } },
    });
    const report = await planned();
    expect(report.actions.map(({ action, address }) => `${action} ${address}`)).toEqual([
      'move terraform_data.renamed',
      'create output.url',
    ]);
    expect(await applied(report)).toMatchObject({ kind: 'done', applied: [STACK] });
    expect(readFileSync(state(), 'utf8')).toContain('"url"');
  }, 60_000);

  /** The second resource fails until the file exists. */
  const gated = (file: string) => ({
    resource: {
      terraform_data: {
        first: { input: 'one' },
        second: {
          input: '${terraform_data.first.id}',
          provisioner: [{ 'local-exec': { command: `test -e ${file}` } }],
        },
        third: { input: '${terraform_data.second.id}' },
      },
    },
  });

  it('says how far half an apply came; the replacement of a tainted resource is another change', async () => {
    const file = join(output, 'exists');
    write(gated(file));
    const reviewed = await planned();
    const outcome = await applied(reviewed);
    expect(outcome).toMatchObject({
      kind: 'failed',
      stack: STACK,
      halfWay: {
        done: ['create terraform_data.first'],
        failed: ['create terraform_data.second'],
        open: ['create terraform_data.third'],
      },
    });
    expect(log).toEqual(expect.arrayContaining([expect.stringMatching(/^ {2}terraform_data\.first: created in \ds$/)]));
    writeFileSync(file, '');
    // The second one is tainted, so its replacement is another change than the reviewed creation.
    expect(await applied(reviewed)).toMatchObject({ kind: 'waiting' });
  }, 60_000);

  it('applies what is left without a second approval, although it knows more by then', async () => {
    const file = join(output, 'exists');
    const module = (value: string) => ({
      resource: {
        terraform_data: {
          first: { input: 'one' },
          second: {
            input: '${terraform_data.first.id}',
            lifecycle: {
              precondition: [
                { condition: `\${fileexists("${file}") || terraform_data.first.id == ""}`, error_message: 'not yet' },
              ],
            },
          },
          third: { input: value },
        },
      },
    });
    write(module('${terraform_data.second.id}'));
    const reviewed = await planned();
    expect(await applied(reviewed)).toMatchObject({ kind: 'failed', halfWay: { done: ['create terraform_data.first'] } });
    writeFileSync(file, '');
    expect(await applied(reviewed)).toEqual({ kind: 'done', applied: [STACK] });
  }, 60_000);

  const slow = {
    resource: {
      terraform_data: {
        first: { input: 'one' },
        second: { input: '${terraform_data.first.id}', provisioner: [{ 'local-exec': { command: 'echo started; sleep 60' } }] },
      },
    },
  };

  it('is interrupted gently: the state is saved, its lock is released, and the plan file is gone', async () => {
    write(slow);
    const reviewed = await planned();
    const interrupted = new AbortController();
    const outcome = await applied(reviewed, {
      signal: interrupted.signal,
      progress: (text) => {
        if (text.includes('local-exec): started')) interrupted.abort();
      },
    });
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('interrupted'),
      halfWay: { done: ['create terraform_data.first'] },
    });
    expect(readFileSync(state(), 'utf8')).toContain('"first"');
    expect(existsSync(join(output, '.state.tfstate.lock.info'))).toBe(false);
    expect(existsSync(join(folder(), 'terrace.tfplan'))).toBe(false);
  }, 60_000);

  it.each([
    ['Ctrl-C, which every process of its group gets', (id: number) => void process.kill(-id, 'SIGINT')],
    ['a cancelled job, which gets two signals', (id: number) => void (process.kill(id, 'SIGINT'), process.kill(id, 'SIGTERM'))],
  ])(
    'survives %s',
    async (_, interrupt) => {
      write(slow);
      const reviewed = await planned();
      const file = join(output, 'reviewed.json');
      writeFileSync(file, JSON.stringify({ digests: { [STACK]: reviewed.digest } }));
      const root = join(__dirname, '../../..');
      const args = [
        'scripts/terrace.mjs',
        'delivery',
        'apply',
        'shop-test',
        '--stacks',
        STACK,
        '--reviewed',
        file,
        '--output',
        output,
      ];
      const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
      let text = '';
      let sent = false;
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (added: string) => {
          text += added;
          if (sent || !text.includes('local-exec): started')) return;
          sent = true;
          interrupt(child.pid as number);
        });
      const code = await new Promise((resolve) => child.on('close', resolve));
      expect({ code, text }).toMatchObject({ code: 1, text: expect.stringContaining('stopped half-way: 1 of 2 changes done') });
      expect(readFileSync(state(), 'utf8')).toContain('"first"');
      expect(existsSync(join(output, '.state.tfstate.lock.info'))).toBe(false);
      expect(existsSync(join(folder(), 'terrace.tfplan'))).toBe(false);
    },
    120_000,
  );
});

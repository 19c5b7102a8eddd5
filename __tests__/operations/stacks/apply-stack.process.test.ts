/** Applies of the real terraform, with a stack that needs no provider. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyStack, type ApplyStackOptions } from '../../../src/operations/stacks/apply-stack';
import { stateObjects } from '../../../src/operations/stacks/state-objects';
import { AwsClients } from '../../../src/aws/clients';
import { describeWithTerraform } from '../../support/terraform';

const STACK = 'shop-test-data';

describeWithTerraform('an apply of the real terraform', () => {
  let output: string;
  let log: string[];
  beforeEach(() => {
    output = mkdtempSync(join(tmpdir(), 'terrace-apply-'));
    log = [];
  });
  afterEach(() => rmSync(output, { recursive: true }));

  const folder = (stack = STACK) => join(output, 'stacks', stack);
  const file = () => join(output, 'state.tfstate');

  function write(resource: object, stack = STACK): void {
    mkdirSync(folder(stack), { recursive: true });
    writeFileSync(
      join(folder(stack), 'cdk.tf.json'),
      JSON.stringify({ terraform: { backend: { local: { path: file() } } }, resource }),
    );
  }

  const apply = (more: Partial<ApplyStackOptions> = {}, stack = STACK) =>
    applyStack(stack, {
      output,
      env: process.env,
      isProtected: true,
      show: () => undefined,
      ask: () => Promise.resolve(true),
      progress: (line) => void log.push(line),
      ...more,
    });

  const managed = async () => {
    const options = { output, env: process.env, aws: new AwsClients({ region: 'eu-west-1' }) };
    return (await stateObjects(STACK, options)).managed.map(({ address }) => address);
  };

  const data = (input: string) => ({ terraform_data: { settings: { input } } });

  it('does what was shown, and refuses when the world has changed since', async () => {
    write(data('shown'));
    const outcome = await apply({
      // Somebody else applies elsewhere while a person reads the plan.
      ask: async () => {
        write(data('shown'), 'elsewhere');
        const other = await apply({}, 'elsewhere');
        expect(other).toMatchObject({ outcome: 'applied' });
        return true;
      },
    });
    expect(outcome).toMatchObject({ outcome: 'failed', reason: expect.stringContaining('stale') });
    expect(await apply()).toEqual({ stack: STACK, outcome: 'unchanged' });
    expect(existsSync(join(folder(), 'terrace.tfplan'))).toBe(false);
  }, 120_000);

  it('refuses a plan file that was replaced after it was judged', async () => {
    write(data('shown'));
    const ask = () => {
      writeFileSync(join(folder(), 'terrace.tfplan'), 'another plan');
      return Promise.resolve(true);
    };
    expect(await apply({ ask })).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('not the one that was judged'),
    });
    expect(existsSync(file())).toBe(false);
  }, 120_000);

  it('is stopped by an interruption in the middle: the state is saved, no lock is left, and the same call goes on', async () => {
    const flag = join(output, 'slow');
    writeFileSync(flag, '');
    write({
      terraform_data: {
        first: { input: 'one' },
        second: {
          input: '${terraform_data.first.id}',
          provisioner: [{ 'local-exec': { command: `while test -e ${flag}; do sleep 0.1; done` } }],
        },
        third: { input: '${terraform_data.second.id}' },
      },
    });
    const controller = new AbortController();
    const stopped = await apply({
      signal: controller.signal,
      progress: (line) => {
        log.push(line);
        if (!line.includes('terraform_data.second: creating')) return;
        controller.abort();
        setTimeout(() => rmSync(flag), 500);
      },
    });
    expect(stopped).toMatchObject({
      outcome: 'interrupted',
      halfWay: {
        done: expect.arrayContaining(['create terraform_data.first']),
        open: expect.arrayContaining(['create terraform_data.third']),
      },
    });
    expect(readFileSync(file(), 'utf8')).toContain('"first"');
    expect(await apply()).toMatchObject({ outcome: 'applied' });
    expect(new Set(await managed())).toEqual(new Set(['terraform_data.first', 'terraform_data.second', 'terraform_data.third']));
  }, 120_000);

  it('applies only the resources that are named with what they need, and the guard does not take that for half a plan', async () => {
    write({ terraform_data: { job: { input: 'a' }, service: { input: '${terraform_data.job.id}' } } });
    expect(await apply({ only: ['terraform_data.job'] })).toMatchObject({ outcome: 'applied', summary: '1 to create' });
    expect(await managed()).toEqual(['terraform_data.job']);
    expect(await apply()).toMatchObject({ outcome: 'applied' });
  }, 120_000);

  it('destroys everything, and says nothing of the guard', async () => {
    write(data('a'));
    await apply();
    expect(await apply({ destroy: true, guarded: false })).toMatchObject({ outcome: 'applied', summary: '1 to delete' });
    expect(await managed()).toEqual([]);
  }, 120_000);
});

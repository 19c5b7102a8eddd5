/** Running programs: terraform, and tools from PyPI. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplyLog } from '../../../src/terraform/runner/apply-log';
import { interruptible } from '../../../src/terraform/runner/interruptible';
import { errorsIn, firstError } from '../../../src/terraform/runner/errors';
import { installedCommand, installTool, type PythonTool } from '../../../src/terraform/runner/python-tool';
import { runCommand } from '../../../src/terraform/runner/run-command';
import { pluginsOf, Terraform } from '../../../src/terraform/runner/terraform';
import { MINIMUM_TERRAFORM, REQUIRED_TERRAFORM, whyNoTerraform } from '../../../src/terraform/runner/version';
import { errored, jsonLines, StubTerraform } from '../../support/stub-terraform';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'terrace-runner-'))));
afterEach(() => rmSync(folder, { recursive: true }));

describe('a program', () => {
  const node = (script: string, options = {}) => runCommand(process.execPath, ['-e', script], options);

  it('gives its exit code and both outputs', async () =>
    expect(await node('console.log("out"); console.error("err"); process.exitCode = 4')).toEqual({
      code: 4,
      stdout: 'out\n',
      stderr: 'err\n',
    }));

  it('that does not exist ends with 127', async () => expect((await runCommand('no-such-program', [])).code).toBe(127));

  it('is stopped by an abort, and ends with 130', async () => {
    const abort = new AbortController();
    const running = node('console.log("started"); setTimeout(() => {}, 60000)', {
      signal: abort.signal,
      listener: () => abort.abort(),
    });
    expect((await running).code).toBe(130);
    expect((await node('', { signal: abort.signal })).code).toBe(130);
  });
});

describe('a program that can be stopped', () => {
  it('is in a separate process group, which Ctrl-C does not reach', async () => {
    const script = "console.log(process.pid); console.log(require('fs').readFileSync('/proc/self/stat', 'utf8').split(' ')[4])";
    const run = async (signal?: AbortSignal) =>
      (await runCommand(process.execPath, ['-e', script], { signal })).stdout.trim().split('\n');
    const [pid, group] = await run(new AbortController().signal);
    expect(group).toBe(pid);
    const [other, shared] = await run();
    expect(shared).not.toBe(other);
  });

  it('gets one signal, however many this process gets', async () => {
    const lines: string[] = [];
    const script =
      "process.on('SIGTERM', () => { console.log('TERM'); setTimeout(() => process.exit(7), 300); }); setInterval(() => {}, 1000); console.log('ready')";
    const { code, stdout } = await interruptible(
      (signal) =>
        runCommand(process.execPath, ['-e', script], {
          signal,
          listener: (text) => {
            if (!text.includes('ready')) return;
            for (const name of ['SIGINT', 'SIGTERM', 'SIGINT'] as const) process.emit(name, name);
          },
        }),
      (text) => void lines.push(text),
    );
    expect({ code, stdout }).toEqual({ code: 7, stdout: 'ready\nTERM\n' });
    expect(lines[0]).toContain('saves its state');
    expect(process.listenerCount('SIGINT')).toBe(0);
  });
});

describe('what happens during an apply', () => {
  it('is reported line by line, the progress once a minute, however the output is split', () => {
    const lines: string[] = [];
    const log = new ApplyLog((line) => void lines.push(line));
    const progress = (seconds: number): object => ({
      type: 'apply_progress',
      hook: { resource: { addr: 'aws_db_instance.a' }, action: 'create', elapsed_seconds: seconds },
    });
    const text = jsonLines(
      { type: 'apply_start', hook: { resource: { addr: 'aws_db_instance.a' }, action: 'create' } },
      ...[10, 20, 30, 40, 50, 60, 70].map(progress),
      { type: 'apply_complete', hook: { resource: { addr: 'aws_db_instance.a' }, action: 'create', elapsed_seconds: 75 } },
      errored('quota exceeded', 'aws_vpc.b'),
    );
    for (let at = 0; at < text.length; at += 7) log.listen(text.slice(at, at + 7), 'stdout');
    log.listen('no event', 'stderr');
    expect(log.end()).toMatchObject({ done: new Set(['create aws_db_instance.a']), errors: ['aws_vpc.b: quota exceeded'] });
    expect(lines).toEqual([
      'aws_db_instance.a: creating',
      'aws_db_instance.a: still creating, 1m00s',
      'aws_db_instance.a: created in 1m15s',
      'Error: aws_vpc.b: quota exceeded',
    ]);
  });
});

describe('terraform', () => {
  let stub: StubTerraform;
  beforeEach(() => (stub = new StubTerraform({})));
  afterEach(() => stub.remove());

  it('is run without prompts', async () => {
    await new Terraform({ env: stub.env() }).run(folder, 'plan');
    expect(stub.calls()[0]).toMatchObject({
      args: ['plan'],
      env: { TF_INPUT: '0', TF_IN_AUTOMATION: '1', CHECKPOINT_DISABLE: '1' },
    });
    expect(stub.calls()[0]?.env).not.toHaveProperty('TF_PLUGIN_CACHE_DIR');
  });

  it('keeps providers in the cache folder, or takes them from the given one', async () => {
    const cache = join(folder, 'cache');
    await new Terraform({ env: stub.env(), plugins: pluginsOf({}, cache) }).init(folder);
    await new Terraform({ env: stub.env(), plugins: pluginsOf({ TERRACE_PLUGIN_DIR: '/providers' }, cache) }).init(folder);
    const [cached, given] = stub.calls();
    expect(cached).toMatchObject({ args: ['init', '-no-color'], env: { TF_PLUGIN_CACHE_DIR: cache } });
    expect(existsSync(cache)).toBe(true);
    expect(given?.args).toEqual(['init', '-no-color', '-plugin-dir=/providers']);
    expect(given?.env).not.toHaveProperty('TF_PLUGIN_CACHE_DIR');
  });

  it('is asked for providers alone, so that an error of a stack is not taken for a missing network', async () => {
    const terraform = new Terraform({ env: stub.env() });
    const required = { aws: { source: 'aws', version: '6.25.0' } };
    expect(await terraform.whyNoProviders(join(folder, 'probe'), required)).toBeUndefined();
    expect(JSON.parse(readFileSync(join(folder, 'probe/main.tf.json'), 'utf8'))).toEqual({
      terraform: { required_providers: required },
    });
    stub.answer({ 'probe:init': { code: 1, stderr: '│ Error: no registry\n' } });
    expect(await terraform.whyNoProviders(join(folder, 'probe'), required)).toBe(
      'the providers are unavailable: Error: no registry',
    );
  });

  const version = (text: string) => {
    stub.answer({ '*:version': { stdout: JSON.stringify({ terraform_version: text }) } });
    return whyNoTerraform({ env: stub.env() });
  };

  it.each([`${MINIMUM_TERRAFORM}.0`, '1.20.1', '2.0.0'])('of version %s is accepted', async (text) =>
    expect(await version(text)).toBeUndefined(),
  );

  it.each(['1.10.5', '0.15.0'])('of version %s is refused', async (text) =>
    expect(await version(text)).toContain(`older than ${MINIMUM_TERRAFORM}`),
  );

  it('has one minimum version, which every stack requires', () => expect(REQUIRED_TERRAFORM).toBe(`>= ${MINIMUM_TERRAFORM}.0`));
});

describe("terraform's errors", () => {
  const output = '\n╷\n│ Error: no bucket\n│ \n│   on main.tf line 1\n╵\n';

  it('are found without their frames', () => {
    expect(errorsIn(`planning…${output}`)).toBe('Error: no bucket\n\n  on main.tf line 1');
    expect(firstError(output)).toBe('Error: no bucket on main.tf line 1');
  });

  it('are the last lines where none is marked', () => {
    expect(firstError('one\ntwo\nthree\nfour\n')).toBe('two three four');
    expect(firstError('')).toBe('terraform printed nothing');
  });
});

describe('a tool from PyPI', () => {
  const tool = (): PythonTool => ({
    name: 'thing',
    version: '1.2',
    requirement: 'thing[all]',
    command: 'thing',
    folder: join(folder, 'venv'),
  });
  const python = (exit: number): string => `#!/bin/sh
mkdir -p "$3/bin"
printf '#!/bin/sh\\necho "$@" > "$(dirname "$0")/thing"\\necho "no such package" >&2\\nexit ${exit}\\n' > "$3/bin/python"
chmod +x "$3/bin/python"
`;
  const install = async (exit: number) => {
    const stub = new StubTerraform({});
    stub.program('python3', python(exit));
    try {
      return await installTool(tool(), { env: stub.env() });
    } finally {
      stub.remove();
    }
  };

  it('is installed once, pinned', async () => {
    expect(installedCommand(tool())).toBeUndefined();
    expect(await install(0)).toBeUndefined();
    expect(readFileSync(installedCommand(tool())!, 'utf8')).toMatch(/pip install .* thing\[all\]==1\.2\n$/);
  });

  it('leaves nothing behind when it cannot be installed', async () => {
    expect(await install(1)).toBe('thing 1.2 cannot be installed: no such package');
    expect(existsSync(join(folder, 'venv'))).toBe(false);
  });
});

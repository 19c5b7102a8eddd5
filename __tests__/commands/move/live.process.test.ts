/** `npm run move --live` as a person calls it, against a stub of STS: nothing of it reaches a server. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newJournal } from '../../../src/operations/move/journal';
import { withTestCredentials } from '../../support/aws-credentials';
import { boxed } from '../../support/boxed';
import { fileOf, runCommand } from '../../support/command';
import { example } from '../../support/example';
import { startStubAws, type StubAws } from '../../support/stub-aws';

const PAGE = readFileSync('docs/moving.md', 'utf8');

const COMMON = {
  cache: undefined,
  domain: {
    kind: 'shared',
    zone: { zone: 'shop.example', provider: 'route53', servedBy: 'shop-mvp' },
    names: ['shop.example'],
  },
} as never as object;

describe('npm run move -- --live', () => {
  const restore = withTestCredentials();
  const folder = mkdtempSync(join(tmpdir(), 'terrace-move-live-'));
  const output = join(folder, 'cdktf.out');
  let aws: StubAws;

  const files = (cidr = '10.1.0.0/16') => ({
    'shop-mvp': fileOf(boxed({ ...COMMON, name: 'shop-mvp' })),
    'shop-growth': fileOf(example({ ...COMMON, name: 'shop-growth', network: { cidr, zones: 2, nat: 'single' } })),
  });
  const move = (args: readonly string[], cidr?: string) =>
    runCommand(files(cidr), ['move', ...args, '--live', '--output', output, '--endpoint', aws.endpoint], { env: process.env });

  beforeAll(async () => {
    aws = await startStubAws({});
    expect(await runCommand(files(), ['synth', '--output', output])).toMatchObject({ exitCode: 0 });
  });
  afterAll(async () => {
    await aws.stop();
    rmSync(folder, { recursive: true, force: true });
    restore();
  });

  it('says what it does besides, as the page does', async () => {
    const { exitCode, stdout } = await move(['shop-mvp', '--to', 'shop-growth', '--dry-run']);
    expect(exitCode).toBe(0);
    const [, shown = ''] =
      /`npm run move -- shop-mvp --to shop-growth --live --dry-run`[^]*?```text\n([^]*?)```/.exec(PAGE) ?? [];
    expect(shown.split('\n').length).toBeGreaterThan(10);
    for (const line of shown.split('\n').filter((one) => one !== '...')) expect(stdout.split('\n')).toContain(line);
  });

  it('asks before PostgreSQL on the host restarts', async () => {
    const { exitCode, stderr } = await move(['shop-mvp', '--to', 'shop-growth']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      'PostgreSQL of shop-mvp restarts, which ends its connections for some seconds. Deploy what is missing',
    );
    expect(
      await runCommand(files(), ['move', 'shop-mvp', '--back', '--yes', '--output', output, '--endpoint', aws.endpoint]),
    ).toMatchObject({
      exitCode: 0,
    });
  });

  it('refuses networks that overlap before anything is built', async () => {
    const { exitCode, stdout } = await move(['shop-mvp', '--to', 'shop-growth', '--yes'], '10.0.0.0/16');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('check/route failed');
    expect(stdout).toContain(
      'no route can be opened between 10.0.0.0/16 of shop-mvp and 10.0.0.0/16 of shop-growth: they overlap',
    );
  });

  it('is no choice of a move that was begun without it', async () => {
    const choices = { live: false, secrets: false, leave: [] };
    const journal = newJournal({ kind: 'environment', source: 'shop-mvp', target: 'shop-growth', choices }, new Date());
    mkdirSync(join(folder, 'terrace-moves', 'shop-mvp'), { recursive: true });
    writeFileSync(join(folder, 'terrace-moves', 'shop-mvp', 'journal.json'), JSON.stringify(journal));
    const { exitCode, stderr } = await move(['shop-mvp', '--yes']);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('was begun without --live')]);
  });
});

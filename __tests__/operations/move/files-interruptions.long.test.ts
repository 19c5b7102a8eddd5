/** The program that carries files, when it is interrupted, when files change meanwhile, and when there is no room. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compareFiles, copyFiles, copyLate, filesWrittenSince } from '../../../src/operations/move/files/carry';
import type { FilesMove } from '../../../src/operations/move/files/job';
import { awkwardFiles, LocalFiles, TEST_PART_BYTES, treeOf } from '../../support/awkward-files';
import { PartStore } from '../../support/part-store';

jest.setTimeout(120_000);

const TOOLS = { report: () => undefined };

describe('files that are carried, and what happens meanwhile', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'terrace-files-'));
  let store: PartStore;
  let from: string;
  let to: string;
  let folders = 0;

  beforeAll(async () => {
    chmodSync(scratch, 0o755);
    store = await PartStore.start();
  });
  afterAll(() => {
    store.stop();
    rmSync(scratch, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await store.clear();
    store.onPut = () => undefined;
    store.puts.length = 0;
    from = join(scratch, `from-${(folders += 1)}`);
    to = join(scratch, `to-${folders}`);
    mkdirSync(from);
    mkdirSync(to);
  });

  const moveOf = (changes: Partial<FilesMove> = {}): FilesMove & { readonly source: LocalFiles; readonly target: LocalFiles } =>
    ({
      id: 'move_1',
      name: 'uploads/all',
      source: new LocalFiles('the source', from),
      target: new LocalFiles('the target', to),
      skipped: [],
      store,
      ...changes,
    }) as never;

  const copy = (move = moveOf(), serving = false) => copyFiles(move, { serving }, TOOLS);

  it('that are written all the time are left while the source serves, and named after the freeze', async () => {
    writeFileSync(join(from, 'steady'), 'x');
    const busy = join(from, 'busy.log');
    writeFileSync(busy, Buffer.alloc(3 * TEST_PART_BYTES));
    store.onPut = (name) => (name.startsWith('part-') ? appendFileSync(busy, 'line\n') : undefined);
    expect(await copy(moveOf(), true)).toMatchObject({ torn: ['busy.log'] });
    expect(readdirSync(to).sort()).toEqual(['.terrace-move', 'steady']);
    await expect(copy()).rejects.toThrow('written all the time: busy.log');
    store.onPut = () => undefined;
    await copy();
    expect(treeOf(to)).toEqual(treeOf(from));
  });

  it.each(['send', 'apply'] as const)('are whole after programs were killed during %s, again and again', async (what) => {
    awkwardFiles(from);
    for (let kill = 0; kill < 3; kill += 1) {
      const move = moveOf();
      const side = what === 'send' ? move.source : move.target;
      const end = copy(move).catch((error: unknown) => error);
      let runs = 0;
      const timer = setInterval(() => {
        runs = side.scripts.length;
        if (runs > (what === 'send' ? 0 : 1))
          for (const child of side.running) setTimeout(() => child.kill('SIGKILL'), 60 + 70 * kill);
      }, 5);
      await end;
      clearInterval(timer);
      for (const child of [...move.source.running, ...move.target.running]) child.kill('SIGKILL');
    }
    const move = moveOf();
    await copy(move);
    expect((await compareFiles(move, TOOLS)).text).toBe('');
    expect(treeOf(to)).toEqual(treeOf(from));
    expect(readdirSync(join(to, '.terrace-move')).filter((name) => name.startsWith('new-'))).toEqual([]);
  });

  it('are not written by a program whose command is gone, once another command continues', async () => {
    writeFileSync(join(from, 'large'), Buffer.alloc(20 * TEST_PART_BYTES, 'x'));
    const controller = new AbortController();
    const first = moveOf();
    store.onPut = (name) => (name === 'part-1' ? controller.abort() : undefined);
    await expect(copyFiles(first, { serving: true }, { ...TOOLS, signal: controller.signal })).rejects.toThrow();
    store.onPut = () => undefined;
    const orphans = [...first.source.running].map((child) => new Promise((settle) => child.on('close', settle)));
    const sent = store.puts.filter((name) => name.startsWith('part-')).length;
    await copy();
    // It ended by itself, and sent at most the part that it had begun.
    expect((await Promise.all(orphans)).every((code) => code !== 0)).toBe(true);
    expect(sent).toBeLessThan(20);
    expect(treeOf(to)).toEqual(treeOf(from));
  });

  describe('after the switch', () => {
    it('follow when they were still written to the old side, and never replace what was written to the new one', async () => {
      for (const name of ['same', 'both', 'old', 'removed']) writeFileSync(join(from, name), 'before');
      const move = moveOf();
      await copy(move);
      await compareFiles(move, TOOLS);
      expect(await filesWrittenSince(move, TOOLS)).toEqual([]);
      writeFileSync(join(from, 'new'), 'of a visitor on the old side');
      writeFileSync(join(from, 'old'), 'changed on the old side');
      writeFileSync(join(from, 'both'), 'changed on the old side');
      unlinkSync(join(from, 'removed'));
      writeFileSync(join(to, 'both'), 'changed on the new side');
      const late = await copyLate(move, TOOLS);
      expect(late).toMatchObject({ conflicts: ['both'], torn: [] });
      // What has arrived is not sent again, and what a later command finds is.
      expect(await copyLate(move, TOOLS)).toEqual({ sent: 0, conflicts: [], torn: [] });
      writeFileSync(join(from, 'later'), 'later');
      expect(await copyLate(moveOf(), TOOLS)).toEqual({ sent: 1, conflicts: [], torn: [] });
      expect(readFileSync(join(to, 'later'), 'utf8')).toBe('later');
      const read = (name: string) => readFileSync(join(to, name), 'utf8');
      expect(['same', 'both', 'old', 'new', 'removed'].map(read)).toEqual([
        'before',
        'changed on the new side',
        'changed on the old side',
        'of a visitor on the old side',
        'before',
      ]);
      // What the move itself has written is nobody's write.
      expect(await filesWrittenSince(move, TOOLS)).toEqual(['the files of uploads/all: both']);
    });
  });

  const canMount =
    spawnSync('sh', ['-c', `mkdir -p ${scratch}/mnt && mount -t tmpfs -o size=8m none ${scratch}/mnt && umount ${scratch}/mnt`])
      .status === 0;
  (canMount ? it : it.skip)('are continued after the disk of the target was full', async () => {
    const small = join(scratch, 'mnt');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'none', small]);
    try {
      for (let index = 0; index < 12; index += 1)
        writeFileSync(join(from, `file ${index}`), Buffer.alloc(1024 ** 2, String(index)));
      const move = moveOf({ target: new LocalFiles('the target', small) });
      await expect(copy(move)).rejects.toThrow(/no room is left[^]*fix {3}make room there/);
      execFileSync('mount', ['-o', 'remount,size=64m', small]);
      await copy(move);
      expect(treeOf(small)).toEqual(treeOf(from));
    } finally {
      execFileSync('umount', [small]);
    }
  });
});

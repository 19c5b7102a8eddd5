/** The program that carries files, when it is interrupted, when files change meanwhile, and when there is no room. */
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, readdirSync, readFileSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareFiles, copyFiles, copyLate, filesWrittenSince } from '../../../src/operations/move/files/carry';
import type { FilesMove } from '../../../src/operations/move/files/job';
import { awkwardFiles, LocalFiles, TEST_PART_BYTES, treeOf } from '../../support/awkward-files';
import { CarriedFiles, QUIET } from '../../support/carried-files';
import type { PartStore } from '../../support/part-store';

jest.setTimeout(120_000);

describe('files that are carried, and what happens meanwhile', () => {
  const carried = CarriedFiles.inEachTest();
  let store: PartStore;
  let from: string;
  let to: string;
  beforeEach(() => void ({ store, from, to } = carried));

  const moveOf = (changes?: Partial<FilesMove>) => carried.move(changes);
  const copy = (move?: FilesMove, serving?: boolean) => carried.copy(move, serving);

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
    expect((await compareFiles(move, QUIET)).text).toBe('');
    expect(treeOf(to)).toEqual(treeOf(from));
    expect(readdirSync(join(to, '.terrace-move')).filter((name) => name.startsWith('new-'))).toEqual([]);
  });

  it('are not written by a program whose command is gone, once another command continues', async () => {
    writeFileSync(join(from, 'large'), Buffer.alloc(20 * TEST_PART_BYTES, 'x'));
    const controller = new AbortController();
    const first = moveOf();
    store.onPut = (name) => (name === 'part-1' ? controller.abort() : undefined);
    await expect(copyFiles(first, { serving: true }, { ...QUIET, signal: controller.signal })).rejects.toThrow();
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
    it('are no conflict where a run placed them that was killed before it could say so', async () => {
      writeFileSync(join(from, 'old'), 'before');
      const move = moveOf();
      await copy(move);
      await compareFiles(move, QUIET);
      const compared = store.parts.get('target.read')!;
      writeFileSync(join(from, 'old'), 'changed on the old side');
      writeFileSync(join(from, 'new'), 'of a visitor on the old side');
      expect(await copyLate(move, QUIET)).toEqual({ sent: 2, conflicts: [], torn: [] });
      store.parts.set('target.read', compared);
      store.parts.delete('late.applied');
      expect(await copyLate(move, QUIET)).toEqual({ sent: 2, conflicts: [], torn: [] });
      expect(await filesWrittenSince(move, QUIET)).toEqual([]);
    });

    it('follow when they were still written to the old side, and never replace what was written to the new one', async () => {
      for (const name of ['same', 'both', 'old', 'removed']) writeFileSync(join(from, name), 'before');
      const move = moveOf();
      await copy(move);
      await compareFiles(move, QUIET);
      expect(await filesWrittenSince(move, QUIET)).toEqual([]);
      writeFileSync(join(from, 'new'), 'of a visitor on the old side');
      writeFileSync(join(from, 'old'), 'changed on the old side');
      writeFileSync(join(from, 'both'), 'changed on the old side');
      unlinkSync(join(from, 'removed'));
      writeFileSync(join(to, 'both'), 'changed on the new side');
      // Of the same size and time: only the content tells one from the other.
      for (const side of [from, to]) utimesSync(join(side, 'both'), 1_700_000_000, 1_700_000_000);
      const late = await copyLate(move, QUIET);
      expect(late).toMatchObject({ conflicts: ['both'], torn: [] });
      // What has arrived is not sent again, and what a later command finds is.
      expect(await copyLate(move, QUIET)).toEqual({ sent: 0, conflicts: [], torn: [] });
      writeFileSync(join(from, 'later'), 'later');
      expect(await copyLate(moveOf(), QUIET)).toEqual({ sent: 1, conflicts: [], torn: [] });
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
      expect(await filesWrittenSince(move, QUIET)).toEqual(['the files of uploads/all: both']);
    });
  });

  const canMount =
    spawnSync('sh', [
      '-c',
      `mkdir -p ${carried.path('mnt')} && mount -t tmpfs -o size=8m none ${carried.path('mnt')} && umount ${carried.path('mnt')}`,
    ]).status === 0;
  (canMount ? it : it.skip)('are continued after the disk of the target was full', async () => {
    const small = carried.path('mnt');
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

/** The program that carries files, on real folders: what a file system may hold, and what must not be lost. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { compareFiles, dropFiles, finishFiles } from '../../../src/operations/move/files/carry';
import type { FilesMove } from '../../../src/operations/move/files/job';
import { awkwardFiles, LINKED, LocalFiles, SPARSE, treeOf } from '../../support/awkward-files';
import { CarriedFiles, QUIET } from '../../support/carried-files';
import { PartStore } from '../../support/part-store';

jest.setTimeout(120_000);

const NOBODY = { userId: 1234, groupId: 1235 };

describe('files that are carried', () => {
  const carried = CarriedFiles.inEachTest();
  let store: PartStore;
  let from: string;
  let to: string;
  beforeEach(() => void ({ store, from, to } = carried));

  const moveOf = (changes?: Partial<FilesMove>) => carried.move(changes);
  const copy = (move?: FilesMove, serving?: boolean) => carried.copy(move, serving);

  it('arrive whole, of every kind and name, with holes, hard links, modes, owners and times', async () => {
    awkwardFiles(from);
    chownSync(join(from, 'below/large.bin'), 77, 88);
    const move = moveOf();
    const first = await copy(move, true);
    expect(treeOf(to)).toEqual(treeOf(from));
    expect(first).toMatchObject({ torn: [], others: '' });
    // The holes were neither sent nor written.
    expect(statSync(join(to, SPARSE)).blocks * 512).toBeLessThan(1024 ** 2);
    expect(store.puts.filter((name) => name.startsWith('part-')).length).toBeLessThan(6);
    expect((await compareFiles(move, QUIET)).differentCount).toBe(0);
    expect(await copy(move)).toMatchObject({ sent: 0, deleted: 0 });
    expect([...store.parts.keys()].filter((name) => name.startsWith('part-'))).toEqual([]);
    await finishFiles(move, QUIET);
    expect(readdirSync(to)).not.toContain('.terrace-move');
    expect(store.parts.size).toBe(0);
  });

  it('are copied again only where they have changed, and deleted where they were', async () => {
    awkwardFiles(from);
    const move = moveOf();
    await copy(move, true);
    await compareFiles(move, QUIET);
    const large = statSync(join(to, 'below/large.bin'));
    appendFileSync(join(from, 'first name'), ' and more');
    renameSync(join(from, 'below/deep'), join(from, 'below/renamed'));
    unlinkSync(join(from, 'dangling'));
    mkdirSync(join(from, 'dangling'));
    rmSync(join(from, 'sealed'), { recursive: true });
    chmodSync(join(from, '-rf'), 0o640);
    // Another content of the same length and time: only its hash says so.
    const { mtime } = statSync(join(from, 'nothing'));
    writeFileSync(join(from, 'below/renamed/small 7'), 'CONTENT 7');
    utimesSync(join(from, 'below/renamed/small 7'), mtime, mtime);
    expect((await copy(move)).sent).toBe(301);
    expect((await compareFiles(move, QUIET)).text).toBe('');
    expect(treeOf(to)).toEqual(treeOf(from));
    expect(statSync(join(to, 'below/large.bin')).ino).toBe(large.ino);
    for (const name of LINKED) expect(readFileSync(join(to, name), 'utf8')).toBe('one content and more');
  });

  it('are found to differ by content of the same size and time, by mode, link and hard link, and the next copy repairs it', async () => {
    awkwardFiles(from);
    const move = moveOf();
    await copy(move);
    const times = statSync(join(to, 'below/deep/small 3'));
    writeFileSync(join(to, 'below/deep/small 3'), 'CONTENT 3');
    utimesSync(join(to, 'below/deep/small 3'), times.atime, times.mtime);
    chmodSync(join(to, 'empty'), 0o700);
    unlinkSync(join(to, 'below/link'));
    symlinkSync('elsewhere', join(to, 'below/link'));
    unlinkSync(join(to, LINKED[1]!));
    writeFileSync(join(to, LINKED[1]!), 'one content');
    const { different } = await compareFiles(move, QUIET);
    expect(Object.fromEntries(different.map(([kind, path]) => [path, kind]))).toEqual({
      'below/deep/small 3': 'another content',
      'below/link': 'another link',
      empty: 'another mode',
      'second name': 'other hard links',
    });
    await copy(move);
    expect(treeOf(to)).toEqual(treeOf(from));
  });

  it('belong to the access point at a target that has one, and every folder can be read and written by it', async () => {
    awkwardFiles(from);
    chmodSync(join(from, 'nothing'), 0o000);
    chownSync(to, NOBODY.userId, NOBODY.groupId);
    const move = moveOf({ target: new LocalFiles('a task', to, NOBODY) });
    await copy(move);
    expect(await compareFiles(move, QUIET)).toMatchObject({ differentCount: 0, otherOwners: expect.any(Number) });
    expect(treeOf(to, { owners: false })).toEqual(treeOf(from, { owners: false }));
    expect(new Set(readdirSync(to).map((name) => statSync(join(to, name), { throwIfNoEntry: false })?.uid))).toContain(1234);
    appendFileSync(join(from, 'sealed/inside'), ' again');
    rmSync(join(from, 'below/deep'), { recursive: true });
    await copy(move);
    expect(treeOf(to, { owners: false })).toEqual(treeOf(from, { owners: false }));
  });

  it('keep the owner of an access point on a host, and name what that owner may not read', async () => {
    for (const name of ['open', 'closed']) {
      writeFileSync(join(from, name), name);
      chownSync(join(from, name), NOBODY.userId, NOBODY.groupId);
    }
    chownSync(from, NOBODY.userId, NOBODY.groupId);
    chmodSync(join(from, 'closed'), 0o000);
    const move = moveOf({ source: new LocalFiles('a task', from, NOBODY) });
    await expect(copy(move)).rejects.toThrow(/Permission denied: 'closed'[^]*fix {3}let its owner read it/);
    chmodSync(join(from, 'closed'), 0o400);
    await copy(move);
    expect((await compareFiles(move, QUIET)).text).toBe('');
    expect(treeOf(to)).toEqual(treeOf(from));
    expect(statSync(join(to, 'open')).uid).toBe(NOBODY.userId);
  });

  it('leave what no copy can hold, and access points inside, and say so', async () => {
    mkdirSync(join(from, 'inner/own'), { recursive: true });
    writeFileSync(join(from, 'inner/own/file'), 'x');
    writeFileSync(join(from, 'inner/beside'), 'x');
    execFileSync('mkfifo', [join(from, 'pipe')]);
    const attribute = `import os, sys; os.setxattr(sys.argv[1], 'user.origin', b'x')`;
    const hasAttributes = spawnSync('python3', ['-c', attribute, join(from, 'inner/beside')]).status === 0;
    // The mount of the access point inside has made its folder.
    mkdirSync(join(to, 'inner/own'), { recursive: true });
    writeFileSync(join(to, 'inner/own/of itself'), 'x');
    const move = moveOf({ skipped: ['inner/own'] });
    const result = await copy(move);
    expect(result).toMatchObject({ others: 'pipe', attributes: hasAttributes ? 'inner/beside' : '' });
    const names = () => treeOf(to).map((line) => line.split(' | ')[0]);
    expect(names()).toEqual(['inner', 'inner/beside', 'inner/own', 'inner/own/of itself']);
    await dropFiles(move, { all: false }, QUIET);
    expect(names()).toEqual(['inner', 'inner/own', 'inner/own/of itself']);
  });

  it('are refused for a target that holds files of others, before and after the first copy', async () => {
    writeFileSync(join(from, 'own'), 'x');
    writeFileSync(join(to, 'of somebody'), 'precious');
    await expect(copy()).rejects.toThrow(/the target is not empty: 'of somebody'/);
    unlinkSync(join(to, 'of somebody'));
    await copy();
    writeFileSync(join(to, 'of somebody'), 'precious');
    await expect(copy()).rejects.toThrow(/somebody else has written at the target: 'of somebody'/);
    expect(readFileSync(join(to, 'of somebody'), 'utf8')).toBe('precious');
    unlinkSync(join(to, 'of somebody'));
    await expect(copy(moveOf({ id: 'move_2' }))).rejects.toThrow('the target belongs to another move: move_1');
  });

  it('are taken away again, without what somebody else has written there, unless it is given up', async () => {
    awkwardFiles(from);
    const move = moveOf();
    await copy(move);
    writeFileSync(join(to, 'below/of somebody'), 'precious');
    expect(await dropFiles(move, { all: false }, QUIET)).toBe('below/of somebody');
    expect(await dropFiles(move, { all: false }, QUIET)).toBe('');
    expect(treeOf(to).map((line) => line.split(' | ')[0])).toEqual(['below', 'below/of somebody']);
    rmSync(join(to, 'below'), { recursive: true });
    await copy();
    writeFileSync(join(to, 'given up'), 'x');
    await dropFiles(move, { all: true }, QUIET);
    expect(readdirSync(to)).toEqual([]);
    expect(store.parts.size).toBe(0);
    expect(treeOf(from).length).toBeGreaterThan(300);
  });

  it('are reached through no link that somebody puts in the place of a folder', async () => {
    mkdirSync(carried.path('secret'), { recursive: true });
    writeFileSync(carried.path('secret/key'), 'of the host');
    symlinkSync(carried.path('secret'), join(from, 'linked'));
    await copy();
    expect(treeOf(to)).toEqual(treeOf(from));
    expect(existsSync(join(to, 'linked')) && statSync(join(to, 'linked')).isDirectory()).toBe(true);
    expect([...store.parts.values()].some((part) => part.includes('of the host'))).toBe(false);
  });

  it('have addresses in no script, and no address in a message', async () => {
    writeFileSync(join(from, 'own'), 'x');
    const move = moveOf();
    await copy(move);
    for (const script of [...move.source.scripts, ...move.target.scripts]) {
      expect(script).not.toContain('signature=secret');
      // A task definition may have 64 KB, with the script as it is passed.
      expect(gzipSync(script).toString('base64').length).toBeLessThan(32_000);
    }
    store.stop();
    const error = await copy(move).catch((problem: unknown) => String(problem));
    expect(error).not.toContain('signature=secret');
    carried.store = await PartStore.start();
  });
});

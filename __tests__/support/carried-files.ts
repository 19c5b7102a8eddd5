/** Two folders of this machine, and a move of files from one to the other through a store: anew for each test. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyFiles } from '../../src/operations/move/files/carry';
import type { FilesMove } from '../../src/operations/move/files/job';
import { LocalFiles } from './awkward-files';
import { PartStore } from './part-store';

export const QUIET = { report: () => undefined };

export class CarriedFiles {
  public from = '';
  public to = '';
  public store!: PartStore;
  private readonly scratch = mkdtempSync(join(tmpdir(), 'terrace-files-'));
  private folders = 0;

  /** To be called in a `describe`. */
  public static inEachTest(): CarriedFiles {
    const carried = new CarriedFiles();
    beforeAll(async () => {
      chmodSync(carried.scratch, 0o755);
      carried.store = await PartStore.start();
    });
    afterAll(() => {
      carried.store.stop();
      rmSync(carried.scratch, { recursive: true, force: true });
    });
    beforeEach(() => carried.begin());
    return carried;
  }

  /** A path that is removed with the folders. */
  public path(name: string): string {
    return join(this.scratch, name);
  }

  public move(changes: Partial<FilesMove> = {}): FilesMove & { readonly source: LocalFiles; readonly target: LocalFiles } {
    return {
      id: 'move_1',
      name: 'uploads/all',
      source: new LocalFiles('the source', this.from),
      target: new LocalFiles('the target', this.to),
      skipped: [],
      store: this.store,
      ...changes,
    } as never;
  }

  public copy(move: FilesMove = this.move(), serving = false) {
    return copyFiles(move, { serving }, QUIET);
  }

  private async begin(): Promise<void> {
    await this.store.clear();
    this.store.onPut = () => undefined;
    this.store.puts.length = 0;
    this.folders += 1;
    this.from = this.path(`from-${this.folders}`);
    this.to = this.path(`to-${this.folders}`);
    mkdirSync(this.from);
    mkdirSync(this.to);
  }
}

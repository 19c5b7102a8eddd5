/** Two environments of one zone in a model: databases that are open or frozen, names that lead to one of them, visitors who write. */
import { parseEnvironment, type ResolvedEnvironment } from '../../src/config';
import type { Journal } from '../../src/operations/move/journal';
import { JournalConflict, type JournalStore, type StoredJournal } from '../../src/operations/move/journal-store';
import type { DatabaseMove, Engine, Verification } from '../../src/operations/move/postgres';
import type { StackChanger } from '../../src/operations/move/stacks';
import { done } from '../../src/operations/move/steps';
import { boxed } from './boxed';
import { example } from './example';

/** A kill: nothing after it is done, not even in `catch`. */
export class Killed extends Error {}

/** Parsing takes longer than everything else. */
const PARSED = new Map<string, ResolvedEnvironment>();

export type SideName = 'shop-mvp' | 'shop-growth';

interface Side {
  rows: Set<number>;
  /** By a move and its direction, as the marks of the engine. */
  readonly frozenBy: Set<string>;
  built: boolean;
}

export class SimulatedWorld {
  public readonly sides: Record<SideName, Side> = {
    'shop-mvp': { rows: new Set(), frozenBy: new Set(), built: true },
    'shop-growth': { rows: new Set(), frozenBy: new Set(), built: false },
  };
  /** Where the description says that visitors go, and where they go. */
  public described: SideName = 'shop-mvp';
  public deployed: SideName = 'shop-mvp';
  /** Writes that a side has confirmed to a visitor. */
  public readonly confirmed = new Map<number, SideName>();
  /** After how many more effects the command is killed. */
  public killAfter = Infinity;
  public readonly happened: string[] = [];
  private next = 1;

  /** A visitor writes where the names lead; a frozen or missing database refuses. */
  public write(): boolean {
    const side = this.sides[this.deployed];
    if (!side.built || side.frozenBy.size > 0) return false;
    side.rows.add(this.next);
    this.confirmed.set(this.next, this.deployed);
    this.next += 1;
    return true;
  }

  /** Every effect passes here: the command may be killed before or after it. */
  public async effect<T>(name: string, change: () => T): Promise<T> {
    await Promise.resolve();
    if (this.killAfter-- <= 0) throw new Killed(name);
    const result = change();
    this.happened.push(name);
    if (this.killAfter-- <= 0) throw new Killed(name);
    return result;
  }

  public environment(name: SideName): ResolvedEnvironment {
    const key = `${name} ${this.described}`;
    const describe = name === 'shop-mvp' ? boxed : example;
    const parsed =
      PARSED.get(key) ??
      parseEnvironment(
        describe({
          name,
          ...(name === 'shop-mvp' ? {} : { buckets: {} }),
          cache: undefined,
          domain: {
            kind: 'shared',
            zone: { zone: 'shop.example', provider: 'route53', servedBy: this.described },
            names: ['shop.example'],
          } as never,
        }),
      );
    PARSED.set(key, parsed);
    return parsed;
  }
}

/** Steps of the engine on the model, as its interface promises them. */
export function simulatedEngine(world: SimulatedWorld): Engine {
  const sideOf = ({ name }: { readonly name: string }): Side => world.sides[name as SideName];
  const isSame = ({ source, target }: DatabaseMove): boolean =>
    [...sideOf(source).rows].join() === [...sideOf(target).rows].join();
  const verificationOf = (move: DatabaseMove): Verification => ({
    formatVersion: 1,
    move: move.id,
    equal: isSame(move) && sideOf(move.source).frozenBy.size > 0,
    source: { place: move.source.name, database: 'shop', version: '16', readAt: NOW },
    target: { place: move.target.name, database: 'shop', version: '16', readAt: NOW },
    seal: { frozenAt: NOW, transaction: '1', position: '0/1' },
    sourceTransactions: { before: '1', after: '1' },
    sourceChecksum: '',
    tables: [],
    rows: sideOf(move.source).rows.size,
    sequences: 0,
    largeObjects: 0,
    compared: {},
    differences: isSame(move) ? [] : [{ kind: 'rows', name: 'public.orders' }],
    notes: [],
    seconds: 1,
  });
  const copied = (move: DatabaseMove): void => {
    sideOf(move.target).rows = new Set(sideOf(move.source).rows);
  };
  return {
    checkMove: () => Promise.resolve({ findings: [] }),
    prepareTarget: () => world.effect('roles', () => undefined),
    freeze: (move) =>
      world.effect(`freeze ${move.source.name}`, () => {
        sideOf(move.source).frozenBy.add(move.id);
        return { frozenAt: NOW, transaction: '1', position: '0/1' };
      }),
    thaw: (move) => world.effect(`thaw ${move.source.name}`, () => void sideOf(move.source).frozenBy.delete(move.id)),
    copy: (move) =>
      world.effect('copy', () => {
        if (sideOf(move.source).frozenBy.size === 0) throw new Error('a source is copied that is not frozen');
        copied(move);
      }),
    startLive: (move) => world.effect('start live', () => copied(move)),
    lagOf: () => Promise.resolve({ following: true, copied: 1, remaining: 0, bytes: 0, seconds: 0 }),
    finishLive: (move) => world.effect('finish live', () => copied(move)),
    verify: (move) => world.effect('verify', () => verificationOf(move)),
    confirmFrozen: (move) => Promise.resolve(sideOf(move.source).frozenBy.size > 0),
    finish: () => world.effect('finish', () => undefined),
    abandon: (move) =>
      world.effect('abandon', () => {
        sideOf(move.target).rows = new Set();
      }),
  };
}

const NOW = '2026-11-28T10:00:00.000Z';

export function simulatedStacks(world: SimulatedWorld): StackChanger {
  return {
    apply: async ({ stacks }) => {
      await world.effect(`apply ${stacks.join(', ')}`, () => {
        if (stacks.some((stack) => stack.endsWith('-names'))) world.deployed = world.described;
        if (stacks.some((stack) => stack.startsWith('shop-growth-'))) world.sides['shop-growth'].built = true;
      });
      return done();
    },
  };
}

/** A journal in memory, which refuses a write on another version as S3 does. */
export class MemoryJournal implements JournalStore {
  public readonly where = 'memory';
  public stored?: StoredJournal;
  public readonly kept = new Map<string, string>();

  constructor(private readonly world: SimulatedWorld) {}

  public read(): Promise<StoredJournal | undefined> {
    return Promise.resolve(this.stored);
  }

  public write(journal: Journal, version: string | undefined): Promise<string> {
    return this.world.effect('journal', () => {
      if (this.stored?.version !== version) throw new JournalConflict(this.where);
      this.stored = { journal: structuredClone(journal), version: String(Number(version ?? 0) + 1) };
      return this.stored.version;
    });
  }

  public keep(name: string, text: string): Promise<string> {
    this.kept.set(name, text);
    return Promise.resolve(`memory/${name}`);
  }
}

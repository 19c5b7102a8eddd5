/** The record of a move: what was done, when, and where it stands. Pure; `journal-store.ts` keeps it. */
import { z } from 'zod';
import { PHASES, type Facts, type Step } from './steps';

const entrySchema = z.strictObject({
  id: z.string(),
  phase: z.enum(PHASES),
  /** `started` also after an interruption: nobody knows how far it came, so it is repeated, or taken back. */
  state: z.enum(['started', 'done', 'waiting', 'failed', 'undone']),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  notes: z.array(z.string()).default([]),
  facts: z.record(z.string(), z.unknown()).default({}),
});

export const journalSchema = z.strictObject({
  formatVersion: z.literal(1),
  /** Of this move: lower-case letters, digits and underscores. */
  id: z.string().regex(/^[a-z0-9_]{1,30}$/),
  kind: z.enum(['tier', 'database', 'environment']),
  source: z.string(),
  /** Only of a move to another environment. */
  target: z.string().optional(),
  /** Only of a move between tiers: those that serve before and after. */
  tiers: z.strictObject({ from: z.string(), to: z.string() }).optional(),
  /** What was chosen at its beginning, and holds until its end. */
  choices: z.strictObject({ live: z.boolean(), secrets: z.boolean(), leave: z.array(z.string()) }),
  direction: z.enum(['forward', 'back']),
  /** `finished`: there is no way back. `returned`: everything was taken back. Another move can begin after either. */
  state: z.enum(['open', 'finished', 'returned']),
  startedAt: z.iso.datetime(),
  /** Who runs it at the moment, and when they last said so. */
  holder: z.strictObject({ run: z.string(), who: z.string(), at: z.iso.datetime() }).optional(),
  entries: z.array(entrySchema),
});

export type Journal = z.infer<typeof journalSchema>;
export type JournalEntry = Journal['entries'][number];
type Kind = Journal['kind'];

export interface NewMove {
  readonly kind: Kind;
  readonly source: string;
  readonly target?: string;
  readonly tiers?: Journal['tiers'];
  readonly choices: Journal['choices'];
}

export function newJournal({ kind, source, target, tiers, choices }: NewMove, now: Date): Journal {
  return {
    formatVersion: 1,
    id: `move_${now.toISOString().slice(0, 19).replace(/[-:]/g, '').toLowerCase()}`,
    kind,
    source,
    ...(target === undefined ? {} : { target }),
    ...(tiers === undefined ? {} : { tiers }),
    choices,
    direction: 'forward',
    state: 'open',
    startedAt: now.toISOString(),
    entries: [],
  };
}

export function entryOf({ entries }: Journal, id: string): JournalEntry | undefined {
  return entries.find((entry) => entry.id === id);
}

/** Whether a step was begun and not taken back: its effects may be there. */
export function hasEffect(journal: Journal, id: string): boolean {
  const state = entryOf(journal, id)?.state;
  return state !== undefined && state !== 'undone';
}

export function isDone(journal: Journal, id: string): boolean {
  return entryOf(journal, id)?.state === 'done';
}

/** With the beginning of a step. Facts of an earlier attempt stay until it is done. */
export function begun(journal: Journal, { id, phase }: Pick<Step, 'id' | 'phase'>, now: Date): Journal {
  const facts = entryOf(journal, id)?.facts ?? {};
  return withEntry(journal, { id, phase, state: 'started', startedAt: now.toISOString(), notes: [], facts });
}

export function ended(
  journal: Journal,
  id: string,
  end: { readonly state: JournalEntry['state']; readonly notes?: readonly string[]; readonly facts?: Facts },
  now: Date,
): Journal {
  const entry = entryOf(journal, id);
  if (entry === undefined) throw new Error(`the step ${id} was not begun`);
  return withEntry(journal, {
    ...entry,
    state: end.state,
    endedAt: now.toISOString(),
    notes: [...(end.notes ?? [])],
    facts: { ...(end.facts ?? entry.facts) },
  });
}

function withEntry(journal: Journal, entry: JournalEntry): Journal {
  const entries = journal.entries.some(({ id }) => id === entry.id)
    ? journal.entries.map((each) => (each.id === entry.id ? entry : each))
    : [...journal.entries, entry];
  return { ...journal, entries };
}

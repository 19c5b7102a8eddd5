/** What `npm run move` prints for people. Pure. */
import { entryOf, type Journal } from '../../operations/move/journal';
import type { MachineResult } from '../../operations/move/machine';
import { PHASE_TEXTS, PHASES, type Step } from '../../operations/move/steps';

const SUBJECTS: Readonly<Record<Journal['kind'], string>> = {
  tier: 'to another tier',
  database: 'its database to RDS',
  environment: 'to another environment',
};

/** Every phase with its steps. */
export function planText({ journal, steps }: { readonly journal: Journal; readonly steps: readonly Step[] }): string {
  const lines = PHASES.flatMap((phase) => {
    const own = steps.filter((step) => step.phase === phase);
    if (own.length === 0) return [];
    return [`${phase}: ${PHASE_TEXTS[phase]}`, ...own.map((step) => `  ${markOf(journal, step)} ${step.text}`)];
  });
  return [headOf(journal), ...lines, '', 'Nothing was changed.', ''].join('\n');
}

/** Where it stands. */
export function statusText(journal: Journal | undefined): string {
  if (journal === undefined) return 'no move is recorded\n';
  const { entries, holder, state, direction } = journal;
  const shown = entries.flatMap(({ id, state: step, endedAt, startedAt, notes }) => [
    `  ${step.padEnd(8)} ${id.padEnd(28)} ${endedAt ?? startedAt}`,
    ...notes.flatMap((note) => note.split('\n')).map((note) => `           ${note}`),
  ]);
  const now = state !== 'open' ? state : direction === 'back' ? 'being taken back' : 'under way';
  return [
    `${headOf(journal)}: ${now}`,
    ...(holder === undefined ? [] : [`  run by ${holder.who}, last seen at ${holder.at}`]),
    ...shown,
    '',
  ].join('\n');
}

/** What a run came to, and what is next. */
export function resultText(
  { end, step, notes, journal }: MachineResult,
  { source, journal: where }: { readonly source: string; readonly journal: string },
): string {
  const command = `npm run move -- ${source}`;
  const done = notesOf(journal, 'done');
  const head = headOf(journal);
  switch (end) {
    case 'paused':
      return lines(
        `${head}: visitors are on the new side`,
        ...done,
        `  next     ${command} --finish, or ${command} --back`,
        `  journal  ${where}`,
      );
    case 'finished':
      return lines(`${head}: finished`, ...done, `  journal  ${where}`);
    case 'returned':
      return lines(`${head}: taken back`, ...notesOf(journal, 'undone'), `  journal  ${where}`);
    case 'waiting':
      return lines(
        `${head}: waiting at ${step}`,
        ...notes.map((note) => `  ${note}`),
        `  next     ${command}${journal.direction === 'back' ? ' --back' : ''}`,
        `  journal  ${where}`,
      );
    case 'stopped':
      return lines(`${head}: stopped before ${step ?? 'the beginning'}`, `  next     ${command}`, `  journal  ${where}`);
    case 'failed':
      return lines(
        `${head}: ${step} failed`,
        ...notes.flatMap((note) => note.split('\n')).map((note) => `  ${note}`),
        ...(isFrozen(journal) ? ['  the old side still refuses writes'] : []),
        `  next     ${command} tries it again, ${command} --back takes everything back`,
        `  journal  ${where}`,
      );
  }
}

/** What steps said that ended so. */
function notesOf({ entries }: Journal, wanted: 'done' | 'undone'): readonly string[] {
  return entries
    .filter(({ state }) => state === wanted)
    .flatMap(({ id, notes }) => notes.flatMap((note) => note.split('\n')).map((note) => `  ${id}: ${note}`));
}

function lines(...all: readonly string[]): string {
  return `${all.join('\n')}\n`;
}

function headOf({ source, target, kind, tiers }: Journal): string {
  if (target !== undefined) return `${source} to ${target}`;
  return tiers === undefined ? `${source}, ${SUBJECTS[kind]}` : `${source} from ${tiers.from} to ${tiers.to}`;
}

function markOf(journal: Journal, { id }: Step): string {
  return entryOf(journal, id)?.state === 'done' ? '[done]' : '-';
}

/** Between the freeze and the switch. */
function isFrozen({ entries }: Journal): boolean {
  const holds = (phase: string): boolean => entries.some((entry) => entry.phase === phase && entry.state !== 'undone');
  return (
    holds('freeze') && !entries.some(({ id, state }) => id.startsWith('switch/') && id !== 'switch/begin' && state === 'done')
  );
}

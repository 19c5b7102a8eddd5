/** The answers about a new system as texts: of flags, of prompts, of defaults. */
import type { FLAGS } from './flags';

export type Flag = (typeof FLAGS)[number]['flag'];

/** Answers as texts, by flag. */
export type Given = Readonly<Partial<Record<Flag, string>>>;

/** Whether there is an answer, and not that there is none. */
export function isGiven(text: string | undefined): text is string {
  return text !== undefined && text !== 'none';
}

/** The parts of a comma-separated list. */
export function listOf(text: string | undefined): readonly string[] {
  return (isGiven(text) ? text : '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

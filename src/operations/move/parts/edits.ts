/** Where a person has to change the description, and whether they have. The command itself changes no file of theirs. */
import { listedFiles } from '../../../cli/source-files';
import { PlaceFinder } from '../../../synthesis/places';
import type { Outcome, Step } from '../steps';
import { done } from '../steps';

export interface Edit {
  readonly environment: string;
  /** In the description. @example ['domain', 'zone', 'servedBy'] */
  readonly path: readonly string[];
  /** As it is written. @example `servedBy: 'shop-growth'` */
  readonly wanted: string;
}

/** `environments/shop/zone.ts:9: servedBy: 'shop-growth'` */
export async function editText({ environment, path, wanted }: Edit, checkout?: string): Promise<string> {
  const file = listedFiles(checkout).get(environment);
  if (file === undefined) return `${environment}: ${wanted}`;
  const place = (await PlaceFinder.create(checkout))?.find(file, path) ?? file;
  return `${place}: ${wanted}`;
}

/** A step that waits until the description says what is wanted. */
export function editStep(
  { id, phase, why }: Pick<Step, 'id' | 'phase'> & { readonly why: string },
  edits: readonly Edit[],
  isMade: () => boolean,
): Step {
  return {
    id,
    phase,
    text: `waits for the description: ${edits.map(({ wanted }) => wanted).join(', ')}`,
    run: () => waitForEdits(why, edits, isMade),
  };
}

export async function waitForEdits(why: string, edits: readonly Edit[], isMade: () => boolean): Promise<Outcome> {
  if (isMade()) return done();
  const lines = await Promise.all(edits.map((edit) => editText(edit)));
  return { kind: 'waits', notes: [why, ...lines.map((line) => `  ${line}`)] };
}

/** The files of a move, as steps: copied while the old side serves, again after the freeze, compared, and once more after the switch. */
import { compareFiles, copyFiles, copyLate, dropFiles, filesWrittenSince, finishFiles, type Copied } from '../files/carry';
import { shown, type FilesMove } from '../files/job';
import { done, type Outcome, type Step, type StepTools } from '../steps';

/** The files of one access point. */
export interface FilesPart {
  /** Part of the ids of steps: `uploads-images`. */
  readonly id: string;
  /** File system and access point: `uploads/images`. */
  readonly name: string;
  readonly from: string;
  readonly to: string;
  /** Asked when a step runs: the target exists only once it is built. */
  readonly moveOf: () => Promise<FilesMove>;
}

export function fileSteps(parts: readonly FilesPart[]): readonly Step[] {
  return parts.flatMap((part) => {
    const { id, name, from, to, moveOf } = part;
    const lastCopy = `last-copy/files-${id}`;
    return [
      {
        id: `copy/files-${id}`,
        phase: 'copy' as const,
        text: `copies the files of ${name} from ${from} to ${to}`,
        run: async (tools: StepTools) => notesOf(name, await copyFiles(await moveOf(), { serving: true }, tools)),
        undo: async (tools: StepTools): Promise<Outcome> => {
          const others = await dropFiles(await moveOf(), { all: tools.discardWrites }, tools);
          return done([
            `the files of ${name} at ${to} are removed`,
            ...(others === '' ? [] : [`stays   ${others} at ${to}: somebody else has written it`]),
          ]);
        },
      },
      {
        id: `verify/files-${id}`,
        phase: 'verify' as const,
        text: `reads the files of ${name} on both sides, so that only those which change are read again`,
        run: async (tools: StepTools) => {
          const { files, differentCount } = await compareFiles(await moveOf(), tools);
          return done([`${name}: ${files} files, ${differentCount} differences so far`]);
        },
      },
      {
        id: lastCopy,
        phase: 'last-copy' as const,
        text: `copies what has changed since in ${name}, and deletes what was deleted`,
        run: async (tools: StepTools) => notesOf(name, await copyFiles(await moveOf(), { serving: false }, tools)),
      },
      {
        id: `last-verify/files-${id}`,
        phase: 'last-verify' as const,
        text: `compares the files of ${name}: number, content, modes, links`,
        run: (tools: StepTools) => verified(part, tools),
      },
      lateStep(part, `watch/files-${id}`, `copies what was still written to ${name} of ${from} during the switch`),
      {
        id: `finish/files-${id}`,
        phase: 'finish' as const,
        text: `removes the mark of the move from ${name}`,
        run: async (tools: StepTools) => {
          await finishFiles(await moveOf(), tools);
          return done([`the old files of ${name} stay with ${from}`]);
        },
      },
    ];
  });
}

/** After the new side was watched: until then, a resolver may have led a visitor to the old one. */
export function lastFileSteps(parts: readonly FilesPart[]): readonly Step[] {
  return parts.map((part) =>
    lateStep(
      part,
      `watch/files-${part.id}-again`,
      `copies what was written to ${part.name} of ${part.from} by those who came late`,
    ),
  );
}

function lateStep({ name, to, moveOf }: FilesPart, id: string, text: string): Step {
  return {
    id,
    phase: 'watch',
    text,
    run: async (tools) => {
      const { sent, torn, conflicts } = await copyLate(await moveOf(), tools);
      return done([
        `${name}: ${sent} files copied after the switch`,
        ...(torn.length === 0 ? [] : [`not copied, because they are still written: ${shown(torn)}`]),
        ...(conflicts.length === 0 ? [] : [`written on both sides, those of ${to} stay: ${shown(conflicts)}`]),
      ]);
    },
  };
}

/** Before visitors are led back: what of them was written at the target since the switch. */
export async function writtenFiles(parts: readonly FilesPart[], tools: StepTools): Promise<readonly string[]> {
  const written: string[] = [];
  for (const { moveOf } of parts) written.push(...(await filesWrittenSince(await moveOf(), tools)));
  return written;
}

async function verified({ id, name, from, to, moveOf }: FilesPart, tools: StepTools): Promise<Outcome> {
  const move = await moveOf();
  const { files, bytes, folders, links, differentCount, otherOwners, text } = await compareFiles(move, tools);
  if (differentCount > 0)
    return {
      kind: 'failed',
      why: `the files of ${name} differ between ${from} and ${to}: ${text}`,
      repeatFrom: `last-copy/files-${id}`,
    };
  const owner = move.target.owner;
  return done([
    `${name}: ${files} files with ${bytes} bytes, ${folders} folders and ${links} links are the same`,
    ...(owner === undefined || otherOwners === 0
      ? []
      : [
          `${otherOwners} of them have another owner at ${from}; at ${to} all belong to ${owner.userId}:${owner.groupId}, as the access point says`,
        ]),
  ]);
}

function notesOf(name: string, { files, bytes, sent, deleted, torn, others, attributes }: Copied): Outcome {
  return done([
    `${name}: ${files} files with ${bytes} bytes, ${sent} sent, ${deleted} deleted`,
    ...(torn.length === 0 ? [] : [`left for the next copy, because they are being written: ${shown(torn)}`]),
    ...(others === '' ? [] : [`stays   ${others}: neither a file, a folder nor a link`]),
    ...(attributes === '' ? [] : [`stays   extended attributes and ACLs of ${attributes}`]),
  ]);
}

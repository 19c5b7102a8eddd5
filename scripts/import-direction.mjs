/**
 * ESLint rule: imports point down only, as import-rules.json says.
 *
 * A file belongs to the room with the longest matching path. It may import its own room and the rooms that the table lists for it.
 * With `subfoldersApart`, the subfolders of a room do not import each other.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const ROOMS = JSON.parse(readFileSync(join(ROOT, 'import-rules.json'), 'utf8'));

const isIn = (path, room) => path === room || path === room.replace(/\.ts$/, '') || path.startsWith(`${room}/`);

/** The room that a path from the repository's root belongs to; undefined for tests and scripts. */
export function roomOf(path, rooms = ROOMS) {
  return rooms.filter(({ room }) => isIn(path, room)).sort((one, other) => other.room.length - one.room.length)[0];
}

/**
 * Why one file may not import another; undefined when it may.
 * @param from importing file, from the repository's root
 * @param to imported file, with or without its extension
 */
export function importProblem(from, to, rooms = ROOMS) {
  const [own, other] = [roomOf(from, rooms), roomOf(to, rooms)];
  if (own === undefined) return undefined;
  if (other === undefined) return `${to} is in no room of import-rules.json`;
  if (own.room !== other.room) {
    return own.mayImport.includes(other.room)
      ? undefined
      : `${own.room} (${own.holds}) may not import ${other.room}: it may import ${own.mayImport.join(', ') || 'nothing'}`;
  }
  const subfolder = (path) => {
    const parts = path.slice(own.room.length + 1).split('/');
    return parts.length > 1 ? parts[0] : undefined;
  };
  const [one, another] = [subfolder(from), subfolder(to)];
  const crosses = own.subfoldersApart === true && one !== undefined && another !== undefined && one !== another;
  return crosses ? `the folders of ${own.room} do not import each other: move what both need to a room below` : undefined;
}

export default {
  meta: { type: 'problem', schema: [], messages: { direction: '{{ problem }} (import-rules.json)' } },
  create(context) {
    const file = relative(ROOT, context.filename).split(sep).join('/');
    const check = ({ source }) => {
      if (typeof source?.value !== 'string' || !source.value.startsWith('.')) return;
      const target = relative(ROOT, resolve(dirname(context.filename), source.value))
        .split(sep)
        .join('/');
      const problem = importProblem(file, target);
      if (problem !== undefined) context.report({ node: source, messageId: 'direction', data: { problem } });
    };
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check, ImportExpression: check };
  },
};

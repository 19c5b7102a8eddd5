/** Findings on the way of the dump: programs, room, and whether one place reaches the other server. */
import { CommandError } from '../../../cli/errors';
import type { DatabasePlace } from '../../database-place';
import { otherSide } from './dump';
import type { Finding, Sides } from './findings';
import type { DatabaseMove, StepOptions } from './move';
import { quoted, runScript } from './scripts';
import { senderOf } from './transfer';

/** A compressed dump is rarely larger than the tables, and rarely smaller than a tenth of the database. */
const LEAST_SHARE = 0.1;

export async function findingsOfRoute(move: DatabaseMove, sides: Sides, options: StepOptions): Promise<readonly Finding[]> {
  const { route } = move;
  if (route.kind === 'direct') {
    const at = route.at === 'source' ? move.source : move.target;
    return [
      ...(await placeFindings(at, {
        move,
        folder: route.folder,
        needs: ['pg_dump', 'pg_restore', 'flock', 'awk'],
        sides,
        options,
      })),
      ...(await reaches(at, move, options)),
    ];
  }
  const sender = senderOf(move, route);
  const [source, sending, target] = await Promise.all([
    placeFindings(move.source, {
      move,
      folder: route.sourceFolder,
      needs: ['pg_dump', 'flock', 'awk'],
      // The dump and the parts of it.
      copies: 2,
      sides,
      options,
    }),
    placeFindings(sender.place, {
      move,
      folder: sender.folder,
      needs: ['curl', 'split', 'tar', 'sha256sum', 'flock'],
      // On the disk of the source, which is looked at above.
      copies: 0,
      sides,
      options,
    }),
    placeFindings(move.target, {
      move,
      folder: route.targetFolder,
      needs: ['pg_restore', 'awk', 'tar', 'sha256sum'],
      sides,
      options,
    }),
  ]);
  return [...source, ...sending, ...target];
}

interface PlaceCheck {
  readonly move: DatabaseMove;
  readonly folder: string;
  readonly needs: readonly string[];
  readonly copies?: number;
  readonly sides: Sides;
  readonly options: StepOptions;
}

async function placeFindings(
  place: DatabasePlace,
  { move, folder, needs, copies = 1, sides: { source }, options }: PlaceCheck,
): Promise<readonly Finding[]> {
  const script = `for program in ${needs.join(' ')}; do command -v "$program" > /dev/null || printf '%s ' "$program"; done
echo
pg_dump --version | sed 's/[^0-9]*\\([0-9]*\\).*/\\1/' || true
folder=${quoted(folder)}
while ! [ -d "$folder" ]; do folder=$(dirname "$folder"); done
if [ -w "$folder" ]; then df -Pk "$folder" | awk 'END { print $4 }'; else echo closed; fi`;
  const read = await runScript(place, script, { ...options, move: move.id, doing: 'looking at programs and room' });
  const [missing = '', version = '', free = ''] = read.split('\n').map((line) => line.trim());
  const findings: Finding[] = [];
  if (missing !== '')
    findings.push({
      weight: 'refused',
      id: 'program-missing',
      subject: place.name,
      message: `it has no ${missing.replaceAll(' ', ', ')}`,
      fix: 'another place or another route',
    });
  if (needs.includes('pg_dump') && Number(version) < source.major)
    findings.push({
      weight: 'refused',
      id: 'client-older',
      subject: place.name,
      message: `its pg_dump has version ${version || 'unknown'}, and the source ${source.major}`,
      fix: `client programs of version ${source.major} or newer`,
    });
  const expected = source.bytes * copies;
  if (free === 'closed')
    findings.push({
      weight: 'refused',
      id: 'folder-closed',
      subject: `${folder} on ${place.name}`,
      message: 'scripts may not write there',
      fix: 'another folder',
    });
  else if (move.live === undefined && Number(free) * 1024 < expected)
    findings.push({
      weight: Number(free) * 1024 < expected * LEAST_SHARE ? 'refused' : 'warning',
      id: 'little-room',
      subject: `${folder} on ${place.name}`,
      message: `${mebibytes(Number(free) * 1024)} are free, and the database has ${mebibytes(source.bytes)}; its dump is compressed`,
      fix: 'make room, or choose another folder',
    });
  return findings;
}

async function reaches(place: DatabasePlace, move: DatabaseMove, options: StepOptions): Promise<readonly Finding[]> {
  if (move.route.kind !== 'direct') return [];
  try {
    await runScript(place, `${otherSide(move.route.other)}\nother sql --command='select 1' "$there"`, {
      ...options,
      move: move.id,
      doing: `connecting to ${move.route.other.host}`,
    });
    return [];
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return [
      { weight: 'refused', id: 'route-closed', subject: `${place.name} to ${move.route.other.host}`, message: error.message },
    ];
  }
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / 1024 / 1024)} MiB`;
}

/** Takes a dump from the place of the source to that of the target, in parts that are kept when it is interrupted. */
import { CommandError } from '../../../cli/errors';
import { lockedFolder, MESSAGES } from './dump';
import type { DatabaseMove, Route, StepOptions } from './move';
import { LONG_SECONDS, runScript } from './scripts';
import type { TransferStore } from './transfer-store';

/** A part that was interrupted is sent again from its start. */
const LEAST_PART_BYTES = 64 * 1024 * 1024;

/** S3 takes no larger object at once. */
const LARGEST_PART_BYTES = 5 * 1024 * 1024 * 1024;

/** So that the list of addresses stays short. */
const MOST_PARTS = 60;

/** Addresses in one script. */
const BATCH = 10;

/** The object with the addresses of all parts: they are many and long, and a script gets only the address of this one. */
function indexName(dump: string): string {
  return `${dump}.index`;
}

export interface UploadOptions {
  readonly name: string;
  /** Shell lines that make the dump. */
  readonly lines: string;
}

interface Part {
  readonly name: string;
  readonly bytes: number;
}

/** Dumps, and sends the parts that the store does not have. */
export async function uploadDump(
  move: DatabaseMove,
  route: Extract<Route, { kind: 'store' }>,
  dump: UploadOptions,
  options: StepOptions,
): Promise<void> {
  const purpose = { timeoutSeconds: LONG_SECONDS, ...options, move: move.id };
  const head = [lockedFolder(route.sourceFolder), MESSAGES];
  const printed = await runScript(move.source, [...head, dump.lines, splitLines(dump.name)].join('\n'), {
    ...purpose,
    doing: 'dumping',
  });
  const parts = printed
    .trim()
    .split('\n')
    .map((line): Part => {
      const [name = '', bytes = ''] = line.split(' ');
      return { name: `${dump.name}.${name}`, bytes: Number(bytes) };
    });
  const there = new Map((await route.store.list()).map(({ name, bytes }) => [name, bytes]));
  const missing = parts.filter(({ name, bytes }) => there.get(name) !== bytes);
  if (missing.length < parts.length)
    options.report(`${parts.length - missing.length} of ${parts.length} parts are in the store already`);
  for (let first = 0; first < missing.length; first += BATCH) {
    const batch = missing.slice(first, first + BATCH);
    const lines = await Promise.all(
      batch.map(async ({ name, bytes }) => `${name} ${await route.store.addressToPut(name, bytes)}`),
    );
    await runScript(move.source, [...head, sendLines(dump.name)].join('\n'), {
      ...purpose,
      doing: 'sending parts of the dump',
      secrets: { PARTS: lines.join('\n') },
    });
    options.report(`sent ${first + batch.length} of ${missing.length} parts`);
  }
  await putIndex(route.store, dump.name, parts);
}

/** The address of the index. */
export function storeIndex(store: TransferStore, dump: string): Promise<string> {
  return store.addressToGet(indexName(dump));
}

/** Prints name and size of each part: its number and the hash of its content. */
function splitLines(dump: string): string {
  return `kib=$(du -sk "$folder/${dump}" | cut -f1)
bytes=$(( (kib * 1024 / ${MOST_PARTS} / 1048576 + 1) * 1048576 ))
[ "$bytes" -ge ${LEAST_PART_BYTES} ] || bytes=${LEAST_PART_BYTES}
[ "$bytes" -le ${LARGEST_PART_BYTES} ] || { echo "a dump of $kib KiB is too large for a store: let one place reach both servers" >&2; exit 1; }
if ! [ -e "$folder/${dump}.parts/complete" ]; then
  rm -rf "$folder/${dump}.parts"
  mkdir "$folder/${dump}.parts"
  tar -C "$folder" -cf "$folder/${dump}.tar" "${dump}" "${dump}.complete"
  split -b "$bytes" -d -a 4 "$folder/${dump}.tar" "$folder/${dump}.parts/"
  rm "$folder/${dump}.tar"
  for part in "$folder/${dump}.parts"/*; do mv "$part" "$part-$(sha256sum < "$part" | cut -c1-64)"; done
  touch "$folder/${dump}.parts/complete"
fi
for part in "$folder/${dump}.parts"/*-*; do printf '%s %s\\n' "\${part##*/}" "$(wc -c < "$part")"; done`;
}

/** Addresses are no arguments, so that no list of processes shows them. */
function sendLines(dump: string): string {
  return `printf '%s\\n' "$PARTS" | while read -r name address; do
  printf 'url = "%s"\\n' "$address" | curl --silent --show-error --fail --retry 4 --connect-timeout 15 --speed-time 60 --speed-limit 1 \\
    --output /dev/null --upload-file "$folder/${dump}.parts/\${name#${dump}.}" --config - || exit 1
done`;
}

async function putIndex(store: TransferStore, dump: string, parts: readonly Part[]): Promise<void> {
  const lines = await Promise.all(parts.map(async ({ name }) => `${name} ${await store.addressToGet(name)}\n`));
  const body = Buffer.from(lines.join(''));
  const response = await fetch(await store.addressToPut(indexName(dump), body.length), { method: 'PUT', body });
  if (!response.ok)
    throw new CommandError(`the store did not take the list of parts (HTTP ${response.status})\n  fix   call the command again`);
}

/** Lines that have the dump in the folder in the end, each part compared with its hash. Needs the variable \`INDEX\`. */
export function fetchLines(dump: string, state: string): string {
  return `get() {
  if command -v curl > /dev/null; then printf 'url = "%s"\\n' "$1" | curl --silent --show-error --fail --retry 4 --output "$2" --config -
  else wget -q -T 60 -O "$2" "$1"; fi
}
if [ "$(cat "$folder/${dump}.complete" 2> /dev/null || true)" != '${state}' ]; then
  rm -rf "$folder/${dump}" "$folder/${dump}.complete"
  get "$INDEX" "$folder/index"
  while read -r name address; do
    for attempt in 1 2 3 last; do
      if get "$address" "$folder/part" && [ "$(sha256sum < "$folder/part" | cut -c1-64)" = "\${name##*-}" ]; then break; fi
      [ "$attempt" != last ] || { echo "part $name did not arrive" >&2; exit 1; }
      sleep 2
    done
    cat "$folder/part"
    rm "$folder/part"
  done < "$folder/index" | tar -C "$folder" -xf -
  [ "$(cat "$folder/${dump}.complete" 2> /dev/null)" = '${state}' ] || { echo 'the dump did not arrive whole' >&2; exit 1; }
fi`;
}

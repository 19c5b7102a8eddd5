/** Takes a dump from the place of the source to that of the target, in parts that are kept when it is interrupted. */
import { CommandError } from '../../../cli/errors';
import { lockedFolder, MESSAGES } from './dump';
import type { DatabaseMove, Route, Sender, StepOptions } from './move';
import { LONG_SECONDS, quoted, runScript } from './scripts';
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
  /** Of the source: parts of another dump are not used. */
  readonly state: string;
  /** Whether parts that an earlier call has left are not used. */
  readonly fresh: boolean;
  /** Shell lines that make the dump. */
  readonly lines: string;
}

type StoreRoute = Extract<Route, { kind: 'store' }>;

interface Part {
  readonly name: string;
  readonly bytes: number;
}

/** Dumps, and sends the parts that the store does not have. */
export async function uploadDump(
  move: DatabaseMove,
  route: StoreRoute,
  dump: UploadOptions,
  options: StepOptions,
): Promise<void> {
  const purpose = { timeoutSeconds: LONG_SECONDS, ...options, move: move.id };
  const sender = senderOf(move, route);
  await runScript(move.source, [lockedFolder(route.sourceFolder), MESSAGES, dump.lines].join('\n'), {
    ...purpose,
    doing: 'dumping',
  });
  const head = [lockedFolder(sender.folder), MESSAGES];
  const printed = await runScript(sender.place, [...head, splitLines(dump, sender.sourceFolder)].join('\n'), {
    ...purpose,
    doing: 'dividing the dump into parts',
  });
  const parts = partsIn(printed, dump.name);
  let missing = await missingOf(parts, route.store);
  if (missing.length < parts.length)
    options.report(`${parts.length - missing.length} of ${parts.length} parts are in the store already`);
  while (missing.length > 0) {
    const batch = missing.slice(0, BATCH);
    const lines = await Promise.all(
      batch.map(async ({ name, bytes }) => `${name} ${await route.store.addressToPut(name, bytes)}`),
    );
    await runScript(sender.place, [...head, sendLines(dump.name)].join('\n'), {
      ...purpose,
      doing: 'sending parts of the dump',
      secrets: { PARTS: lines.join('\n') },
    });
    // Asked again, because a place may have joined a script of an earlier call, with other parts.
    const left = await missingOf(parts, route.store);
    if (left.length >= missing.length)
      throw new CommandError(`no part of the dump arrived in the store\n  fix   call the command again`);
    options.report(`sent ${parts.length - left.length} of ${parts.length} parts`);
    missing = left;
  }
  await putIndex(route.store, dump.name, parts);
}

/** Where parts are sent from, and where they are. */
export function senderOf({ source }: DatabaseMove, { sender, sourceFolder }: StoreRoute): Sender {
  return sender ?? { place: source, sourceFolder, folder: sourceFolder };
}

function partsIn(printed: string, dump: string): readonly Part[] {
  return printed
    .trim()
    .split('\n')
    .map((line): Part => {
      const [name = '', bytes = ''] = line.split(' ');
      return { name: `${dump}.${name}`, bytes: Number(bytes) };
    });
}

async function missingOf(parts: readonly Part[], store: TransferStore): Promise<readonly Part[]> {
  const there = new Map((await store.list()).map(({ name, bytes }) => [name, bytes]));
  return parts.filter(({ name, bytes }) => there.get(name) !== bytes);
}

/** The address of the index. */
export function storeIndex(store: TransferStore, dump: string): Promise<string> {
  return store.addressToGet(indexName(dump));
}

/** Prints name and size of each part: its number and the hash of its content. */
function splitLines({ name, state, fresh }: UploadOptions, dumps: string): string {
  return `dumps=${quoted(dumps)}
parts="$folder/${name}.parts"
kib=$(du -sk "$dumps/${name}" | cut -f1)
bytes=$(( (kib * 1024 / ${MOST_PARTS} / 1048576 + 1) * 1048576 ))
[ "$bytes" -ge ${LEAST_PART_BYTES} ] || bytes=${LEAST_PART_BYTES}
[ "$bytes" -le ${LARGEST_PART_BYTES} ] || { echo "a dump of $kib KiB is too large for a store: let one place reach both servers" >&2; exit 1; }
${fresh ? 'rm -rf "$parts"' : ':'}
if [ "$(cat "$parts/complete" 2> /dev/null || true)" != ${quoted(state)} ]; then
  rm -rf "$parts" "$folder/packed"
  mkdir "$parts"
  { tar -C "$dumps" -cf - "${name}" "${name}.complete" && touch "$folder/packed"; } | split -b "$bytes" -d -a 4 - "$parts/"
  [ -e "$folder/packed" ] || { echo 'the dump could not be read' >&2; exit 1; }
  for part in "$parts"/*; do mv "$part" "$part-$(sha256sum < "$part" | cut -c1-64)"; done
  printf %s ${quoted(state)} > "$parts/complete"
fi
for part in "$parts"/*-*; do printf '%s %s\\n' "\${part##*/}" "$(wc -c < "$part")"; done`;
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

/** Lines that have the dump in the folder in the end, each part compared with its hash. @param index the variable with its address */
export function fetchLines(dump: string, state: string, index: string): string {
  return `get() {
  if command -v curl > /dev/null; then printf 'url = "%s"\\n' "$1" | curl --silent --show-error --fail --retry 4 --output "$2" --config -
  else wget -q -T 60 -O "$2" "$1"; fi
}
if [ "$(cat "$folder/${dump}.complete" 2> /dev/null || true)" != '${state}' ]; then
  rm -rf "$folder/${dump}" "$folder/${dump}.complete"
  get "$${index}" "$folder/index"
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

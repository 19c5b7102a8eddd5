/** Shell lines that dump a source into a folder and restore a target from it. */
import type { Connection } from './move';
import { fed, quoted, setVariables } from './scripts';

/** What is neither in the dump nor restored: replication belongs to a server, and the target has no tablespaces or labels of its own. */
const WITHOUT = '--no-publications --no-subscriptions --no-tablespaces --no-security-labels';

/** Runs a command with the login of the other side. */
export function otherSide(other: Connection): string {
  const { host, port, user, database, sslMode, sslRootCertificate, passwordCommand } = other;
  return `other() (
  export PGHOST=${quoted(host)} PGPORT=${port} PGUSER=${quoted(user)} PGDATABASE=${quoted(database)} PGSSLMODE=${quoted(sslMode)}${
    sslRootCertificate === undefined ? '' : ` PGSSLROOTCERT=${quoted(sslRootCertificate)}`
  }
  PGPASSWORD=$(${passwordCommand})
  export PGPASSWORD
  "$@"
)
there="dbname=${database} $alive"`;
}

/**
 * Opens the folder for this script alone. An earlier one that still runs is waited for, with the programs that it started: its sessions
 * have been ended, so that they fail. Without flock, as in containers that live as long as one script, there is none to wait for.
 */
export function lockedFolder(folder: string): string {
  return `folder=${quoted(folder)}
mkdir -p "$folder"
exec 9> "$folder/lock"
waited=0
while command -v flock > /dev/null && ! flock -n 9; do
  [ "$waited" -lt 120 ] || { echo 'an earlier script of this move still runs here' >&2; exit 1; }
  waited=$((waited + 1))
  sleep 1
done`;
}

export interface DumpOptions {
  /** Whether the server is that of the other side. */
  readonly remote: boolean;
  readonly jobs: number;
  /** A dump is used again only for the same state of the source. */
  readonly state: string;
  /** What to dump. @default everything */
  readonly options?: string;
  /** Of the folder in the folder. */
  readonly name: string;
}

/** Dumps, unless an earlier script has. A dump that was interrupted is begun again. */
export function dumpLines({ remote, jobs, state, options = '', name }: DumpOptions): string {
  const complete = `"$folder/${name}.complete"`;
  return `if [ "$(cat ${complete} 2> /dev/null || true)" != ${quoted(state)} ]; then
  rm -rf "$folder/${name}" ${complete}
  { ${server(remote).command}pg_dump --format=directory --jobs=${jobs} --verbose --compress=1 ${WITHOUT} ${options} --file="$folder/${name}" --dbname=${server(remote).address} 2>&1 &&
    printf %s ${quoted(state)} > ${complete}; } | messages pg_dump 'dumping contents of table'
  [ "$(cat ${complete} 2> /dev/null)" = ${quoted(state)} ] || { echo 'the dump failed' >&2; exit 1; }
fi`;
}

export interface RestoreOptions {
  readonly remote: boolean;
  readonly jobs: number;
  readonly name: string;
  /** Entries of the dump that are left out, as regular expressions. */
  readonly without: readonly string[];
  /** An awk expression that chooses entries of the list. @default all */
  readonly which?: string;
  readonly options?: string;
}

/** Restores entries of a dump; fails at the first statement that fails. */
export function restoreLines({ remote, jobs, name, without, which = '1', options = '' }: RestoreOptions): string {
  const { command, address } = server(remote);
  const left = without.length === 0 ? 'cat' : `grep -vE ${quoted(`^[0-9]+; (${without.join('|')})`)}`;
  return `pg_restore --list "$folder/${name}" | { ${left} || true; } | awk ${quoted(which)} > "$folder/list"
rm -f "$folder/restored"
{ ${command}pg_restore --exit-on-error --jobs=${jobs} --verbose ${WITHOUT} ${options} --use-list="$folder/list" --dbname=${address} "$folder/${name}" 2>&1 &&
  touch "$folder/restored"; } | messages pg_restore 'processing data for table'
[ -e "$folder/restored" ] || { echo 'the restore failed' >&2; exit 1; }`;
}

/** SQL for the server that is restored. */
export function sqlLines(remote: boolean, sql: string, variables: Readonly<Record<string, string>> = {}): string {
  const { command, address } = server(remote);
  return `${fed(sql)} | ${command}sql ${setVariables(variables)} ${address}`;
}

/** Passes on what people want to know of what a program says: the start of a long step, and everything that is no step. */
export const MESSAGES = `messages() {
  while IFS= read -r line; do
    case $line in
      "$1: $2"*) printf '%s\n' "\${line#"$1: "}" >&2 ;;
      "$1: error"* | "$1: warning"* | "$1: detail"* | "$1: hint"* | "$1: from TOC"* | "$1: "*option*) printf '%s\n' "$line" >&2 ;;
      "$1: "*) ;;
      *) printf '%s\n' "$line" >&2 ;;
    esac
  done
}`;

function server(remote: boolean): { readonly command: string; readonly address: string } {
  return remote ? { command: 'other ', address: '"$there"' } : { command: '', address: '"$here"' };
}

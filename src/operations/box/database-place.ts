/** Scripts next to the database of a box: on its host, where `terrace-pg` reaches PostgreSQL as its owner, wherever that runs. */
import { constants, publicEncrypt, randomUUID } from 'node:crypto';
import { CommandError } from '../../cli/errors';
import type { DatabasePlace, ScriptOptions, ScriptResult } from '../database-place';
import type { Target } from '../target';
import { runDetached } from './detached-run';
import { runOnHost, scriptHostOf, sendToHost } from './host-command';

/** Reads the script from standard input: neither it nor what it holds is part of an argument, which every user can list. */
const LAUNCH = 'script=$(cat); exec < /dev/null; eval "$script"';

/** Seconds for a short command. */
const COMMAND_SECONDS = 60;

/**
 * A place on the host. Secrets are encrypted for a key that exists in the host's memory during the run: they are in no argument,
 * parameter or history of AWS.
 */
export async function boxDatabasePlace(target: Target, database: string): Promise<DatabasePlace> {
  const instanceId = await scriptHostOf(target);
  return {
    name: `the host of ${target.name}`,
    run: (script, options) =>
      runThere(target, { instanceId, launcher: 'terrace-pg' }, `export PGDATABASE=${quoted(database)}\n${script}`, options),
  };
}

/**
 * Scripts on the same host as root, beside PostgreSQL: with the programs of the operating system, of which a container has few, and
 * without a login. They find the files of PostgreSQL where the volume is mounted.
 */
export async function besideDatabasePlace(target: Target, database: string): Promise<DatabasePlace> {
  const instanceId = await scriptHostOf(target);
  return {
    name: `the host of ${target.name}, beside its database`,
    run: (script, options) =>
      runThere(target, { instanceId, launcher: '' }, `export PGDATABASE=${quoted(database)}\n${script}`, options),
  };
}

/** A script on a host as root, with its secrets. */
export function runAsRoot(target: Target, instanceId: string, script: string, options: ScriptOptions): Promise<ScriptResult> {
  return runThere(target, { instanceId, launcher: '' }, script, options);
}

/** A server that the host reaches, and does not know yet. */
export interface RemoteServer {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** The certificates that the server's is signed by. Without them the connection is encrypted, and the server not recognised. */
  readonly certificates?: string;
}

/** Scripts on the host of a box for a server that its settings do not name yet: RDS, before logins are written for it. */
export async function remoteDatabasePlace(target: Target, server: RemoteServer): Promise<DatabasePlace> {
  const instanceId = await scriptHostOf(target);
  return {
    name: `the host of ${target.name}, for ${server.host}`,
    run: (script, options) =>
      runThere(target, { instanceId, launcher: 'terrace-pg' }, `${settingsOf(server)}\n${script}`, {
        ...options,
        secrets: { ...options.secrets, PGPASSWORD: server.password },
      }),
  };
}

interface Where {
  readonly instanceId: string;
  /** What starts the shell: `terrace-pg` where the programs of PostgreSQL are, in the container or as the operating system's user. */
  readonly launcher: 'terrace-pg' | '';
}

async function runThere(
  target: Target,
  { instanceId, launcher }: Where,
  input: string,
  options: ScriptOptions,
): Promise<ScriptResult> {
  const { secrets = {} } = options;
  const { aws } = target;
  const named = Object.entries(secrets);
  if (named.length === 0)
    return runDetached(
      { aws, instanceId, script: `exec ${launcher} env "$mark" sh -euc '${LAUNCH}' < "$input"`, input },
      options,
    );
  const keyName = `place-${randomUUID()}.pem`;
  const keyFile = `/run/terrace/${keyName}`;
  const key = await publicKeyOn(target, instanceId, keyFile, options.signal);
  const exports = named.map(([name, value]) => `secret ${name} ${sealed(value, key).join(' ')}`).join('\n');
  try {
    // What is encrypted differs each time, and the run is the same.
    const script = withSecrets(keyName, exports, launcher);
    return await runDetached({ aws, instanceId, script, input, identity: input }, options);
  } finally {
    // Nobody has to wait for it.
    await sendToHost(target, instanceId, `rm -f ${keyFile}`, COMMAND_SECONDS).catch(() => undefined);
  }
}

/** Keys that a killed command has left go: a run reads its own at its start. */
async function publicKeyOn(target: Target, instanceId: string, file: string, signal?: AbortSignal): Promise<string> {
  const make = `umask 077; mkdir -p /run/terrace; find /run/terrace -maxdepth 1 -name 'place-*.pem' -mmin +10 -delete; openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out ${file} 2> /dev/null; openssl pkey -in ${file} -pubout`;
  const made = await runOnHost(target, instanceId, make, { timeoutSeconds: COMMAND_SECONDS, signal });
  if (made.exitCode === 0) return made.stdout;
  throw new CommandError(`the host could not make a key: ${made.stderr.trim().slice(-300)}`);
}

/** RSA with SHA-256 and a key of 3072 bits takes 318 bytes. */
const MOST_BYTES = 318;

/** In pieces: a list of addresses is longer. */
function sealed(value: string, key: string): readonly string[] {
  const bytes = Buffer.from(value);
  const pieces = Array.from({ length: Math.ceil(bytes.length / MOST_BYTES) }, (_, index) =>
    bytes.subarray(index * MOST_BYTES, (index + 1) * MOST_BYTES),
  );
  return pieces.map((piece) =>
    publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, piece).toString('base64'),
  );
}

/** The script of the host: it passes the variables as the first lines of the inner script, over a pipe. */
function withSecrets(keyName: string, exports: string, launcher: Where['launcher']): string {
  return `set -o pipefail
opened() {
  for piece in "$@"; do
    printf %s "$piece" | base64 -d | openssl pkeyutl -decrypt -inkey "$runtime/${keyName}" -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 || return
  done
}
secret() {
  name=$1
  shift
  value=$(opened "$@" | base64 -w 0)
  printf '%s=$(printf %%s %s | base64 -d); export %s\\n' "$name" "$value" "$name"
}
lines() {
  ${exports.replaceAll('\n', '\n  ')}
  cat "$input"
}
lines | ${launcher} env "$mark" sh -euc '${LAUNCH}'
`;
}

function settingsOf({ host, port, database, user, certificates }: RemoteServer): string {
  const recognised =
    certificates === undefined
      ? ['export PGSSLMODE=require']
      : [
          'export PGSSLMODE=verify-full PGSSLROOTCERT="$(mktemp)"',
          `trap 'rm -f "$PGSSLROOTCERT"' EXIT`,
          `printf %s ${quoted(Buffer.from(certificates).toString('base64'))} | base64 -d > "$PGSSLROOTCERT"`,
        ];
  return [
    `export PGHOST=${quoted(host)} PGPORT=${port} PGDATABASE=${quoted(database)} PGUSER=${quoted(user)}`,
    ...recognised,
  ].join('\n');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

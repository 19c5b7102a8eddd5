/** Scripts next to the database of a box: on its host, where `terrace-pg` reaches PostgreSQL as its owner, wherever that runs. */
import { constants, publicEncrypt, randomUUID } from 'node:crypto';
import { CommandError } from '../../cli/errors';
import type { DatabasePlace, ScriptOptions, ScriptResult } from '../database-place';
import type { Target } from '../target';
import { runDetached } from './detached-run';
import { hostsOf, runOnHost } from './host-command';

/** Reads the script from standard input: neither it nor what it holds is part of an argument, which every user can list. */
const LAUNCH = 'script=$(cat); exec < /dev/null; eval "$script"';

/** Seconds for a short command. */
const COMMAND_SECONDS = 60;

/**
 * A place on the host. Secrets are encrypted for a key that exists in the host's memory during the run: they are in no argument,
 * parameter or history of AWS.
 */
export async function boxDatabasePlace(target: Target, database: string): Promise<DatabasePlace> {
  const instanceId = await onlyHost(target);
  return {
    name: `the host of ${target.name}`,
    run: (script, options) => runThere(target, instanceId, `export PGDATABASE=${quoted(database)}\n${script}`, options),
  };
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
  const instanceId = await onlyHost(target);
  return {
    name: `the host of ${target.name}, for ${server.host}`,
    run: (script, options) =>
      runThere(target, instanceId, `${settingsOf(server)}\n${script}`, {
        ...options,
        secrets: { ...options.secrets, PGPASSWORD: server.password },
      }),
  };
}

/** The script is run where the programs of PostgreSQL are: in the container, or as the operating system's user. */
async function runThere(target: Target, instanceId: string, input: string, options: ScriptOptions): Promise<ScriptResult> {
  const { secrets = {} } = options;
  const { aws } = target;
  const named = Object.entries(secrets);
  if (named.length === 0)
    return runDetached({ aws, instanceId, script: `exec terrace-pg env "$mark" sh -euc '${LAUNCH}' < "$input"`, input }, options);
  const keyName = `place-${randomUUID()}.pem`;
  const keyFile = `/run/terrace/${keyName}`;
  const key = await publicKeyOn(target, instanceId, keyFile, options.signal);
  const exports = named.map(([name, value]) => `secret ${name} ${sealed(value, key)}`).join('\n');
  try {
    // What is encrypted differs each time, and the run is the same.
    return await runDetached({ aws, instanceId, script: withSecrets(keyName, exports), input, identity: input }, options);
  } finally {
    await runOnHost(target, instanceId, `rm -f ${keyFile}`, { timeoutSeconds: COMMAND_SECONDS }).catch(() => undefined);
  }
}

async function publicKeyOn(target: Target, instanceId: string, file: string, signal?: AbortSignal): Promise<string> {
  const make = `umask 077; mkdir -p /run/terrace; openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out ${file} 2> /dev/null; openssl pkey -in ${file} -pubout`;
  const made = await runOnHost(target, instanceId, make, { timeoutSeconds: COMMAND_SECONDS, signal });
  if (made.exitCode === 0) return made.stdout;
  throw new CommandError(`the host could not make a key: ${made.stderr.trim().slice(-300)}`);
}

/** RSA with SHA-256 and a key of 3072 bits takes 318 bytes. */
const MOST_BYTES = 318;

function sealed(value: string, key: string): string {
  if (Buffer.byteLength(value) > MOST_BYTES) throw new CommandError(`a secret of a script has more than ${MOST_BYTES} bytes`);
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, Buffer.from(value)).toString(
    'base64',
  );
}

/** The script of the host: it passes the variables as the first lines of the inner script, over a pipe. */
function withSecrets(keyName: string, exports: string): string {
  return `set -o pipefail
secret() {
  value=$(printf %s "$2" | base64 -d | openssl pkeyutl -decrypt -inkey "$runtime/${keyName}" -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 | base64 -w 0)
  printf '%s=$(printf %%s %s | base64 -d); export %s\\n' "$1" "$value" "$1"
}
lines() {
  ${exports.replaceAll('\n', '\n  ')}
  cat "$input"
}
lines | terrace-pg env "$mark" sh -euc '${LAUNCH}'
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

/** Of a group, the same one every time: its database is managed, and each of them reaches it. */
async function onlyHost(target: Target): Promise<string> {
  const [instanceId] = [...(await hostsOf(target))].sort();
  if (instanceId === undefined) throw new CommandError(`${target.name} has no host`);
  return instanceId;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

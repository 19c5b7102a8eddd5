/**
 * A host of a box on this machine whose PostgreSQL is a real server: Docker's client, systemd's sockets and the firewall as stand-ins,
 * and systemd's own proxy.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PostgresCluster } from './postgres-cluster';
import { clientsOf } from './postgres-cluster';
import { StubHost } from './stub-host';

const PROXY = '/usr/lib/systemd/systemd-socket-proxyd';
const LISTENER = '/usr/bin/systemd-socket-activate';

export function isListenerPossible(): boolean {
  return existsSync(PROXY) && existsSync(LISTENER);
}

/** Sockets as systemd opens them: with its own proxy, for the port of this server. */
const SYSTEMCTL = `
socket=terrace-move-route.socket
case "$*" in
  "is-active --quiet terrace-postgres.service") [ ! -e "$HOST/stopped" ] ;;
  "restart terrace-postgres.service") echo restart >> "$HOST/restarts"; eval "$RESTART_LINE" ;;
  "is-active --quiet "*) pid=$(cat "$UNITS/$3" 2> /dev/null) || exit 3; kill -0 "$pid" 2> /dev/null ;;
  "stop terrace-run-"*) pid=$(cat "$UNITS/$2" 2> /dev/null) || exit 0; kill -TERM "$pid" 2> /dev/null || true ;;
  daemon-reload) ;;
  "enable --quiet --now $socket")
    [ ! -e "$UNITS/$socket" ] || exit 0
    address=$(sed -n 's/^ListenStream=//p' "$HOST/etc/systemd/system/$socket")
    setsid ${LISTENER} --listen="$address" ${PROXY} "127.0.0.1:$SERVER_PORT" > /dev/null 2>&1 < /dev/null &
    echo $! > "$UNITS/$socket" ;;
  "disable --quiet --now $socket") kill -TERM "$(cat "$UNITS/$socket")" || true; rm "$UNITS/$socket" ;;
  "stop terrace-move-route.service") ;;
  *) echo "this test knows no systemctl $*" >&2; exit 2 ;;
esac
`;

const DOCKER = `
case $1 in
  inspect) [ ! -e "$HOST/stopped" ] && echo true || { echo 'no such container' >&2; exit 1; } ;;
  exec) shift 5; exec pg "$@" ;;
  restart) echo restart >> "$HOST/restarts"; eval "$RESTART_LINE" ;;
  *) echo "this test knows no docker $*" >&2; exit 2 ;;
esac
`;

const OPENSSL = `
if [ "$1" != genpkey ]; then exec /usr/bin/openssl "$@"; fi
while [ "$1" != -out ]; do shift; done
cp "$HOST/key.pem" "$2"
`;

/** Paths of the host are in its folder. */
export const HOST_PATHS = ['/data/', '/etc/systemd/'];

export interface ListeningHostOptions {
  /** What `terrace-pg` does. @default it runs programs as the superuser of the server */
  readonly pg?: string;
  /** Further expressions of sed for scripts that arrive compressed. */
  readonly rewritten?: readonly string[];
}

export class ListeningHost extends StubHost {
  constructor(
    private readonly cluster: PostgresCluster,
    { pg, rewritten = [] }: ListeningHostOptions = {},
  ) {
    const programs = `${clientsOf(cluster.programs)}:$PATH`;
    const login = Object.entries(cluster.environment()).map(([name, value]) => `${name}='${value}'`);
    const run = `exec env -i PATH="$HOST/none:${programs}" HOST="$HOST" ${login.join(' ')} "$@"`;
    super(pg ?? run);
    for (const folder of ['none', 'data', 'etc/systemd/system']) mkdirSync(join(this.folder, folder), { recursive: true });
    this.program('pg', run);
    this.program('docker', `RESTART_LINE="${cluster.restartLine}"\n${DOCKER}`);
    // Of PostgreSQL as a package.
    this.program('runuser', 'shift 3; exec pg "$@"');
    this.program('systemctl', `RESTART_LINE="${cluster.restartLine}"\nSERVER_PORT=${cluster.port}\n${SYSTEMCTL}`);
    // Every script with a secret makes a key, which takes seconds.
    execFileSync(
      'openssl',
      [...'genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out'.split(' '), join(this.folder, 'key.pem')],
      {
        stdio: 'ignore',
      },
    );
    this.program('openssl', OPENSSL);
    this.program('ufw', 'echo "$@" >> "$HOST/firewall"');
    // The image of PostgreSQL has no curl: a script that calls it there fails.
    this.program('../none/curl', 'exit 127');
    const expressions = [
      ...rewritten,
      // The container has the volume under another path.
      's#/var/lib/postgresql/data/#/data/postgres/#g',
      `s#=/data/postgres$#=${cluster.data}#`,
      ...HOST_PATHS.map((path) => `s#\\([ "'=]\\)${path}#\\1${this.folder}${path}#g`),
      `s#\\([ "'=]\\)/run/terrace#\\1${this.folder}/runtime#g`,
    ];
    this.program(
      'gunzip',
      `gzip -d | sed ${expressions.map((expression) => `-e '${expression.replaceAll("'", `'\\''`)}'`).join(' ')}`,
    );
  }

  public override run(line: string): ReturnType<StubHost['run']> {
    return super.run(line.replaceAll('/usr/local/sbin/', `${this.folder}/bin/`).replaceAll(' /data/', ` ${this.folder}/data/`));
  }

  /** How often PostgreSQL was restarted. */
  public get restarts(): number {
    return this.read('restarts').split('\n').length - 1;
  }

  /** The settings of `alter system`. */
  public get settings(): readonly string[] {
    const text = readFileSync(join(this.cluster.data, 'postgresql.auto.conf'), 'utf8');
    return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  }

  /** Whether something listens for the new server. */
  public get isListening(): boolean {
    return existsSync(join(this.folder, 'units', 'terrace-move-route.socket'));
  }

  /** Ends what listens. */
  public override remove(): void {
    const pid = Number(this.read('units/terrace-move-route.socket'));
    if (pid > 0) process.kill(pid);
    super.remove();
  }
}

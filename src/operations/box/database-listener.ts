/**
 * A listener for PostgreSQL on the host of a box, for the time of a move: it listens on loopback only, and a server of another network
 * copies from it.
 *
 * A socket of systemd on the private address hands connections on to loopback, so that neither the Compose file nor PostgreSQL's own
 * files change. The firewall of the host admits the networks of the other server only. Who connects asks for encryption: where
 * PostgreSQL has no certificate, the host makes one. The log has to be one that can be followed (`wal_level`), which takes a restart.
 * What was changed is written down on the data volume before it is changed, so that exactly that is put back.
 */
import { gzipSync } from 'node:zlib';
import { CommandError } from '../../cli/errors';
import { PORTS } from '../../config/tables/ports';
import type { Target } from '../target';
import { runOnHost } from './host-command';
import type { HostEnd } from './host-network';

/** A restart may first have to end a long checkpoint. */
const LISTENER_SECONDS = 600;

export interface ListenerOptions {
  readonly signal?: AbortSignal;
  readonly report: (line: string) => void;
}

export interface Restarted {
  /** Whether PostgreSQL was restarted. */
  readonly restarted: boolean;
}

/** Opens it; can be called again. @param cidrs networks of what connects */
export async function openListener(
  target: Target,
  host: HostEnd,
  cidrs: readonly string[],
  options: ListenerOptions,
): Promise<Restarted> {
  const networks = `address=${host.privateAddress}; networks='${cidrs.join(' ')}'`;
  return scriptOn(target, host.instanceId, `${networks}\n${OPEN}`, 'opening the database of the host', options);
}

/** Closes it, and puts back what it has changed. Does nothing where there is none. */
export async function closeListener(target: Target, instanceId: string, options: ListenerOptions): Promise<Restarted> {
  return scriptOn(target, instanceId, CLOSE, 'closing the database of the host', options);
}

async function scriptOn(
  target: Target,
  instanceId: string,
  script: string,
  doing: string,
  { signal, report }: ListenerOptions,
): Promise<Restarted> {
  const { tier, identity } = target.environment;
  if (tier.kind !== 'box') throw new CommandError(`${identity.environment} has no host`);
  const line = `${tier.box.dataStores === 'packages' ? PACKAGE : CONTAINER}\n${COMMON}\n${script}`;
  // In a shell of its own: a step that fails ends it, and the agent sees its exit code.
  const { exitCode, stdout, stderr } = await runOnHost(
    target,
    instanceId,
    `bash -euo pipefail -c "$(printf %s ${gzipSync(line).toString('base64')} | base64 -d | gunzip)"`,
    { timeoutSeconds: LISTENER_SECONDS, signal },
  );
  if (exitCode !== 0) throw new CommandError(`${doing} failed: ${stderr.trim().slice(-500)}`);
  const restarted = stdout.includes('restarted');
  if (restarted) report('PostgreSQL on the host was restarted');
  return { restarted };
}

/** Whether the server of the host runs, its programs as its superuser, and its restart. */
const CONTAINER = `runs() { [ "$(docker inspect --format '{{.State.Running}}' terrace-postgres 2> /dev/null)" = true ]; }
pg() { docker exec --interactive --user postgres terrace-postgres "$@"; }
restart() { flock --close --timeout 300 /run/terrace/start.lock docker restart -t 60 terrace-postgres > /dev/null 8>&-; }`;

const PACKAGE = `runs() { systemctl is-active --quiet terrace-postgres.service; }
pg() { runuser --user postgres -- "$@"; }
restart() { flock --close --timeout 300 /run/terrace/start.lock systemctl restart terrace-postgres.service 8>&-; }`;

const COMMON = `mkdir -p /run/terrace
# One at a time: that of a command that was killed goes on.
exec 8> /run/terrace/move-route.lock
flock --timeout 300 8
unit=terrace-move-route
data=/data/postgres
# For root only: what was changed, and how it was before.
folder=/data/terrace-route
sql() { pg psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=1 --dbname=postgres "$@" < /dev/null; }
restarted() {
  restart
  for attempt in $(seq 120); do
    if pg pg_isready --quiet; then echo restarted; return; fi
    sleep 1
  done
  echo 'PostgreSQL did not start again within 120 seconds' >&2
  exit 1
}
firewall() {
  if command -v ufw > /dev/null; then
    rule="allow proto tcp from $3 to $2 port ${PORTS.postgres}"
    # Each word is an argument. A rule that is gone already is no failure.
    case $1 in add) ufw $rule < /dev/null > /dev/null ;; remove) ufw delete $rule < /dev/null > /dev/null || true ;; esac
  elif command -v firewall-cmd > /dev/null; then
    rule="rule family=ipv4 source address=$3 destination address=$2 port port=${PORTS.postgres} protocol=tcp accept"
    firewall-cmd --quiet "--$1-rich-rule=$rule"
    firewall-cmd --quiet --permanent "--$1-rich-rule=$rule"
  fi
}`;

const SETTINGS = 'wal_level|ssl|ssl_cert_file|ssl_key_file';

const OPEN = `umask 077
proxy=/usr/lib/systemd/systemd-socket-proxyd
[ -x "$proxy" ] || { echo "the host has no $proxy" >&2; exit 1; }
runs || { echo 'PostgreSQL does not run on the host' >&2; exit 1; }
mkdir -p "$folder"
[ -e "$folder/former" ] || { { grep -E '^(${SETTINGS}) ' "$data/postgresql.auto.conf" || true; } > "$folder/former.new"; mv "$folder/former.new" "$folder/former"; }
if [ "$(sql --command='show ssl')" != on ]; then
  echo ssl >> "$folder/changed"
  openssl req -x509 -newkey rsa:3072 -nodes -days 365 -subj /CN=terrace-move -keyout "$data/terrace-move.key" -out "$data/terrace-move.crt" 2> /dev/null
  chown --reference="$data/PG_VERSION" "$data/terrace-move.key" "$data/terrace-move.crt"
  sql --command="alter system set ssl_cert_file = 'terrace-move.crt'" --command="alter system set ssl_key_file = 'terrace-move.key'" --command='alter system set ssl = on' --command='select pg_reload_conf()' > /dev/null
fi
if [ "$(sql --command='show wal_level')" != logical ]; then
  echo wal_level >> "$folder/changed"
  sql --command='alter system set wal_level = logical'
  restarted
fi
for attempt in $(seq 50); do [ "$(sql --command='show ssl')" != on ] || break; sleep 0.2; done
[ "$(sql --command='show ssl')" = on ] || { echo 'PostgreSQL did not take the certificate' >&2; exit 1; }
[ "$(sql --command='show wal_level')" = logical ] || { echo 'PostgreSQL writes no log that can be followed: is wal_level set elsewhere?' >&2; exit 1; }
for network in $networks; do
  grep -qxF "$address $network" "$folder/firewall" 2> /dev/null || echo "$address $network" >> "$folder/firewall"
  firewall add "$address" "$network"
done
umask 022
cat > "/etc/systemd/system/$unit.socket" << END
[Unit]
Description=Until the end of a move: PostgreSQL for the new server
[Socket]
ListenStream=$address:${PORTS.postgres}
FreeBind=yes
[Install]
WantedBy=sockets.target
END
cat > "/etc/systemd/system/$unit.service" << END
[Unit]
Description=Until the end of a move: hands connections on to PostgreSQL
Requires=$unit.socket
After=$unit.socket
[Service]
ExecStart=$proxy 127.0.0.1:${PORTS.postgres}
DynamicUser=yes
PrivateTmp=yes
NoNewPrivileges=yes
END
systemctl daemon-reload
systemctl enable --quiet --now "$unit.socket" 8>&-`;

const CLOSE = `if [ -e "/etc/systemd/system/$unit.socket" ]; then
  systemctl disable --quiet --now "$unit.socket"
  systemctl stop "$unit.service"
  rm -f "/etc/systemd/system/$unit.service" "/etc/systemd/system/$unit.socket"
  systemctl daemon-reload
fi
[ -d "$folder" ] || exit 0
while read -r address network; do firewall remove "$address" "$network"; done < <(cat "$folder/firewall" 2> /dev/null || true)
changed() { grep -qx "$1" "$folder/changed" 2> /dev/null; }
names=''
if changed ssl; then names='ssl ssl_cert_file ssl_key_file'; fi
if changed wal_level; then names="$names wal_level"; fi
if runs; then
  for name in $names; do
    former=$(grep "^$name " "$folder/former" 2> /dev/null || true)
    if [ -n "$former" ]; then sql --command="alter system set $former"; else sql --command="alter system reset $name"; fi
  done
  if changed ssl; then sql --command='select pg_reload_conf()' > /dev/null; fi
  if changed wal_level && [ "$(sql --command='show wal_level')" = logical ]; then restarted; fi
else
  # Its files stay as they are for whoever starts it again.
  for name in $names; do
    sed -i "/^$name /d" "$data/postgresql.auto.conf"
    grep "^$name " "$folder/former" >> "$data/postgresql.auto.conf" || true
  done
fi
if changed ssl; then rm -f "$data/terrace-move.key" "$data/terrace-move.crt"; fi
rm -rf "$folder"`;

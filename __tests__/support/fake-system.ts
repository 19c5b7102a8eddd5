/** The programs that change a host: each call is recorded, and what they would change is a file. */
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { COMPOSE_PLUGIN } from '../../src/tiers/box/host/operating-systems';
import { renderBundle } from '../../src/tiers/box/host/render';
import type { HostDescription } from '../../src/tiers/box/host/types';
import { FakeAws } from './fake-aws';
import { HostRoot, run } from './host-tools';

const RECORD = 'printf \'%s\\n\' "${0##*/} $*" >> "$HOST_ROOT/calls"';

/** Programs that are only recorded. */
const RECORDED = ['apt-get', 'dnf', 'ufw', 'sshd', 'mkswap', 'swapon', 'certbot', 'resize2fs', 'snap', 'journalctl'];

/** Units that run are files. The application's unit really runs its command, which says when it is ready. */
const SYSTEMCTL = String.raw`
for unit; do :; done
case "$1" in
  is-active) [ -e "$HOST_ROOT/active-$unit" ] ;;
  is-failed) [ -e "$HOST_ROOT/failed" ] ;;
  list-units) cat "$HOST_ROOT/busy" 2> /dev/null ;;
  reset-failed) rm -f "$HOST_ROOT/failed" ;;
  start | reload-or-restart)
    if [ "$unit" = terrace-app.service ]; then
      rm -f "$HOST_ROOT/ready"
      "$HOST_ROOT/usr/local/sbin/terrace-run" || [ -e "$HOST_ROOT/ready" ] || exit 1
    fi
    touch "$HOST_ROOT/active-$unit" ;;
esac
`;

/**
 * Docker with its images ("pulled") and containers ("containers": service, image, state, id). Every image was built long ago, so
 * that pruning by age removes whatever no container uses. Only a login makes ECR serve an image, and Compose has none.
 */
const DOCKER = String.raw`
pulled=$HOST_ROOT/pulled containers=$HOST_ROOT/containers
: >> "$pulled"; : >> "$containers"
# Sets "image" for a service.
find_image() {
  local key value variable
  image= variable=
  while read -r key value; do [ "$key" != "$1" ] || image=$value; done < "$HOST_ROOT/etc/terrace/fixed-images.tsv"
  while read -r key value _; do [ "$key" != "$1" ] || variable=$value; done < "$HOST_ROOT/etc/terrace/images.tsv"
  while IFS== read -r key value; do [ "$key" != "$variable" ] || image=$value; done < "$PWD/.env"
  [ -z "$variable" ] || eval "image=\${$variable:-\$image}"
}
create() { # service, state
  local image
  find_image "$1"
  [ ! -e "$HOST_ROOT/refused-$1" ] || { echo "range of CPUs is from 0.01 to 2.00" >&2; return 1; }
  if ! grep -q -x -F "$image" "$pulled"; then
    case $image in public.ecr.aws/*) echo "$image" >> "$pulled" ;; *) echo "$image: no basic auth credentials" >&2; return 1 ;; esac
  fi
  echo "$1 $image $2 $1-$(wc -l < "$containers")-$$" >> "$containers"
}
up() {
  local service
  for service; do
    if [ -n "$no_start" ]; then create "$service" created || return 1
    elif [ -n "$no_recreate" ] && grep -q "^$service " "$containers"; then sed -i "s/^\($service [^ ]*\) [a-z]*/\1 running/" "$containers"
    else sed -i "/^$service /d" "$containers"; create "$service" running || return 1
    fi
  done
}
state() { # state, ids
  local state=$1 id; shift
  for id; do sed -i "s/ [a-z]* $id\$/ $state $id/" "$containers"; done
}
case "$*" in
  'image inspect'*) for image; do :; done; grep -q -x -F "$image" "$pulled" && echo "sha256:$image" ;;
  'image ls'*) sed 's/^/sha256:/' "$pulled" ;;
  'image rm --force '*) grep -v -x -F "$(printf '%s' "$4" | cut -c 8-)" "$pulled" > "$pulled.new"; mv "$pulled.new" "$pulled" ;;
  'image prune'*) cut -d ' ' -f 2 "$containers" | grep -x -F -f - "$pulled" > "$pulled.new"; mv "$pulled.new" "$pulled" ;;
  'ps --all'*) cut -d ' ' -f 4 "$containers" ;;
  'inspect --format {{.Image}}'*) shift 3; for id; do sed -n "s/^[^ ]* \([^ ]*\) .* $id\$/sha256:\1/p" "$containers"; done ;;
  'inspect --format {{.State'*) echo 'running 0 none' ;;
  'inspect '*) echo shop_default ;;
  'pull --quiet '*) ! grep -q -x -F "$3" "$HOST_ROOT/missing" 2> /dev/null || { echo "manifest unknown" >&2; exit 1; }; echo "$3" >> "$pulled" ;;
  'login'*) cat > "$HOST_ROOT/login"; echo 'WARNING! Your credentials are stored unencrypted' >&2 ;;
  'start '*) shift; state running "$@" ;;
  'stop '*) shift; state exited "$@" ;;
  'rm --force '*) shift 2; for id; do sed -i "/ $id\$/d" "$containers"; done ;;
  'compose ps --all'*) for service; do :; done; sed -n "s/^$service .* //p" "$containers" ;;
  'compose ps'*) for service; do grep "^$service .* running " "$containers"; done; true ;;
  'compose start'*) shift 2; for service; do grep -q "^$service " "$containers" || exit 1; sed -i "s/^\($service [^ ]*\) exited /\1 running /" "$containers"; done ;;
  'compose stop') sed -i 's/ running / exited /' "$containers" ;;
  'compose up'*)
    names= no_start= no_recreate=
    for word; do case $word in compose | up) ;; --no-start) no_start=1 ;; --no-recreate) no_recreate=1 ;; -* | *=*) ;; *) names="$names $word" ;; esac; done
    [ -n "$names" ] || names=$(cat "$HOST_ROOT/etc/terrace/data-stores" "$HOST_ROOT/etc/terrace/applications")
    up $names ;;
esac
`;

/** A host with everything that its commands call. */
export class FakeSystem {
  public readonly root = new HostRoot();
  public readonly aws = new FakeAws(this.root);

  constructor(description: HostDescription) {
    const { root, aws } = this;
    for (const program of RECORDED) root.shim(program, RECORD, '/bin/sh');
    root.shim('systemctl', `${RECORD}\n${SYSTEMCTL}`, '/bin/sh');
    root.shim('docker', `${RECORD}\n${DOCKER}`, '/bin/sh');
    root.shim('firewall-cmd', `${RECORD}; cat > /dev/null`);
    root.shim('mountpoint', '[ ! -e "$HOST_ROOT/unmounted" ]', '/bin/sh');
    root.shim('grubby', 'cat "$HOST_ROOT/kernel" 2> /dev/null || echo "/boot/vmlinuz-$(uname -r)"');
    root.shim('rpm', 'cat "$HOST_ROOT/installed" 2> /dev/null || echo 1');
    root.shim('systemd-notify', 'touch "$HOST_ROOT/ready"');
    root.shim(
      'nginx',
      `${RECORD}; [ "$1" != -v ] || { echo "nginx version: nginx/$(cat "$HOST_ROOT/nginx-version" 2> /dev/null || echo 1.24.0)" >&2; exit; }; [ ! -e "$HOST_ROOT/nginx-is-wrong" ]`,
    );
    // Only root may change owners.
    root.shim(
      'install',
      '[ "$1" != -d ] || { new=; for path; do case $path in /*) [ -d "$path" ] || new=1 ;; esac; done; [ -n "$new" ] || exit 0; }; left=$#; while [ $left -gt 0 ]; do case $1 in -o | -g) shift 2; left=$((left - 2)) ;; *) set -- "$@" "$1"; shift; left=$((left - 1)) ;; esac; done; exec /usr/bin/install "$@"',
      '/bin/sh',
    );
    root.shim('chown', RECORD);
    root.shim('dd', `${RECORD}; for word in "$@"; do case $word in of=*) : > "$(printf '%s' "$word" | cut -c 4-)" ;; esac; done`);
    root.shim(
      'runuser',
      `${RECORD}\nshift 3\ncase $1 in */initdb) echo ${description.database?.version} > "$HOST_ROOT/data/postgres/PG_VERSION" ;; psql) cat > /dev/null ;; esac`,
    );
    // Downloads write a file; health paths answer with their status.
    root.shim(
      'curl',
      `${RECORD}; while [ $# -gt 0 ]; do case $1 in --output) printf compose > "$2" ;; --write-out) printf 200 ;; esac; shift; done`,
    );
    // Checks of health are some time apart.
    root.shim('sleep', '', '/bin/sh');
    root.write('/etc/fstab', '');
    root.write(
      '/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl',
      `#!/bin/bash\necho "agent $*" >> "$HOST_ROOT/calls"\n`,
      0o755,
    );
    for (const key of ['backend', 'frontend', 'sender', 'report'])
      aws.parameter(`/shop/mvp/images/${key}`, `1.dkr.ecr.us-east-1.amazonaws.com/shop/${key}:1`);
    for (const role of ['app', 'reader', 'master', 'registry'])
      aws.secret(role, JSON.stringify({ username: role, password: `password-of-${role}`, url: `postgresql://${role}` }));
    aws.secret('jwt', 'signing-key');
    this.install(description);
  }

  /** The files of a description, as pulling them would leave them. */
  public install(description: HostDescription): void {
    // The plugin that the fake curl brings is the one that is expected.
    const expected = createHash('sha256').update('compose').digest('hex');
    const { sha256 } = COMPOSE_PLUGIN.builds[description.architecture];
    this.root.install(renderBundle(description).map((file) => ({ ...file, content: file.content.replaceAll(sha256, expected) })));
    this.root.write('/usr/local/sbin/terrace-volume', '#!/bin/bash\n', 0o755);
  }

  /** Images that are on this host. */
  public get images(): readonly string[] {
    return this.lines('/pulled');
  }

  /** Containers that run. */
  public get running(): readonly string[] {
    return this.lines('/containers').flatMap((line) => (line.includes(' running ') ? [line.split(' ')[0]!] : []));
  }

  /** An orderly restart of the host: containers are stopped first, and what is in memory is lost. */
  public reboot(): void {
    run('sed', ['-i', 's/ running / exited /', this.root.path('/containers')]);
    rmSync(this.root.path('/run'), { recursive: true });
    this.root.directory('/run');
    this.root.removeFile('/active-terrace-app.service');
  }

  private lines(path: string): readonly string[] {
    return this.root.has(path) ? this.root.read(path).split('\n').filter(Boolean) : [];
  }

  /** The calls since the last call of this method. */
  public takeCalls(): readonly string[] {
    const calls = ['/calls', '/aws-calls'].flatMap((name) => {
      const path = this.root.path(name);
      const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').filter(Boolean) : [];
      writeFileSync(path, '');
      return name === '/calls' ? lines : lines.map((line) => `aws ${line}`);
    });
    return calls.map((call) => call.replaceAll(this.root.root, ''));
  }

  /** Every file of the host, with the time of its last change and its size. */
  public snapshot(): Readonly<Record<string, string>> {
    const skipped = /^(calls|aws-calls|metrics|shims|s3|secrets|parameters|pulled|containers)/;
    const entries: [string, string][] = [];
    const walk = (directory: string) => {
      for (const name of readdirSync(directory).sort()) {
        const path = join(directory, name);
        const place = relative(this.root.root, path);
        const stat = lstatSync(path);
        if (skipped.test(place) || place.endsWith('.lock')) continue;
        if (stat.isDirectory()) walk(path);
        else entries.push([place, `${stat.mtimeMs} ${stat.size}`]);
      }
    };
    walk(this.root.root);
    return Object.fromEntries(entries);
  }
}

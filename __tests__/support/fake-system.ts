/** The programs that change a host: each call is recorded, and what they would change is a file. */
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { COMPOSE_PLUGIN } from '../../src/tiers/box/host/operating-systems';
import { renderBundle } from '../../src/tiers/box/host/render';
import type { HostDescription } from '../../src/tiers/box/host/types';
import { FakeAws } from './fake-aws';
import { HostRoot } from './host-tools';

const RECORD = 'printf \'%s\\n\' "$(basename "$0") $*" >> "$HOST_ROOT/calls"';

/** Programs that are only recorded. */
const RECORDED = [
  'apt-get',
  'dnf',
  'ufw',
  'sshd',
  'mkswap',
  'swapon',
  'certbot',
  'resize2fs',
  'snap',
  'journalctl',
  'systemd-notify',
];

const SYSTEMCTL = String.raw`
case "$1" in
  is-active) [ -e "$HOST_ROOT/active-$(eval echo "\$$#")" ] ;;
  is-failed) [ -e "$HOST_ROOT/failed" ] ;;
  start) [ "$2" != terrace-app.service ] || { "$HOST_ROOT/usr/local/sbin/terrace-start" && touch "$HOST_ROOT/active-$2"; } ;;
  reload-or-restart) touch "$HOST_ROOT/active-$2" ;;
esac
`;

const DOCKER = String.raw`
case "$*" in
  *'config --images') cut -d = -f 2 "$PWD/.env"; echo public.ecr.aws/library/other:1 ;;
  'image inspect'*) grep -q -x -F "$3" "$HOST_ROOT/pulled" 2> /dev/null ;;
  'pull --quiet'*) echo "$3" >> "$HOST_ROOT/pulled" ;;
  'login'*) cat > "$HOST_ROOT/login" ;;
  'compose ps'*) for service in $(printf '%s' "$*" | sed 's,.*--quiet ,,'); do [ ! -e "$HOST_ROOT/stores" ] || echo "$service"; done ;;
  'compose up --detach --wait'*) touch "$HOST_ROOT/stores" ;;
esac
`;

/** A host with everything that its commands call. */
export class FakeSystem {
  public readonly root = new HostRoot();
  public readonly aws = new FakeAws(this.root);

  constructor(description: HostDescription) {
    const { root, aws } = this;
    for (const program of RECORDED) root.shim(program, RECORD);
    root.shim('systemctl', `${RECORD}\n${SYSTEMCTL}`);
    root.shim('docker', `${RECORD}\n${DOCKER}`);
    root.shim('firewall-cmd', `${RECORD}; cat > /dev/null`);
    root.shim('mountpoint', '[ ! -e "$HOST_ROOT/unmounted" ]');
    root.shim('nginx', `${RECORD}; [ ! -e "$HOST_ROOT/nginx-is-wrong" ]`);
    // Only root may change owners.
    root.shim(
      'install',
      'args=(); while [ $# -gt 0 ]; do case $1 in -o | -g) shift 2 ;; *) args+=("$1"); shift ;; esac; done; exec /usr/bin/install "${args[@]}"',
    );
    root.shim('chown', RECORD);
    root.shim('dd', `${RECORD}; for word in "$@"; do case $word in of=*) : > "$(printf '%s' "$word" | cut -c 4-)" ;; esac; done`);
    root.shim(
      'runuser',
      `${RECORD}\nshift 3\ncase $1 in */initdb) echo ${description.database?.version} > "$HOST_ROOT/data/postgres/PG_VERSION" ;; psql) cat > /dev/null ;; esac`,
    );
    root.shim('curl', `${RECORD}; while [ $# -gt 0 ]; do [ "$1" != --output ] || printf compose > "$2"; shift; done`);
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
    const skipped = /^(calls|aws-calls|metrics|shims|s3|secrets|parameters)/;
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

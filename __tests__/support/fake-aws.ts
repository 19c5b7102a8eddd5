/** The parts of the AWS CLI that a host uses, on directories: buckets, secrets, parameters. Metrics are recorded. */
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostRoot } from './host-tools';

const AWS = String.raw`
set -eu
root=$HOST_ROOT
[ ! -e "$root/aws-is-down" ] || { echo 'aws: no connection' >&2; exit 255; }
printf '%s\n' "$*" >> "$root/aws-calls"
option() { # the value behind an option
  local wanted=$1; shift
  while [ $# -gt 0 ]; do [ "$1" != "$wanted" ] || { printf '%s' "$2"; return; }; shift; done
}
case "$1 $2" in
  's3 cp')
    eval "from=\${$(($# - 1))}"; eval "to=\${$#}"
    case $from in s3://*) from=$root/s3/$(printf '%s' "$from" | cut -c 6-) ;; esac
    case $to in s3://*) to=$root/s3/$(printf '%s' "$to" | cut -c 6-) ;; esac
    [ "$from" != - ] || from=/dev/stdin
    mkdir -p "$(dirname "$to")"; cat "$from" > "$to" ;;
  's3api list-objects-v2')
    ls "$root/s3/$(option --bucket "$@")/$(option --prefix "$@")" 2> /dev/null | head -n 1 | wc -l ;;
  's3 ls')
    cd "$root/s3/$(printf '%s' "$3" | cut -c 6-)" 2> /dev/null || exit 1
    for file in *; do [ ! -f "$file" ] || printf '2026-01-01 02:00:00 %10d %s\n' "$(stat -c %s "$file")" "$file"; done ;;
  'cloudwatch put-metric-data')
    data=$(option --metric-data "$@")
    if [ -n "$data" ]; then jq -r '.[] | "\(.MetricName) \(.Value)"' "$(printf '%s' "$data" | cut -c 8-)"
    else printf '%s %s\n' "$(option --metric-name "$@")" "$(option --value "$@")"; fi >> "$root/metrics" ;;
  'secretsmanager get-secret-value')
    jq -n --rawfile value "$root/secrets/$(option --secret-id "$@" | sed 's,.*:,,')" '{ SecretString: $value }' ;;
  'ssm get-parameter') cat "$root/parameters$(option --name "$@")" ;;
  'ecr get-login-password') echo token-of-ecr ;;
  's3api head-object') sha256sum < "$root/s3/$(option --bucket "$@")/$(option --key "$@")" ;;
  's3api get-object') eval "to=\${$#}"; cp "$root/s3/$(option --bucket "$@")/$(option --key "$@")" "$to"; echo '{}' ;;
  *) echo "this test knows no aws $1 $2" >&2; exit 2 ;;
esac
`;

/** AWS as one host sees it. */
export class FakeAws {
  constructor(private readonly host: HostRoot) {
    host.shim('aws', AWS, '/bin/sh');
    for (const directory of ['s3', 'secrets', 'parameters']) host.directory(`/${directory}`);
  }

  /** A secret, by the last part of its ARN. */
  public secret(name: string, value: string): void {
    this.host.write(`/secrets/${name}`, value);
  }

  public parameter(name: string, value: string): void {
    this.host.write(`/parameters${name}`, `${value}\n`);
  }

  public object(bucket: string, key: string, content: string): void {
    this.host.write(`/s3/${bucket}/${key}`, content);
  }

  /** Names of the objects below a prefix. */
  public objects(bucket: string, prefix: string): readonly string[] {
    const directory = this.host.path(`/s3/${bucket}/${prefix}`);
    return existsSync(directory) ? readdirSync(directory).sort() : [];
  }

  /** The path of an object on this machine. */
  public pathOf(bucket: string, prefix: string, name: string): string {
    return join(this.host.path(`/s3/${bucket}/${prefix}`), name);
  }

  /** Metrics since the last call: name and value. */
  public takeMetrics(): Readonly<Record<string, string>> {
    const path = this.host.path('/metrics');
    const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').filter(Boolean) : [];
    writeFileSync(path, '');
    return Object.fromEntries(lines.map((line) => line.split(' ') as [string, string]));
  }

  /** Whether calls fail. */
  public set down(isDown: boolean) {
    const path = this.host.path('/aws-is-down');
    if (isDown) appendFileSync(path, '');
    else if (existsSync(path)) this.host.removeFile('/aws-is-down');
  }
}

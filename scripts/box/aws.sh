#!/usr/bin/env bash
# Stands in for the AWS CLI on a host of `npm run test:box`: objects, secrets and parameters are files below /aws.
set -euo pipefail
printf '%s\n' "$*" >> /aws/calls
[ ! -e /aws/down ] || { printf 'aws: no connection\n' >&2; exit 255; }
option() {
  local wanted=$1
  shift
  while [ "$#" -gt 0 ]; do
    [ "$1" != "$wanted" ] || { printf '%s' "$2"; return; }
    shift
  done
}
object() { printf '/aws/s3/%s/%s' "$(option --bucket "$@")" "$(option --key "$@")"; }
last() { eval "printf '%s' \"\${$#}\""; }
before_last() { eval "printf '%s' \"\${$(($# - 1))}\""; }
case "$1 $2" in
  's3 cp')
    from=$(before_last "$@" | sed 's,^s3://,/aws/s3/,; s,^-$,/dev/stdin,')
    to=$(last "$@" | sed 's,^s3://,/aws/s3/,')
    mkdir -p "$(dirname "$to")"
    cat "$from" > "$to"
    ;;
  's3 ls')
    cd "$(printf '%s' "$3" | sed 's,^s3://,/aws/s3/,')" 2> /dev/null || exit 1
    stat --printf '2026-01-01 02:00:00 %s %n\n' ./* | sed 's,\./,,'
    ;;
  's3api list-objects-v2') { find "/aws/s3/$(option --bucket "$@")/$(option --prefix "$@")" -type f 2> /dev/null || true; } | head -n 1 | wc -l ;;
  's3api head-object') sha256sum < "$(object "$@")" ;;
  's3api get-object') cp "$(object "$@")" "$(last "$@")" ;;
  'cloudwatch put-metric-data')
    data=$(option --metric-data "$@" | sed 's,^file://,,')
    if [ -n "$data" ]; then jq -r '.[] | "\(.MetricName) \(.Value)"' "$data"; else printf '%s %s\n' "$(option --metric-name "$@")" "$(option --value "$@")"; fi >> /aws/metrics
    ;;
  'secretsmanager get-secret-value') jq -n --rawfile value /aws/secret '{ SecretString: $value }' ;;
  'ssm get-parameter') cat "/aws/parameters/$(option --name "$@" | tr / _)" 2> /dev/null || cat /aws/parameters/any ;;
  'ecr get-login-password') printf 'token\n' ;;
  *) exit 0 ;;
esac

#!/usr/bin/env bash
# Measures this host and publishes all metrics in one call. Problems are also written to the journal.
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh
# shellcheck source=library/ubuntu.sh
. "$LIBRARY/system.sh"
if [ "$POSTGRES_PLACEMENT" != none ]; then
  # shellcheck source=library/postgres.sh
  . "$LIBRARY/postgres.sh"
fi

# Variables
REDIS_CONTAINER=terrace-redis

install -d -m 0700 "$RUNTIME"
work=$(mktemp -d "$RUNTIME/monitor.XXXXXX")
trap 'rm -rf -- "$work"' EXIT

# Records a metric: name, value, unit.
measure() {
  jq -cn --arg name "$1" --argjson value "$2" --arg unit "$3" --arg environment "$ENVIRONMENT" \
    '{ MetricName: $name, Value: $value, Unit: $unit, Dimensions: [{ Name: "Environment", Value: $environment }] }' >> "$work/metrics"
}

# Prints the hours since the time in a file; while there is no such file, since the first measurement. A time in the future, of a
# host whose clock was wrong, counts as very old: no alarm would see a negative age.
age_in_hours() {
  local since=$1
  if [ ! -s "$since" ]; then
    since=$BACKUPS/since
    if [ ! -s "$since" ]; then
      install -d -m 0700 "$BACKUPS"
      date +%s > "$since"
    fi
  fi
  awk -v now="$(date +%s)" '{ age = (now - $1) / 3600; printf "%.2f", (age < -0.1 ? 9999 : age) }' "$since"
}

redis_is_up() {
  case $REDIS_PLACEMENT in
    container) timeout 5 docker exec "$REDIS_CONTAINER" redis-cli ping 2> /dev/null | grep -q PONG ;;
    package) timeout 5 "$REDIS_CLI" ping 2> /dev/null | grep -q PONG ;;
    managed) timeout 5 bash -c ": > /dev/tcp/$REDIS_HOST/$REDIS_PORT" ;;
  esac
}

failures=0
while IFS=$'\t' read -r key port second path healthy; do
  port=$(current_port "$key" "$port" "$second")
  answered=$(status_of "http://127.0.0.1:$port$path" 10)
  if ! is_one_of "$answered" "$healthy"; then
    log "$key answers with status $answered on port $port, $path, not with $healthy"
    failures=$((failures + 1))
  fi
done < "$SETTINGS/health.tsv"

# Each name as visitors reach it: through nginx, with its certificate. A self-signed one is in use until there is another.
while IFS=$'\t' read -r site path failed; do
  set -- --silent --output /dev/null --dump-header "$work/headers" --max-time 10 --resolve "$site:443:127.0.0.1"
  if [ "$(readlink "$CERTIFICATES/$site/fullchain.pem")" = own/fullchain.pem ]; then
    set -- "$@" --insecure
  fi
  if ! curl "$@" "https://$site$path" || [ "$(awk 'NR == 1 { print $2 }' "$work/headers")" -ge "$failed" ]; then
    log "https://$site$path does not answer"
    failures=$((failures + 1))
  fi
done < "$SETTINGS/site-checks.tsv"
measure HealthCheckFailures "$failures" Count

measure DiskUsedPercent "$(df --output=pcent / "$DATA_DIRECTORY" | tail -n +2 | tr -dc '0-9\n' | sort -n | tail -n 1)" Percent
measure MemoryUsedPercent \
  "$(awk '/^MemTotal:/ { total = $2 } /^MemAvailable:/ { free = $2 } END { printf "%.1f", 100 - 100 * free / total }' /proc/meminfo)" Percent

if [ "$POSTGRES_PLACEMENT" != none ]; then
  if pg_is_up; then
    measure PostgresUp 1 None
  else
    log 'PostgreSQL does not answer'
    measure PostgresUp 0 None
  fi
fi

if [ "$REDIS_PLACEMENT" != none ]; then
  if redis_is_up; then
    measure RedisUp 1 None
  else
    log 'Redis does not answer'
    measure RedisUp 0 None
  fi
fi

if data_is_mounted; then
  measure LastGoodBackupAgeHours "$(age_in_hours "$BACKUPS/last-good-backup")" None
  if [ "$POSTGRES_PLACEMENT" != none ]; then
    measure RestoreProvenAgeHours "$(age_in_hours "$BACKUPS/last-proven-restore")" None
  fi
else
  log 'the data volume is not mounted'
fi

if [ -e "$RUNTIME/apply-failed" ] || systemctl is-failed --quiet terrace-pull.service; then
  log 'the configuration could not be applied: see journalctl -u terrace-pull'
  measure ApplyFailed 1 Count
else
  measure ApplyFailed 0 Count
fi

# Until the release is made again, or another one takes its place.
refused=$(find "$RELEASES" -name '*.reason' -exec head -q -n 1 '{}' + 2> /dev/null || true)
if [ -n "$refused" ]; then
  log "$refused"
  measure ReleaseFailed 1 Count
else
  measure ReleaseFailed 0 Count
fi

if needs_restart; then
  measure RebootPending 1 Count
else
  measure RebootPending 0 Count
fi

# 0 while a name has no certificate of Let's Encrypt.
if [ -s "$SETTINGS/sites" ]; then
  days=9999
  while IFS= read -r site; do
    certificate=$LETS_ENCRYPT/live/$site/fullchain.pem
    left=0
    if [ -s "$certificate" ]; then
      ends=$(openssl x509 -noout -enddate -in "$certificate" | cut -d = -f 2)
      left=$((($(date -d "$ends" +%s) - $(date +%s)) / 86400))
    fi
    if [ "$left" -lt "$days" ]; then
      days=$left
    fi
  done < "$SETTINGS/sites"
  measure CertificateDaysLeft "$days" None
fi

jq -s . "$work/metrics" > "$work/all"
aws cloudwatch put-metric-data --namespace "$METRICS_NAMESPACE" --metric-data "file://$work/all"

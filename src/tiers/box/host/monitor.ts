/** The checks of cloudpartner's monitoring script, as CloudWatch metrics: one call every five minutes. */
import { HOST_METRICS } from '../../../contracts/host-metrics';
import { operatingSystemOf } from './operating-systems';
import { command, PATHS, REDIS_CONTAINER } from './paths';
import { redisInContainer } from './compose';
import { reachableDatabase } from './settings';
import { commandFile, configurationFile, script, table } from './text';
import type { HostCache, HostDescription, HostFile } from './types';

/** The command, and which health paths it asks. */
export function monitorFiles(host: HostDescription): readonly HostFile[] {
  const health = host.containers.flatMap(({ key, port, healthPath }) =>
    port === undefined || healthPath === undefined ? [] : [[key, String(port), healthPath]],
  );
  return [
    configurationFile(`${PATHS.settings}/health.tsv`, table(health)),
    configurationFile(`${PATHS.settings}/sites`, host.sites.map(({ name }) => `${name}\n`).join('')),
    commandFile(command('monitor'), script(monitorScript(host))),
  ];
}

function monitorScript(host: HostDescription): string {
  const database = reachableDatabase(host);
  const { cache, sites } = host;
  return String.raw`
#!/usr/bin/env bash
# Measures this host and publishes all of it in one call. What is wrong also goes to the journal.
set -euo pipefail
. ${PATHS.library}/common.sh
${database === undefined ? '' : `. ${PATHS.library}/postgres.sh\n`}
install -d -m 0700 ${PATHS.runtime}
work=$(mktemp -d ${PATHS.runtime}/monitor.XXXXXX)
trap 'rm -rf -- "$work"' EXIT

# Name, value, unit.
measure() {
  jq -cn --arg name "$1" --argjson value "$2" --arg unit "$3" --arg environment "$ENVIRONMENT" \
    '{ MetricName: $name, Value: $value, Unit: $unit, Dimensions: [{ Name: "Environment", Value: $environment }] }' >> "$work/metrics"
}

# Hours since the moment in a file; since the first look while there is no such file.
age_in_hours() {
  local since=$1
  if [ ! -s "$since" ]; then
    since=${PATHS.backups}/since
    if [ ! -s "$since" ]; then
      install -d -m 0700 ${PATHS.backups}
      date +%s > "$since"
    fi
  fi
  awk -v now="$(date +%s)" '{ printf "%.2f", (now - $1) / 3600 }' "$since"
}

failures=0
while IFS=$'\t' read -r key port path; do
  if ! curl --fail --silent --output /dev/null --max-time 10 "http://127.0.0.1:$port$path"; then
    log "$key does not answer on port $port, $path"
    failures=$((failures + 1))
  fi
done < ${PATHS.settings}/health.tsv
measure ${HOST_METRICS.healthCheckFailures} "$failures" Count

measure ${HOST_METRICS.diskUsed} "$(df --output=pcent / /data | tail -n +2 | tr -dc '0-9\n' | sort -n | tail -n 1)" Percent
measure ${HOST_METRICS.memoryUsed} \
  "$(awk '/^MemTotal:/ { total = $2 } /^MemAvailable:/ { free = $2 } END { printf "%.1f", 100 - 100 * free / total }' /proc/meminfo)" Percent
${database === undefined ? '' : check(HOST_METRICS.postgresUp, 'PostgreSQL', 'pg_is_up')}${
    cache === undefined ? '' : check(HOST_METRICS.redisUp, 'Redis', redisCheck(host, cache))
  }
if [ -z "$DATA_VOLUME_ID" ] || mountpoint --quiet /data; then
  measure ${HOST_METRICS.backupAge} "$(age_in_hours ${PATHS.backups}/last-good-backup)" None
${database === undefined ? '' : `  measure ${HOST_METRICS.restoreProvenAge} "$(age_in_hours ${PATHS.backups}/last-proven-restore)" None\n`}else
  log 'the data volume is not mounted'
fi

if systemctl is-failed --quiet terrace-pull.service; then
  log 'the configuration could not be applied: journalctl -u terrace-pull'
  measure ${HOST_METRICS.applyFailed} 1 Count
else
  measure ${HOST_METRICS.applyFailed} 0 Count
fi
${sites.length === 0 ? '' : CERTIFICATES}
jq -s . "$work/metrics" > "$work/all"
aws cloudwatch put-metric-data --namespace "$METRICS_NAMESPACE" --metric-data "file://$work/all"
`;
}

/** 1 when a command goes well, 0 when it does not. */
function check(metric: string, what: string, line: string): string {
  return String.raw`
if ${line}; then
  measure ${metric} 1 None
else
  log '${what} does not answer'
  measure ${metric} 0 None
fi
`;
}

function redisCheck(host: HostDescription, { placement, host: address, port }: HostCache): string {
  if (placement === 'managed') return `timeout 5 bash -c ': > /dev/tcp/${address}/${port}'`;
  const ping = redisInContainer(host)
    ? `docker exec ${REDIS_CONTAINER} redis-cli ping`
    : `${operatingSystemOf(host).redisCli} ping`;
  return `timeout 5 ${ping} 2> /dev/null | grep -q PONG`;
}

const CERTIFICATES = String.raw`
# 0 while a name has no certificate of the authority.
days=9999
while IFS= read -r site; do
  left=0
  if [ -s ${PATHS.letsEncrypt}/live/"$site"/fullchain.pem ]; then
    ends=$(openssl x509 -noout -enddate -in ${PATHS.letsEncrypt}/live/"$site"/fullchain.pem | cut -d = -f 2)
    left=$((($(date -d "$ends" +%s) - $(date +%s)) / 86400))
  fi
  if [ "$left" -lt "$days" ]; then
    days=$left
  fi
done < ${PATHS.settings}/sites
measure ${HOST_METRICS.certificateDaysLeft} "$days" None
`;

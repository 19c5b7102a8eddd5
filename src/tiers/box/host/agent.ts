/** The configuration of the CloudWatch agent: memory, disks, and the logs of the host itself. */
import { METRICS_NAMESPACE } from '../../../contracts/host-metrics';
import { DATA_DIRECTORY, PATHS } from './paths';
import { configurationFile } from './text';
import type { HostDescription, HostFile } from './types';

/** Alarms use the metrics of the monitor; those of the agent serve closer inspection, for which five minutes are enough. */
const INTERVAL_SECONDS = 300;

const SYSTEM_LOGS: Readonly<Record<HostDescription['operatingSystem'], readonly string[]>> = {
  'ubuntu-24.04': ['/var/log/syslog', '/var/log/auth.log'],
  'amazon-linux-2023': ['/var/log/messages', '/var/log/secure'],
};

/** First boot, banned addresses and the proxy. Everything else, such as backups, is in the system log. */
const COMMON_LOGS = [
  '/var/log/cloud-init-output.log',
  '/var/log/fail2ban.log',
  '/var/log/nginx/access.log',
  '/var/log/nginx/error.log',
];

/** `cloudwatch-agent.json` */
export function agentConfiguration({ environment, logGroup, operatingSystem, region }: HostDescription): HostFile {
  const dimensions = { append_dimensions: { Environment: environment }, metrics_collection_interval: INTERVAL_SECONDS };
  const document = {
    agent: { metrics_collection_interval: INTERVAL_SECONDS, run_as_user: 'root', omit_hostname: true, region },
    metrics: {
      namespace: METRICS_NAMESPACE,
      metrics_collected: {
        mem: { measurement: ['used_percent'], ...dimensions },
        disk: { measurement: ['used_percent'], resources: ['/', DATA_DIRECTORY], drop_device: true, ...dimensions },
      },
    },
    logs: {
      logs_collected: {
        files: {
          collect_list: [...COMMON_LOGS, ...SYSTEM_LOGS[operatingSystem]].map((path) => ({
            file_path: path,
            log_group_name: logGroup,
            log_stream_name: `{instance_id}${path}`,
          })),
        },
      },
    },
  };
  return configurationFile(`${PATHS.settings}/cloudwatch-agent.json`, `${JSON.stringify(document, null, 2)}\n`);
}

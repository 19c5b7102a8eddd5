/** The CloudWatch agent: memory, disks, and the host's own logs. */
import { CLOUDWATCH_AGENT_FINGERPRINT } from './operating-systems';
import { command, PATHS } from './paths';
import { commandFile, configurationFile, script } from './text';
import type { Architecture, HostDescription, HostFile, OperatingSystem } from './types';

/** What alarms watch comes from the monitor; this is for looking closer, so that five minutes are enough. */
const EVERY_SECONDS = 300;

const LOG_FILES: Readonly<Record<OperatingSystem, readonly string[]>> = {
  'ubuntu-24.04': ['/var/log/syslog', '/var/log/auth.log'],
  'amazon-linux-2023': ['/var/log/messages', '/var/log/secure'],
};

/** On every host: the proxy, who was banned, and how the host came up. Backups and the rest stand in the system's log. */
const COMMON_LOG_FILES = [
  '/var/log/cloud-init-output.log',
  '/var/log/fail2ban.log',
  '/var/log/nginx/access.log',
  '/var/log/nginx/error.log',
];

/** What Debian calls the architectures. */
const DEBIAN_NAMES: Readonly<Record<Architecture, string>> = { x86_64: 'amd64', arm64: 'arm64' };

/** The agent's configuration, and the command that installs it where it is no package, and starts it. */
export function agentFiles(host: HostDescription): readonly HostFile[] {
  return [agentConfiguration(host), commandFile(command('agent'), script(agentScript(host)))];
}

function agentConfiguration(host: HostDescription): HostFile {
  const { metricsNamespace, environment, hostLogGroup } = host;
  const dimensions = { append_dimensions: { Environment: environment }, metrics_collection_interval: EVERY_SECONDS };
  const document = {
    agent: { metrics_collection_interval: EVERY_SECONDS, run_as_user: 'root', omit_hostname: true, region: host.region },
    metrics: {
      namespace: metricsNamespace,
      metrics_collected: {
        mem: { measurement: ['used_percent'], ...dimensions },
        disk: { measurement: ['used_percent'], resources: ['/', host.dataDirectory], drop_device: true, ...dimensions },
      },
    },
    ...(hostLogGroup !== undefined && {
      logs: {
        logs_collected: {
          files: {
            collect_list: [...COMMON_LOG_FILES, ...LOG_FILES[host.operatingSystem]].map((path) => ({
              file_path: path,
              log_group_name: hostLogGroup,
              log_stream_name: `{instance_id}${path}`,
            })),
          },
        },
      },
    }),
  };
  return configurationFile(`${PATHS.settings}/cloudwatch-agent.json`, `${JSON.stringify(document, null, 2)}\n`);
}

/** A command of its own: `apply` goes on without the agent, and must not go on inside it after a signature that is wrong. */
function agentScript(host: HostDescription): string {
  return String.raw`
#!/usr/bin/env bash
# Installs the CloudWatch agent where it is missing, and starts it with this host's configuration.
set -euo pipefail
. ${PATHS.library}/common.sh
control=/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl
${host.operatingSystem === 'ubuntu-24.04' ? debianInstallation(host) : ''}
"$control" -a fetch-config -m ec2 -s -c file:${PATHS.settings}/cloudwatch-agent.json > /dev/null
`;
}

/** It is in no repository of Ubuntu's: AWS's package is installed after its signature was verified. */
function debianInstallation({ architecture }: HostDescription): string {
  const file = `ubuntu/${DEBIAN_NAMES[architecture]}/latest/amazon-cloudwatch-agent.deb`;
  return String.raw`
if [ ! -x "$control" ]; then
  work=$(mktemp -d)
  trap 'rm -rf -- "$work"' EXIT
  source="https://amazoncloudwatch-agent-$REGION.s3.$REGION.amazonaws.com"
  curl --fail --silent --show-error --location --output "$work/agent.deb" "$source/${file}"
  curl --fail --silent --show-error --location --output "$work/agent.deb.sig" "$source/${file}.sig"
  curl --fail --silent --show-error --location --output "$work/key.gpg" https://amazoncloudwatch-agent.s3.amazonaws.com/assets/amazon-cloudwatch-agent.gpg
  install -d -m 0700 "$work/gnupg"
  gpg --homedir "$work/gnupg" --batch --quiet --import "$work/key.gpg"
  gpg --homedir "$work/gnupg" --batch --status-fd 1 --verify "$work/agent.deb.sig" "$work/agent.deb" 2> /dev/null |
    grep -q '^\[GNUPG:\] VALIDSIG ${CLOUDWATCH_AGENT_FINGERPRINT} ' || fail "the signature of the CloudWatch agent is not AWS's"
  # apt reads it as a user of its own.
  chmod 0755 "$work"
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install --yes --quiet "$work/agent.deb"
fi
`;
}

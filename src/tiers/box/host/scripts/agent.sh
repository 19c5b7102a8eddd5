#!/usr/bin/env bash
# Installs the CloudWatch agent if it is missing, and starts it with this host's configuration.
# A separate command, because `apply` continues without the agent, which errexit inside a function would not allow.
set -euo pipefail
# shellcheck source=library/common.sh
. /usr/local/lib/terrace/common.sh
# shellcheck source=library/ubuntu.sh
. "$LIBRARY/system.sh"

control=/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl
if [ ! -x "$control" ]; then
  install_agent
fi
"$control" -a fetch-config -m ec2 -s -c "file:$SETTINGS/cloudwatch-agent.json" > /dev/null

/** The CloudWatch agent on Ubuntu: AWS's package is installed only with AWS's signature. */
import { FakeSystem } from '../../../../support/fake-system';
import { WITH_CONTAINERS } from '../../../../support/host-examples';
import { said, toolTest } from '../../../../support/host-tools';

const AWS_KEY = '937616F3450B7D806CBD9725D58167303B789C72';
const AGENT = '/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl';

let system: FakeSystem;
afterEach(() => system.root.remove());

/** A host without the agent, on which gpg reports a valid signature by a key. */
function hostWithout(key: string): void {
  system = new FakeSystem(WITH_CONTAINERS);
  system.root.removeFile(AGENT);
  system.root.shim('dpkg', 'echo arm64');
  system.root.shim('gpg', `case "$*" in *--verify*) echo '[GNUPG:] VALIDSIG ${key} 2026-01-01 0' ;; esac`);
  system.root.shim(
    'apt-get',
    `echo "apt-get $*" >> "$HOST_ROOT/calls"; mkdir -p "$(dirname "$HOST_ROOT${AGENT}")"; printf '#!/bin/bash\\n' > "$HOST_ROOT${AGENT}"; chmod +x "$HOST_ROOT${AGENT}"`,
  );
}

toolTest("is installed from the host's region, for its processor", ['bash'], () => {
  hostWithout(AWS_KEY);
  const result = system.root.command('agent');
  expect({ status: result.status, said: said(result) }).toEqual({ status: 0, said: '' });
  const calls = system.takeCalls();
  expect(calls.filter((call) => call.startsWith('curl')).map((call) => call.split(' ').at(-1))).toEqual([
    'https://amazoncloudwatch-agent-ap-southeast-1.s3.ap-southeast-1.amazonaws.com/ubuntu/arm64/latest/amazon-cloudwatch-agent.deb',
    'https://amazoncloudwatch-agent-ap-southeast-1.s3.ap-southeast-1.amazonaws.com/ubuntu/arm64/latest/amazon-cloudwatch-agent.deb.sig',
    'https://amazoncloudwatch-agent.s3.amazonaws.com/assets/amazon-cloudwatch-agent.gpg',
  ]);
  expect(calls.at(-1)).toMatch(/^apt-get .* install --yes --quiet .*\/agent\.deb$/);
});

toolTest('is refused with a signature by any other key', ['bash'], () => {
  hostWithout('0'.repeat(40));
  const result = system.root.command('agent');
  expect(result.status).not.toBe(0);
  expect(said(result)).toContain("the signature of the CloudWatch agent is not AWS's");
  expect(system.takeCalls().filter((call) => call.startsWith('apt-get'))).toEqual([]);
});

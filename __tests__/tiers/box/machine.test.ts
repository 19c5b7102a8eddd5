/** The image that a host is created from. */
import { imageParameter } from '../../../src/tiers/box/machine';

describe('the machine image', () => {
  test.each([
    ['ubuntu-24.04', 'x86_64', '/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id'],
    ['ubuntu-24.04', 'arm64', '/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id'],
    ['amazon-linux-2023', 'x86_64', '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64'],
    ['amazon-linux-2023', 'arm64', '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64'],
  ] as const)('of %s on %s is what its maker publishes', (operatingSystem, architecture, parameter) => {
    expect(imageParameter({ operatingSystem, architecture })).toBe(parameter);
  });
});

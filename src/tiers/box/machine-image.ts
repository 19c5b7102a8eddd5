/** Which image a host is made from: the newest that the maker of the operating system has published. */
import { DataAwsSsmParameter } from '@cdktf/provider-aws/lib/data-aws-ssm-parameter';
import type { Construct } from 'constructs';
import type { ResolvedBox } from '../../config/tiers/box/resolved';

type Choice = Pick<ResolvedBox, 'operatingSystem' | 'architecture'>;

/**
 * The public parameter with the id of the newest image. Sources: Canonical's "Find Ubuntu images with the AWS Systems
 * Manager", AWS's "Get the latest AMI with Systems Manager" for Amazon Linux 2023.
 */
export function imageParameter({ operatingSystem, architecture }: Choice): string {
  switch (operatingSystem) {
    case 'ubuntu-24.04':
      return `/aws/service/canonical/ubuntu/server/24.04/stable/current/${architecture === 'arm64' ? 'arm64' : 'amd64'}/hvm/ebs-gp3/ami-id`;
    case 'amazon-linux-2023':
      return `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architecture}`;
  }
}

/** The image's id, looked up at each plan. */
export function machineImage(scope: Construct, id: string, choice: Choice): string {
  // `value` counts as secret and would be hidden; the id of a public image is none.
  return new DataAwsSsmParameter(scope, id, { name: imageParameter(choice) }).insecureValue;
}

/** What every host is made with, one or several: image, role, metadata options, CPU credits. */
import { DataAwsSsmParameter } from '@cdktf/provider-aws/lib/data-aws-ssm-parameter';
import { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile';
import { Construct } from 'constructs';
import { METADATA_HOPS } from '../../config/tables/metadata-hops';
import type { ResolvedBox } from '../../config/tiers/box/resolved';

type ImageChoice = Pick<ResolvedBox, 'operatingSystem' | 'architecture'>;

/**
 * The public parameter with the id of the newest image. Sources: Canonical's "Find Ubuntu images with the AWS Systems
 * Manager", AWS's "Get the latest AMI with Systems Manager" for Amazon Linux 2023.
 */
export function imageParameter({ operatingSystem, architecture }: ImageChoice): string {
  switch (operatingSystem) {
    case 'ubuntu-24.04':
      return `/aws/service/canonical/ubuntu/server/24.04/stable/current/${architecture === 'arm64' ? 'arm64' : 'amd64'}/hvm/ebs-gp3/ami-id`;
    case 'amazon-linux-2023':
      return `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${architecture}`;
  }
}

/** The id of the newest image, looked up at each plan. */
export function machineImage(scope: Construct, id: string, choice: ImageChoice): string {
  // `value` is marked as sensitive and would be hidden in plans; the id of a public image is not secret.
  return new DataAwsSsmParameter(scope, id, { name: imageParameter(choice) }).insecureValue;
}

/**
 * Version 2 only.
 * @param containersUseRole whether a container has permissions, and so needs the host's credentials. Otherwise containers on a
 * separate network get no answer: an intruder in one could do all that the host may
 */
export function metadataOptions(containersUseRole: boolean) {
  return {
    httpEndpoint: 'enabled',
    httpTokens: 'required',
    httpPutResponseHopLimit: containersUseRole ? METADATA_HOPS.bridgedContainers : METADATA_HOPS.host,
    instanceMetadataTags: 'disabled',
  } as const;
}

/** Only burstable types have credits. */
export function creditSpecification({ burstable, cpuCredits }: Pick<ResolvedBox, 'burstable' | 'cpuCredits'>) {
  return burstable ? { cpuCredits } : undefined;
}

export interface HostProfileProps {
  /** The name of the role, and of the profile. */
  readonly roleName: string;
}

/** The instance profile through which hosts assume their role. */
export class HostProfile extends Construct {
  public readonly name: string;
  public readonly arn: string;

  constructor(scope: Construct, id: string, { roleName }: HostProfileProps) {
    super(scope, id);
    const profile = new IamInstanceProfile(this, 'Default', { name: roleName, role: roleName });
    this.name = profile.name;
    this.arn = profile.arn;
  }
}

/**
 * A NAT of one small instance that is replaced automatically, for environments where a managed gateway costs too much.
 *
 * Routes and public address belong to a network interface that outlives every instance. The launch template gives
 * that interface to each new instance as its primary one, so
 * - a replacement has the routes, the address and the switched-off source/destination check from its first packet;
 * - the instance calls no AWS API to become the NAT, and its role has no EC2 action at all;
 * - there is one interface, so that routing is symmetric.
 * Alternatives: attaching a second interface at boot needs policy routing, a second public address and permission to attach;
 * replacing routes at boot needs permission to change routes, and Terraform would have to ignore them. The price of this design
 * is that the NAT is bound to the interface's zone, as one managed gateway is.
 *
 * AWS describes it under "launch templates: existing network interface": such a group names zones instead of subnets
 * and has one instance, and the old instance must be gone before the next can start: two to three minutes without internet
 * access.
 */
import { AutoscalingGroup } from '@cdktf/provider-aws/lib/autoscaling-group';
import { Eip } from '@cdktf/provider-aws/lib/eip';
import { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile';
import { LaunchTemplate } from '@cdktf/provider-aws/lib/launch-template';
import { NetworkInterface } from '@cdktf/provider-aws/lib/network-interface';
import { VpcSecurityGroupEgressRule } from '@cdktf/provider-aws/lib/vpc-security-group-egress-rule';
import { VpcSecurityGroupIngressRule } from '@cdktf/provider-aws/lib/vpc-security-group-ingress-rule';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { fitName, NAME_LIMITS } from '../../config/names';
import { METADATA_HOPS } from '../../config/tables/metadata-hops';
import { ServiceRole } from '../iam/service-role';
import { sessionStatements } from '../iam/session-manager';
import { ClosedSecurityGroup } from '../security-group/security-group';
import { natUserData } from './nat-user-data';
import { ANYWHERE } from './subnets';

/** The smallest Graviton instance: about $3 a month in us-east-1, with disk and public address about $7. */
const INSTANCE_TYPE = 't4g.nano';

/** AWS's public parameter: resolved at every launch, so that a replacement starts from the newest patched image. */
const IMAGE = 'resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64';

/** GiB: the image's own size. */
const ROOT_VOLUME_SIZE = 8;

/** The instance is replaced after this many seconds (30 days), which is how it gets new kernels. */
const MAXIMUM_LIFETIME = 30 * 24 * 3600;

/** The old instance is stopped before the new one starts: both use the same interface. */
const ONE_AT_A_TIME = { minHealthyPercentage: 0, maxHealthyPercentage: 100 } as const;

export interface NatInstanceProps {
  /** `<environment>-nat` */
  readonly name: string;
  readonly region: string;
  readonly accountId: string;
  readonly vpcId: string;
  readonly vpcCidr: string;
  /** The zone of the interface. */
  readonly zone: string;
  /** A public subnet of that zone. */
  readonly subnetId: string;
  /** The private subnets it serves. */
  readonly clients: readonly { readonly zone: string; readonly cidr: string }[];
  /** What must exist before the public subnet reaches the internet. */
  readonly internetAccess: readonly ITerraformDependable[];
  /** On the instance and its disk. */
  readonly tags: Readonly<Record<string, string>>;
}

/** An auto-recovering NAT instance behind a fixed network interface. */
export class NatInstance extends Construct {
  /** The target of private default routes. */
  public readonly networkInterfaceId: string;
  /** The public source address of all traffic; stays the same when the instance is replaced. */
  public readonly publicIp: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: NatInstanceProps,
  ) {
    super(scope, id);
    const securityGroupId = this.securityGroup();
    const networkInterface = this.networkInterface(securityGroupId);
    const address = this.address(networkInterface);
    const template = this.launchTemplate(networkInterface, this.instanceProfile());
    this.group(template, address);
    this.networkInterfaceId = networkInterface.id;
    this.publicIp = address.publicIp;
  }

  /** A NAT forwards everything that its clients send, so it accepts every port, but only from them. */
  private securityGroup(): string {
    const { name, vpcId, clients } = this.props;
    const { id } = new ClosedSecurityGroup(this, 'traffic', {
      name,
      description: 'Traffic that the NAT instance forwards for private subnets',
      vpcId,
    });
    for (const { zone, cidr } of clients) {
      new VpcSecurityGroupIngressRule(this, `from-${zone}`, {
        securityGroupId: id,
        cidrIpv4: cidr,
        ipProtocol: '-1',
        description: `Everything that private subnet ${zone} sends to the internet`,
      });
    }
    new VpcSecurityGroupEgressRule(this, 'to-internet', {
      securityGroupId: id,
      cidrIpv4: ANYWHERE,
      ipProtocol: '-1',
      description: 'The internet, on behalf of private subnets',
    });
    return id;
  }

  private networkInterface(securityGroupId: string): NetworkInterface {
    const { name, subnetId } = this.props;
    return new NetworkInterface(this, 'interface', {
      description: 'Stays when the NAT instance is replaced',
      subnetId,
      securityGroups: [securityGroupId],
      sourceDestCheck: false,
      tags: { Name: name },
    });
  }

  private address(networkInterface: NetworkInterface): Eip {
    const { name, internetAccess } = this.props;
    return new Eip(this, 'address', {
      domain: 'vpc',
      networkInterface: networkInterface.id,
      tags: { Name: name },
      dependsOn: [...internetAccess],
    });
  }

  private instanceProfile(): IamInstanceProfile {
    const name = fitName(this.props.name, NAME_LIMITS.iamRole);
    const role = new ServiceRole(this, 'role', {
      name,
      description: 'NAT instance: a shell through Session Manager, nothing else',
      service: 'ec2.amazonaws.com',
      statements: sessionStatements(this.props),
    });
    return new IamInstanceProfile(this, 'profile', { name, role: role.name });
  }

  private launchTemplate(networkInterface: NetworkInterface, profile: IamInstanceProfile): LaunchTemplate {
    const { name, vpcCidr, tags } = this.props;
    return new LaunchTemplate(this, 'template', {
      name,
      description: 'NAT instance on a fixed network interface',
      updateDefaultVersion: true,
      imageId: IMAGE,
      instanceType: INSTANCE_TYPE,
      // Slows down when its credits are used up instead of costing more.
      creditSpecification: { cpuCredits: 'standard' },
      iamInstanceProfile: { arn: profile.arn },
      networkInterfaces: [{ deviceIndex: 0, networkInterfaceId: networkInterface.id, deleteOnTermination: 'false' }],
      metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: METADATA_HOPS.host },
      blockDeviceMappings: [
        {
          deviceName: '/dev/xvda',
          ebs: { volumeSize: ROOT_VOLUME_SIZE, volumeType: 'gp3', encrypted: 'true', deleteOnTermination: 'true' },
        },
      ],
      // The boot script shuts an instance down that cannot serve: the group then starts another.
      instanceInitiatedShutdownBehavior: 'terminate',
      tagSpecifications: [{ resourceType: 'volume', tags: { Name: name, ...tags } }],
      userData: Buffer.from(natUserData({ vpcCidr })).toString('base64'),
      tags: { Name: name },
    });
  }

  private group(template: LaunchTemplate, address: Eip): void {
    const { name, zone, tags } = this.props;
    new AutoscalingGroup(this, 'group', {
      name,
      minSize: 1,
      maxSize: 1,
      desiredCapacity: 1,
      // Not subnets: the interface already has one, and AWS refuses both.
      availabilityZones: [zone],
      healthCheckType: 'EC2',
      healthCheckGracePeriod: 120,
      maxInstanceLifetime: MAXIMUM_LIFETIME,
      instanceMaintenancePolicy: ONE_AT_A_TIME,
      launchTemplate: { id: template.id, version: template.getStringAttribute('latest_version') },
      instanceRefresh: { strategy: 'Rolling', preferences: ONE_AT_A_TIME },
      tag: Object.entries({ Name: name, ...tags }).map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
      // The first boot installs a package: its interface must have its address by then.
      dependsOn: [address],
    });
  }
}

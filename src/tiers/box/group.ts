/**
 * Several hosts: an auto-scaling group behind a load balancer, each host made from the same template and thrown away freely,
 * because nothing is kept on any of them.
 *
 * They stand in public subnets with addresses of their own, since there may be no NAT; the load balancer alone reaches them.
 */
import { AutoscalingGroup } from '@cdktf/provider-aws/lib/autoscaling-group';
import { AutoscalingPolicy } from '@cdktf/provider-aws/lib/autoscaling-policy';
import { LaunchTemplate } from '@cdktf/provider-aws/lib/launch-template';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { ResolvedBox } from '../../config/tiers/box/resolved';
import type { BalancerTarget } from '../../modules/load-balancer/public-load-balancer';
import { imageParameter } from './machine-image';

/** Containers on a bridge are one hop further from the metadata service than the host. */
const METADATA_HOPS = 2;

/** Seconds that a new host gets to install its packages and start its containers. */
const BOOT_SECONDS = 900;

/** Percent of CPU over all hosts: above, another one is started. */
const CPU_TARGET_PERCENT = 60;

/** The name of the system disk in each image. */
const SYSTEM_DEVICE: Readonly<Record<ResolvedBox['operatingSystem'], string>> = {
  'ubuntu-24.04': '/dev/sda1',
  'amazon-linux-2023': '/dev/xvda',
};

export interface BoxGroupProps {
  /** `<environment>-box` */
  readonly name: string;
  readonly box: ResolvedBox;
  /** Public ones, of at least two zones. */
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  readonly instanceProfileArn: string;
  readonly target: BalancerTarget;
  /** Plain text, without Terraform references. */
  readonly userData: string;
  /** On hosts and disks. */
  readonly tags: Readonly<Record<string, string>>;
  /** What boot needs: rights, configuration, a way out. */
  readonly waitsFor: readonly ITerraformDependable[];
}

/** A group that keeps as many hosts as the load asks for. */
export class BoxGroup extends Construct {
  public readonly name: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BoxGroupProps,
  ) {
    super(scope, id);
    const group = this.group(this.template());
    this.name = group.name;
    this.scaleOnLoad(group);
  }

  private template(): LaunchTemplate {
    const { name, box, securityGroupId, instanceProfileArn, userData, tags } = this.props;
    return new LaunchTemplate(this, 'template', {
      name,
      description: 'A host like all others of its group',
      updateDefaultVersion: true,
      // Resolved at every launch: each new host starts from the newest image.
      imageId: `resolve:ssm:${imageParameter(box)}`,
      instanceType: box.instanceType,
      keyName: box.keyPair,
      ebsOptimized: 'true',
      creditSpecification: box.burstable ? { cpuCredits: box.cpuCredits } : undefined,
      iamInstanceProfile: { arn: instanceProfileArn },
      monitoring: { enabled: box.detailedMonitoring },
      networkInterfaces: [
        { deviceIndex: 0, associatePublicIpAddress: 'true', securityGroups: [securityGroupId], deleteOnTermination: 'true' },
      ],
      metadataOptions: {
        httpEndpoint: 'enabled',
        httpTokens: 'required',
        httpPutResponseHopLimit: METADATA_HOPS,
        instanceMetadataTags: 'disabled',
      },
      blockDeviceMappings: [
        {
          deviceName: SYSTEM_DEVICE[box.operatingSystem],
          // With EBS's own key: auto-scaling's role may not use a customer's, and no data is on this disk.
          ebs: { volumeSize: box.rootVolumeGb, volumeType: 'gp3', encrypted: 'true', deleteOnTermination: 'true' },
        },
      ],
      tagSpecifications: [{ resourceType: 'volume', tags: { Name: `${name}-system`, ...tags } }],
      userData: Buffer.from(userData).toString('base64'),
      tags: { Name: name },
    });
  }

  private group(template: LaunchTemplate): AutoscalingGroup {
    const { name, box, subnetIds, target, tags, waitsFor } = this.props;
    return new AutoscalingGroup(this, 'group', {
      name,
      minSize: box.instances.min,
      maxSize: box.instances.max,
      vpcZoneIdentifier: [...subnetIds],
      targetGroupArns: [target.arn],
      // A host that the load balancer finds ill is replaced, not only one whose hardware is.
      healthCheckType: 'ELB',
      healthCheckGracePeriod: BOOT_SECONDS,
      defaultInstanceWarmup: BOOT_SECONDS,
      launchTemplate: { id: template.id, version: template.getStringAttribute('latest_version') },
      // Another template (size, image family, boot steps) exchanges the hosts one after the other.
      instanceRefresh: { strategy: 'Rolling', preferences: { minHealthyPercentage: 100, maxHealthyPercentage: 150 } },
      tag: Object.entries({ Name: name, ...tags }).map(([key, value]) => ({ key, value, propagateAtLaunch: true })),
      lifecycle: { ignoreChanges: ['desired_capacity'] },
      dependsOn: [...waitsFor, ...target.reachedBy],
    });
  }

  private scaleOnLoad(group: AutoscalingGroup): void {
    new AutoscalingPolicy(this, 'scaling', {
      name: `${this.props.name}-cpu`,
      autoscalingGroupName: group.name,
      policyType: 'TargetTrackingScaling',
      targetTrackingConfiguration: {
        predefinedMetricSpecification: { predefinedMetricType: 'ASGAverageCPUUtilization' },
        targetValue: CPU_TARGET_PERCENT,
      },
    });
  }
}

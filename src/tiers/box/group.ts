/**
 * Several hosts: an auto-scaling group behind a load balancer. All hosts are created from the same template and can be
 * terminated at any time, because none keeps any data.
 *
 * They are in public subnets with public addresses, since there may be no NAT; only the load balancer reaches them.
 */
import { AutoscalingGroup } from '@cdktf/provider-aws/lib/autoscaling-group';
import { AutoscalingPolicy } from '@cdktf/provider-aws/lib/autoscaling-policy';
import { LaunchTemplate } from '@cdktf/provider-aws/lib/launch-template';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { ResolvedBox } from '../../config/tiers/box/resolved';
import type { BalancerTarget } from '../../modules/load-balancer/balancer-targets';
import { creditSpecification, imageParameter, metadataOptions } from './machine';

/** Seconds in which a new host installs its packages and starts its containers. */
const BOOT_SECONDS = 900;

/** Percent, the average over all hosts: above it, another host is started. */
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
  /** Public subnets in at least two zones. */
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  readonly instanceProfileArn: string;
  readonly target: BalancerTarget;
  /** Plain text, without Terraform references. */
  readonly userData: string;
  /** On hosts and disks. */
  readonly tags: Readonly<Record<string, string>>;
  /** Whether a container has permissions of AWS. */
  readonly containersUseRole: boolean;
  /** What boot needs: permissions, configuration, egress. */
  readonly waitsFor: readonly ITerraformDependable[];
}

/** An auto-scaling group that follows the load. */
export class BoxGroup extends Construct {
  public readonly name: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: BoxGroupProps,
  ) {
    super(scope, id);
    const group = this.createGroup(this.createTemplate());
    this.name = group.name;
    this.scaleOnLoad(group);
  }

  private createTemplate(): LaunchTemplate {
    const { name, box, securityGroupId, instanceProfileArn, userData, containersUseRole, tags } = this.props;
    return new LaunchTemplate(this, 'template', {
      name,
      description: 'A host like all others of its group',
      updateDefaultVersion: true,
      // Resolved at every launch: each new host starts from the newest image.
      imageId: `resolve:ssm:${imageParameter(box)}`,
      instanceType: box.instanceType,
      keyName: box.keyPair,
      ebsOptimized: 'true',
      creditSpecification: creditSpecification(box),
      iamInstanceProfile: { arn: instanceProfileArn },
      monitoring: { enabled: box.detailedMonitoring },
      networkInterfaces: [
        { deviceIndex: 0, associatePublicIpAddress: 'true', securityGroups: [securityGroupId], deleteOnTermination: 'true' },
      ],
      metadataOptions: metadataOptions(containersUseRole),
      blockDeviceMappings: [
        {
          deviceName: SYSTEM_DEVICE[box.operatingSystem],
          // With the AWS-managed key: the service role of auto-scaling may not use a customer-managed one. The disk holds no data.
          ebs: { volumeSize: box.rootVolumeGb, volumeType: 'gp3', encrypted: 'true', deleteOnTermination: 'true' },
        },
      ],
      tagSpecifications: [{ resourceType: 'volume', tags: { Name: `${name}-system`, ...tags } }],
      userData: Buffer.from(userData).toString('base64'),
      tags: { Name: name },
    });
  }

  private createGroup(template: LaunchTemplate): AutoscalingGroup {
    const { name, box, subnetIds, target, tags, waitsFor } = this.props;
    return new AutoscalingGroup(this, 'group', {
      name,
      minSize: box.instances.min,
      maxSize: box.instances.max,
      vpcZoneIdentifier: [...subnetIds],
      targetGroupArns: [target.arn],
      // Also replaces a host that fails the health checks of the load balancer, not only one whose hardware fails.
      healthCheckType: 'ELB',
      healthCheckGracePeriod: BOOT_SECONDS,
      defaultInstanceWarmup: BOOT_SECONDS,
      launchTemplate: { id: template.id, version: template.getStringAttribute('latest_version') },
      // Another template (size, image family, boot steps) replaces the hosts one after the other.
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

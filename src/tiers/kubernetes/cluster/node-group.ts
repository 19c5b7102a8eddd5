/** A group of equal nodes that EKS replaces one after another when version or template change. */
import { EksNodeGroup } from '@cdktf/provider-aws/lib/eks-node-group';
import { LaunchTemplate } from '@cdktf/provider-aws/lib/launch-template';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { ResolvedNodeGroup } from '../../../config/tiers/kubernetes/resolved';
import { METADATA_HOPS } from '../../../config/tables/metadata-hops';
import type { ServiceRole } from '../../../modules/iam/service-role';
import { nodeUserData } from './node-user-data';

export interface NodeGroupProps {
  /** The environment's name: nodes are called `<name>-on-demand`. */
  readonly name: string;
  readonly clusterName: string;
  /** Nodes follow the control plane's version. */
  readonly version: string;
  readonly group: ResolvedNodeGroup;
  readonly role: ServiceRole;
  readonly subnetIds: readonly string[];
  /** On instances, disks and network interfaces, which the provider's default tags do not reach. */
  readonly tags: Readonly<Record<string, string>>;
  /** What nodes cannot do without: they would never become ready. */
  readonly waitsFor: readonly ITerraformDependable[];
}

/** Amazon Linux 2023, as EKS keeps it up to date. */
const IMAGES = { x86_64: 'AL2023_x86_64_STANDARD', arm64: 'AL2023_ARM_64_STANDARD' } as const;

/** Nodes that may be missing while a group is replaced, in percent; one of three. */
const UNAVAILABLE_PERCENT = 33;

/** A managed node group in private subnets. */
export class NodeGroup extends Construct {
  public readonly autoScalingGroupName: string;
  /** Whatever has pods waits for nodes. */
  public readonly ready: ITerraformDependable;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: NodeGroupProps,
  ) {
    super(scope, id);
    const group = this.group(this.template());
    this.ready = group;
    this.autoScalingGroupName = group.resources.get(0).autoscalingGroups.get(0).name;
  }

  private template(): LaunchTemplate {
    const { name, group, tags } = this.props;
    const nodeName = `${name}-${group.key}`;
    return new LaunchTemplate(this, 'template', {
      name: `${nodeName}-nodes`,
      description: 'Kubernetes nodes; EKS adds image, network and bootstrap',
      updateDefaultVersion: true,
      metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: METADATA_HOPS.host },
      // AWS's own key: node disks hold nothing that stays, and a key of ours would ask for a grant to auto-scaling.
      blockDeviceMappings: [
        {
          deviceName: '/dev/xvda',
          ebs: { volumeSize: group.diskGb, volumeType: 'gp3', encrypted: 'true', deleteOnTermination: 'true' },
        },
      ],
      userData: group.maximumPods === undefined ? undefined : encoded(nodeUserData({ maximumPods: group.maximumPods })),
      tagSpecifications: ['instance', 'volume', 'network-interface'].map((resourceType) => ({
        resourceType,
        tags: { Name: nodeName, ...tags },
      })),
    });
  }

  private group(template: LaunchTemplate): EksNodeGroup {
    const { clusterName, version, group, role, subnetIds, waitsFor } = this.props;
    return new EksNodeGroup(this, 'nodes', {
      clusterName,
      // What forces a new group (instance types) makes it before the old one is emptied, so names cannot be fixed.
      nodeGroupNamePrefix: `${group.key}-`,
      nodeRoleArn: role.arn,
      subnetIds: [...subnetIds],
      version,
      amiType: IMAGES[group.architecture],
      capacityType: group.capacity,
      instanceTypes: [...group.instanceTypes],
      launchTemplate: { id: template.id, version: template.getStringAttribute('latest_version') },
      scalingConfig: { minSize: group.min, maxSize: group.max, desiredSize: group.min },
      updateConfig: { maxUnavailablePercentage: UNAVAILABLE_PERCENT },
      nodeRepairConfig: { enabled: true },
      // The autoscaler decides how many there are.
      lifecycle: { createBeforeDestroy: true, ignoreChanges: ['scaling_config[0].desired_size'] },
      dependsOn: [...role.grants, ...waitsFor],
    });
  }
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64');
}

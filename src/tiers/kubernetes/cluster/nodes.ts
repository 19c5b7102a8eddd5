/** Managed node groups: groups of equal nodes, which EKS replaces in turn when version or launch template change. */
import { DataAwsSsmParameter } from '@cdktf/provider-aws/lib/data-aws-ssm-parameter';
import { EksNodeGroup } from '@cdktf/provider-aws/lib/eks-node-group';
import { LaunchTemplate } from '@cdktf/provider-aws/lib/launch-template';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { resourceName } from '../../../config/names';
import { NODE_GROUP_LABEL } from '../../../config/tiers/kubernetes/node-groups';
import type { ResolvedNodeGroup } from '../../../config/tiers/kubernetes/resolved';
import { METADATA_HOPS } from '../../../config/tables/metadata-hops';
import { ServiceRole } from '../../../modules/iam/service-role';
import { sessionStatements } from '../../../modules/iam/session-manager';

/** The policies that AWS requires for nodes. The network add-on, which assigns addresses to pods, has its own role. */
const NODE_POLICIES = ['AmazonEKSWorkerNodePolicy', 'AmazonEC2ContainerRegistryPullOnly'];

export interface NodeRoleProps {
  readonly environment: string;
  readonly region: string;
  readonly accountId: string;
}

/** The role of all nodes: joins the cluster, pulls images, allows a shell by Session Manager. Pods cannot use it. */
export class NodeRole extends ServiceRole {
  constructor(scope: Construct, id: string, { environment, region, accountId }: NodeRoleProps) {
    super(scope, id, {
      name: resourceName(environment, 'nodes', 'iamRole'),
      description: 'Kubernetes nodes',
      service: 'ec2.amazonaws.com',
      statements: sessionStatements({ region, accountId }),
      managedPolicyArns: NODE_POLICIES.map((name) => `arn:aws:iam::aws:policy/${name}`),
    });
  }
}

export interface NodeGroupProps {
  /** Nodes are named `<environment>-<key of the group>`. */
  readonly environment: string;
  readonly clusterName: string;
  /** The control plane's version. */
  readonly version: string;
  readonly group: ResolvedNodeGroup;
  /** Of the node image. @default the newest */
  readonly release?: string;
  readonly role: ServiceRole;
  /** Private subnets. */
  readonly subnetIds: readonly string[];
  /** For instances, disks and network interfaces, which do not get the provider's default tags. */
  readonly tags: Readonly<Record<string, string>>;
  /** Add-ons without which nodes never become ready. */
  readonly after: readonly ITerraformDependable[];
}

/** Amazon Linux 2023. */
const AMI_TYPES = { x86_64: 'AL2023_x86_64_STANDARD', arm64: 'AL2023_ARM_64_STANDARD' } as const;

/**
 * The public parameter with the newest release of the node image.
 * Source: Amazon EKS user guide, "Retrieve recommended Amazon Linux AMI IDs"; `release_version` is a field next to `image_id`.
 */
function releaseParameter(version: string, architecture: ResolvedNodeGroup['architecture']): string {
  return `/aws/service/eks/optimized-ami/${version}/amazon-linux-2023/${architecture}/standard/recommended/release_version`;
}

/** The share of nodes that may be missing while a group is replaced, in percent. */
const UNAVAILABLE_PERCENT = 33;

export class NodeGroup extends Construct {
  public readonly autoScalingGroupName: string;
  /** As EKS completes it. */
  public readonly name: string;
  public readonly arn: string;
  /** For resources whose pods need nodes. */
  public readonly ready: ITerraformDependable;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: NodeGroupProps,
  ) {
    super(scope, id);
    const group = this.createGroup(this.createTemplate());
    this.ready = group;
    this.name = group.nodeGroupName;
    this.arn = group.arn;
    this.autoScalingGroupName = group.resources.get(0).autoscalingGroups.get(0).name;
  }

  private createTemplate(): LaunchTemplate {
    const { environment, group, tags } = this.props;
    const nodeName = `${environment}-${group.key}`;
    return new LaunchTemplate(this, 'template', {
      name: `${nodeName}-nodes`,
      description: 'Kubernetes nodes; EKS adds image, network and bootstrap',
      updateDefaultVersion: true,
      metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: METADATA_HOPS.host },
      // Encrypted by AWS's own key: node disks hold no lasting data, and another key would need a grant for Auto Scaling.
      blockDeviceMappings: [
        {
          deviceName: '/dev/xvda',
          ebs: { volumeSize: group.diskGb, volumeType: 'gp3', encrypted: 'true', deleteOnTermination: 'true' },
        },
      ],
      userData: group.maximumPods === undefined ? undefined : toBase64(nodeUserData({ maximumPods: group.maximumPods })),
      tagSpecifications: ['instance', 'volume', 'network-interface'].map((resourceType) => ({
        resourceType,
        tags: { Name: nodeName, ...tags },
      })),
    });
  }

  /** Looked up at each plan: EKS itself never updates the image of a group that runs. */
  private newestRelease(): string {
    const { version, group } = this.props;
    // `value` is marked as sensitive and would be hidden in plans.
    return new DataAwsSsmParameter(this, 'release', { name: releaseParameter(version, group.architecture) }).insecureValue;
  }

  private createGroup(template: LaunchTemplate): EksNodeGroup {
    const { clusterName, version, group, role, subnetIds, after } = this.props;
    return new EksNodeGroup(this, 'nodes', {
      clusterName,
      // A prefix, not a name: a change that replaces the group (instance types) creates the new one before it deletes the old.
      nodeGroupNamePrefix: `${group.key}-`,
      nodeRoleArn: role.arn,
      subnetIds: [...subnetIds],
      version,
      releaseVersion: this.props.release ?? this.newestRelease(),
      amiType: AMI_TYPES[group.architecture],
      capacityType: group.capacity,
      labels: group.reserved ? { ...group.labels, [NODE_GROUP_LABEL]: group.key } : undefined,
      taint: group.reserved ? [{ key: NODE_GROUP_LABEL, value: group.key, effect: 'NO_SCHEDULE' }] : undefined,
      instanceTypes: [...group.instanceTypes],
      launchTemplate: { id: template.id, version: template.getStringAttribute('latest_version') },
      scalingConfig: { minSize: group.min, maxSize: group.max, desiredSize: group.min },
      updateConfig: { maxUnavailablePercentage: UNAVAILABLE_PERCENT },
      nodeRepairConfig: { enabled: true },
      // The autoscaler sets the number of nodes.
      lifecycle: { createBeforeDestroy: true, ignoreChanges: ['scaling_config[0].desired_size'] },
      dependsOn: [...role.grants, ...after],
    });
  }
}

const BOUNDARY = 'TERRACE';

/**
 * Configuration for nodeadm, the initialiser of the node image. EKS adds its own part and keeps this one.
 * Source: Amazon EKS user guide, "Customize managed nodes with launch templates"; nodeadm, "NodeConfig".
 */
export function nodeUserData({ maximumPods }: { readonly maximumPods: number }): string {
  return [
    'MIME-Version: 1.0',
    `Content-Type: multipart/mixed; boundary="${BOUNDARY}"`,
    '',
    `--${BOUNDARY}`,
    'Content-Type: application/node.eks.aws',
    '',
    'apiVersion: node.eks.aws/v1alpha1',
    'kind: NodeConfig',
    'spec:',
    '  kubelet:',
    '    config:',
    `      maxPods: ${maximumPods}`,
    '',
    `--${BOUNDARY}--`,
    '',
  ].join('\n');
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}

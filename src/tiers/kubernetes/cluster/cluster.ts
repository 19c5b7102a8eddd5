/** The EKS control plane: API authentication only, encrypted secrets, logged, reachable as far as the environment says. */
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { EksCluster } from '@cdktf/provider-aws/lib/eks-cluster';
import { Construct } from 'constructs';
import { resourceName } from '../../../config/names';
import type { ResolvedKubernetes } from '../../../config/tiers/kubernetes/resolved';
import { PORTS } from '../../../config/tables/ports';
import { ServiceRole } from '../../../modules/iam/service-role';
import { allowIngress } from '../../../modules/security-group/security-group';
import { clusterArn, type ClusterPlace } from './place';

export interface ClusterProps {
  readonly place: ClusterPlace;
  readonly kubernetes: Pick<
    ResolvedKubernetes,
    'version' | 'versionSupport' | 'publicAccessCidrs' | 'privateAccessCidrs' | 'administrators' | 'controlPlaneLogs'
  >;
  /** In two zones at least. */
  readonly subnetIds: readonly string[];
  /** The key that secrets are enveloped in. Changing it replaces the cluster. */
  readonly keyArn: string;
  readonly logRetentionDays: number;
  /** A key that CloudWatch Logs may use. @default CloudWatch's own */
  readonly logKeyArn?: string;
  /** Cannot be deleted before this is taken back. */
  readonly protect: boolean;
}

const CLUSTER_POLICY = 'arn:aws:iam::aws:policy/AmazonEKSClusterPolicy';

/** A cluster without nodes. */
export class Cluster extends Construct {
  /** Known only when the cluster is there: whoever uses it waits. */
  public readonly name: string;
  public readonly arn: string;
  public readonly endpoint: string;
  public readonly certificateAuthority: string;
  /** Made by EKS, and on every node: nodes, pods and API reach each other through it. */
  public readonly securityGroupId: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ClusterProps,
  ) {
    super(scope, id);
    const cluster = this.cluster(this.role(), this.logGroup());
    this.name = cluster.name;
    this.arn = cluster.arn;
    this.endpoint = cluster.endpoint;
    this.certificateAuthority = cluster.certificateAuthority.get(0).data;
    this.securityGroupId = cluster.vpcConfig.clusterSecurityGroupId;
    this.admitPrivateNetworks();
  }

  private role(): ServiceRole {
    const { place, keyArn } = this.props;
    return new ServiceRole(this, 'role', {
      name: resourceName(place.environment, 'cluster', 'iamRole'),
      description: 'The control plane: network interfaces and security groups of the cluster',
      service: 'eks.amazonaws.com',
      trustConditions: {
        StringEquals: { 'aws:SourceAccount': place.accountId },
        ArnLike: { 'aws:SourceArn': clusterArn(place) },
      },
      statements: [
        {
          sid: 'EnvelopeSecrets',
          actions: ['kms:Encrypt', 'kms:Decrypt', 'kms:ListGrants', 'kms:DescribeKey'],
          resources: [keyArn],
        },
      ],
      managedPolicyArns: [CLUSTER_POLICY],
    });
  }

  /** EKS would make it by itself, and keep the logs for ever. */
  private logGroup(): CloudwatchLogGroup {
    const { place, logRetentionDays, logKeyArn } = this.props;
    return new CloudwatchLogGroup(this, 'logs', {
      name: `/aws/eks/${place.clusterName}/cluster`,
      retentionInDays: logRetentionDays,
      kmsKeyId: logKeyArn,
    });
  }

  private cluster(role: ServiceRole, logGroup: CloudwatchLogGroup): EksCluster {
    const { place, kubernetes, subnetIds, keyArn, protect } = this.props;
    const { version, versionSupport, publicAccessCidrs, controlPlaneLogs, administrators } = kubernetes;
    return new EksCluster(this, 'cluster', {
      name: place.clusterName,
      version,
      roleArn: role.arn,
      upgradePolicy: { supportType: versionSupport === 'extended' ? 'EXTENDED' : 'STANDARD' },
      deletionProtection: protect,
      // The add-ons of EKS take their place; changing this later would replace the cluster.
      bootstrapSelfManagedAddons: false,
      accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: administrators.length === 0 },
      vpcConfig: {
        subnetIds: [...subnetIds],
        endpointPrivateAccess: true,
        endpointPublicAccess: publicAccessCidrs !== undefined,
        publicAccessCidrs: publicAccessCidrs && [...publicAccessCidrs],
      },
      encryptionConfig: { resources: ['secrets'], provider: { keyArn } },
      enabledClusterLogTypes: controlPlaneLogs.length === 0 ? undefined : [...controlPlaneLogs],
      // Read only when the cluster is made; a change of it later would replace the cluster.
      lifecycle: { ignoreChanges: ['access_config[0].bootstrap_cluster_creator_admin_permissions'] },
      // Without its rights EKS could not take its network interfaces away again.
      dependsOn: [...role.grants, logGroup],
    });
  }

  private admitPrivateNetworks(): void {
    this.props.kubernetes.privateAccessCidrs.forEach((cidr, index) => {
      allowIngress(this, `api-${index}`, {
        securityGroupId: this.securityGroupId,
        peer: { cidr },
        port: PORTS.https,
        description: 'The API, from a private network',
      });
    });
  }
}

/** The EKS control plane: access entries only, secrets encrypted, logs kept, API endpoint private unless described otherwise. */
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import { EksCluster } from '@cdktf/provider-aws/lib/eks-cluster';
import { Construct } from 'constructs';
import { resourceName } from '../../../config/names';
import type { ResolvedKubernetes } from '../../../config/tiers/kubernetes/resolved';
import { PORTS } from '../../../config/tables/ports';
import { ServiceRole } from '../../../modules/iam/service-role';
import { allowIngress } from '../../../modules/security-group/security-group';
import { clusterArn, type ClusterIdentity } from './controller-permissions';

export interface ClusterProps {
  readonly identity: ClusterIdentity;
  readonly kubernetes: Pick<
    ResolvedKubernetes,
    'version' | 'versionSupport' | 'publicAccessCidrs' | 'privateAccessCidrs' | 'administrators' | 'controlPlaneLogs'
  >;
  /** In at least two zones. */
  readonly subnetIds: readonly string[];
  /** The KMS key of Kubernetes secrets. Changing it replaces the cluster. */
  readonly keyArn: string;
  readonly logRetentionDays: number;
  /** A KMS key that CloudWatch Logs may use. @default CloudWatch's own key */
  readonly logKeyArn?: string;
  /** Deletion protection. */
  readonly protect: boolean;
}

const CLUSTER_POLICY = 'arn:aws:iam::aws:policy/AmazonEKSClusterPolicy';

export class Cluster extends Construct {
  /** The cluster's attribute: resources that use it wait for the cluster. */
  public readonly name: string;
  public readonly arn: string;
  public readonly endpoint: string;
  public readonly certificateAuthority: string;
  /** Created by EKS for all nodes, pods and API endpoints, which reach each other through it. */
  public readonly securityGroupId: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ClusterProps,
  ) {
    super(scope, id);
    const cluster = this.createCluster(this.createRole(), this.createLogGroup());
    this.name = cluster.name;
    this.arn = cluster.arn;
    this.endpoint = cluster.endpoint;
    this.certificateAuthority = cluster.certificateAuthority.get(0).data;
    this.securityGroupId = cluster.vpcConfig.clusterSecurityGroupId;
    this.createApiRules();
  }

  private createRole(): ServiceRole {
    const { identity, keyArn } = this.props;
    return new ServiceRole(this, 'role', {
      name: resourceName(identity.environment, 'cluster', 'iamRole'),
      description: 'The control plane: network interfaces and security groups of the cluster',
      service: 'eks.amazonaws.com',
      trustConditions: {
        StringEquals: { 'aws:SourceAccount': identity.accountId },
        ArnLike: { 'aws:SourceArn': clusterArn(identity) },
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

  /** EKS would create the group itself, without retention. */
  private createLogGroup(): CloudwatchLogGroup {
    const { identity, logRetentionDays, logKeyArn } = this.props;
    return new CloudwatchLogGroup(this, 'logs', {
      name: `/aws/eks/${identity.clusterName}/cluster`,
      retentionInDays: logRetentionDays,
      kmsKeyId: logKeyArn,
    });
  }

  private createCluster(role: ServiceRole, logGroup: CloudwatchLogGroup): EksCluster {
    const { identity, kubernetes, subnetIds, keyArn, protect } = this.props;
    const { version, versionSupport, publicAccessCidrs, controlPlaneLogs, administrators } = kubernetes;
    return new EksCluster(this, 'cluster', {
      name: identity.clusterName,
      version,
      roleArn: role.arn,
      upgradePolicy: { supportType: versionSupport === 'extended' ? 'EXTENDED' : 'STANDARD' },
      deletionProtection: protect,
      // The EKS add-ons replace them. Changing this later would replace the cluster.
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
      // Read at creation only; a later change would replace the cluster.
      lifecycle: { ignoreChanges: ['access_config[0].bootstrap_cluster_creator_admin_permissions'] },
      // On destroy EKS needs these permissions to delete its network interfaces.
      dependsOn: [...role.grants, logGroup],
    });
  }

  private createApiRules(): void {
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

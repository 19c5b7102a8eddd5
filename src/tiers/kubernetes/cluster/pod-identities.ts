/** IAM roles of pods by EKS Pod Identity, each for one service account: no access keys, no OIDC provider. */
import { EksPodIdentityAssociation } from '@cdktf/provider-aws/lib/eks-pod-identity-association';
import { Construct } from 'constructs';
import { resourceName } from '../../../config/names';
import type { ResolvedContainer } from '../../../config/resolved/environment';
import { containerStatements, type PermissionContext } from '../../../modules/containers/permission-statements';
import type { Statement } from '../../../modules/iam/policy';
import { ServiceRole } from '../../../modules/iam/service-role';
import { CHARTS, type AwsChartName } from '../platform/charts';
import type { ClusterIdentity } from './controller-permissions';

export interface PodRoleProps {
  readonly cluster: ClusterIdentity;
  /** The role's name is `<environment>-<name>-pod`. */
  readonly name: string;
  readonly description: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly statements: readonly Statement[];
  /** AWS-managed policies that an add-on requires. @default none */
  readonly managedPolicyArns?: readonly string[];
}

/** The role without an association, which EKS creates itself for its add-ons. */
export class PodRole extends Construct {
  public readonly role: ServiceRole;

  constructor(scope: Construct, id: string, props: PodRoleProps) {
    super(scope, id);
    const { cluster, name, description, namespace, serviceAccount, statements, managedPolicyArns } = props;
    this.role = new ServiceRole(this, 'pods', {
      name: resourceName(cluster.environment, `${name}-pod`, 'iamRole'),
      description,
      service: 'pods.eks.amazonaws.com',
      // EKS passes cluster, namespace and service account as session tags, which the conditions compare.
      trustActions: ['sts:AssumeRole', 'sts:TagSession'],
      trustConditions: {
        StringEquals: {
          'aws:SourceAccount': cluster.accountId,
          'aws:RequestTag/eks-cluster-name': cluster.clusterName,
          'aws:RequestTag/kubernetes-namespace': namespace,
          'aws:RequestTag/kubernetes-service-account': serviceAccount,
        },
      },
      statements,
      managedPolicyArns,
    });
  }
}

export interface PodIdentityProps extends PodRoleProps {
  /** The cluster's attribute, so that the association waits for the cluster. */
  readonly clusterName: string;
}

/** A role and its association with a service account. Namespace and account may be created later. */
export class PodIdentity extends PodRole {
  constructor(scope: Construct, id: string, props: PodIdentityProps) {
    super(scope, id, props);
    new EksPodIdentityAssociation(this, 'association', {
      clusterName: props.clusterName,
      namespace: props.namespace,
      serviceAccount: props.serviceAccount,
      roleArn: this.role.arn,
      dependsOn: [...this.role.grants],
    });
  }
}

export interface PlatformIdentitiesProps {
  readonly cluster: ClusterIdentity;
  readonly clusterName: string;
  /** Only controllers that are installed. */
  readonly statements: Readonly<Partial<Record<AwsChartName, readonly Statement[]>>>;
}

/** One role for each controller of the platform that calls AWS. */
export class PlatformIdentities extends Construct {
  constructor(scope: Construct, id: string, { cluster, clusterName, statements }: PlatformIdentitiesProps) {
    super(scope, id);
    for (const [chart, granted] of Object.entries(statements) as [AwsChartName, readonly Statement[]][]) {
      const { namespace, serviceAccount } = CHARTS[chart];
      new PodIdentity(this, chart, {
        cluster,
        clusterName,
        name: `platform-${chart}`,
        description: `The platform's ${chart}`,
        namespace,
        serviceAccount,
        statements: granted,
      });
    }
  }
}

export interface WorkloadIdentitiesProps {
  readonly cluster: ClusterIdentity;
  readonly clusterName: string;
  readonly namespace: string;
  /** Services, workers and jobs; the service account of each is named by its key. */
  readonly workloads: readonly ResolvedContainer[];
  readonly context: PermissionContext;
}

/** One role for each workload, even without permissions: the first permission then does not change the pods' identity. */
export class WorkloadIdentities extends Construct {
  /** Workload key to role ARN. */
  public readonly roleArns: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, { cluster, clusterName, namespace, workloads, context }: WorkloadIdentitiesProps) {
    super(scope, id);
    this.roleArns = Object.fromEntries(
      workloads.map((workload) => {
        const { role } = new PodIdentity(this, workload.key, {
          cluster,
          clusterName,
          name: workload.key,
          description: `Pods of ${workload.key}`,
          namespace,
          serviceAccount: workload.key,
          statements: containerStatements(workload, context),
        });
        return [workload.key, role.arn];
      }),
    );
  }
}

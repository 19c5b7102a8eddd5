/** An IAM role that the pods of one service account take on, by EKS Pod Identity: no keys, no OIDC provider. */
import { EksPodIdentityAssociation } from '@cdktf/provider-aws/lib/eks-pod-identity-association';
import { Construct } from 'constructs';
import { resourceName } from '../../../config/names';
import type { Statement } from '../../../modules/iam/policy';
import { ServiceRole } from '../../../modules/iam/service-role';
import type { ClusterPlace } from './place';

export interface PodRoleProps {
  readonly place: ClusterPlace;
  /** What stands behind the environment in the role's name; unique among the roles of the cluster. */
  readonly name: string;
  readonly description: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly statements: readonly Statement[];
  /** Policies of AWS, where an add-on prescribes them. */
  readonly managedPolicyArns?: readonly string[];
}

/** The role alone: EKS add-ons bind theirs by themselves. */
export class PodRole extends Construct {
  public readonly role: ServiceRole;

  constructor(scope: Construct, id: string, props: PodRoleProps) {
    super(scope, id);
    const { place, name, description, namespace, serviceAccount, statements, managedPolicyArns } = props;
    this.role = new ServiceRole(this, 'pods', {
      name: resourceName(place.environment, `${name}-pod`, 'iamRole'),
      description,
      service: 'pods.eks.amazonaws.com',
      // The second hands the cluster, namespace and service account on as session tags, which the conditions look at.
      trustActions: ['sts:AssumeRole', 'sts:TagSession'],
      trustConditions: {
        StringEquals: {
          'aws:SourceAccount': place.accountId,
          'aws:RequestTag/eks-cluster-name': place.clusterName,
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
  /** The cluster's name as the cluster gives it, so that the association waits for it. */
  readonly clusterName: string;
}

/** A role, bound to a service account. Neither namespace nor account need be there yet. */
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

/** Who may do what in the cluster: IAM identities bound to access policies of EKS. No `aws-auth` map, no token that lasts. */
import { EksAccessEntry } from '@cdktf/provider-aws/lib/eks-access-entry';
import { EksAccessPolicyAssociation } from '@cdktf/provider-aws/lib/eks-access-policy-association';
import { Construct } from 'constructs';
import { shortHash } from '../../../config/names';

export interface ClusterAccessProps {
  readonly clusterName: string;
  readonly administrators: readonly string[];
  readonly viewers: readonly string[];
}

const policyArn = (name: string) => `arn:aws:eks::aws:cluster-access-policy/${name}`;

/** Source: Amazon EKS user guide, "Review access policy permissions". The second looks at Secrets too, as Helm's state asks. */
const POLICIES = {
  administrator: policyArn('AmazonEKSClusterAdminPolicy'),
  viewer: policyArn('AmazonEKSAdminViewPolicy'),
} as const;

/** An access entry for each identity. Ids follow the ARN, so that the order of the list does not matter. */
export class ClusterAccess extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: ClusterAccessProps,
  ) {
    super(scope, id);
    for (const principalArn of props.administrators) this.admit('administrator', principalArn);
    for (const principalArn of props.viewers) this.admit('viewer', principalArn);
  }

  private admit(kind: keyof typeof POLICIES, principalArn: string): void {
    const { clusterName } = this.props;
    const id = `${kind}-${shortHash(principalArn)}`;
    const entry = new EksAccessEntry(this, id, { clusterName, principalArn, type: 'STANDARD' });
    new EksAccessPolicyAssociation(this, `${id}-policy`, {
      clusterName,
      principalArn,
      policyArn: POLICIES[kind],
      accessScope: { type: 'cluster' },
      dependsOn: [entry],
    });
  }
}

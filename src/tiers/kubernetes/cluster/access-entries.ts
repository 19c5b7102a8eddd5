/** Who may use the Kubernetes API: IAM identities bound to EKS access policies. No `aws-auth` map, no long-lived token. */
import { EksAccessEntry } from '@cdktf/provider-aws/lib/eks-access-entry';
import { EksAccessPolicyAssociation } from '@cdktf/provider-aws/lib/eks-access-policy-association';
import { Construct } from 'constructs';
import { shortHash } from '../../../config/names';

export interface AccessEntriesProps {
  readonly clusterName: string;
  /** ARNs of IAM roles and users. */
  readonly administrators: readonly string[];
  /** ARNs of IAM roles and users. They read no Secret. */
  readonly viewers: readonly string[];
  /** ARNs of IAM roles and users. They also read Secrets, which Terraform needs to refresh Helm releases. */
  readonly planners: readonly string[];
}

/** Source: Amazon EKS user guide, "Review access policy permissions". */
const POLICIES = {
  administrator: 'AmazonEKSClusterAdminPolicy',
  viewer: 'AmazonEKSViewPolicy',
  planner: 'AmazonEKSAdminViewPolicy',
} as const;

/** One entry for each identity. Construct ids depend on the ARN, so the order of the lists does not matter. */
export class AccessEntries extends Construct {
  constructor(
    scope: Construct,
    id: string,
    private readonly props: AccessEntriesProps,
  ) {
    super(scope, id);
    for (const principalArn of props.administrators) this.createEntry('administrator', principalArn);
    for (const principalArn of props.viewers) this.createEntry('viewer', principalArn);
    for (const principalArn of props.planners) this.createEntry('planner', principalArn);
  }

  private createEntry(kind: keyof typeof POLICIES, principalArn: string): void {
    const { clusterName } = this.props;
    // AWS allows one entry for each identity: between viewers and planners it moves with the same address.
    const id = `${kind === 'planner' ? 'viewer' : kind}-${shortHash(principalArn)}`;
    const entry = new EksAccessEntry(this, id, { clusterName, principalArn, type: 'STANDARD' });
    new EksAccessPolicyAssociation(this, `${id}-policy`, {
      clusterName,
      principalArn,
      policyArn: `arn:aws:eks::aws:cluster-access-policy/${POLICIES[kind]}`,
      accessScope: { type: 'cluster' },
      dependsOn: [entry],
    });
  }
}

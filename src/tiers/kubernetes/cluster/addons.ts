/** The EKS add-ons: those that nodes need (network, proxy, identity), and those that need nodes (DNS, disks, metrics). */
import { EksAddon } from '@cdktf/provider-aws/lib/eks-addon';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { ResolvedKubernetes } from '../../../config/tiers/kubernetes/resolved';
import type { EksAddonName } from '../../../config/tables/eks-versions';
import type { ClusterIdentity } from './controller-permissions';
import { PodRole } from './pod-identities';

export interface AddonsProps {
  readonly cluster: ClusterIdentity;
  readonly clusterName: string;
  /** Installed add-ons and their versions. */
  readonly versions: ResolvedKubernetes['addons'];
  readonly prefixDelegation: boolean;
}

interface AddonSettings {
  readonly beforeNodes: boolean;
  /** The service account that calls AWS, and the policy that AWS requires for it. */
  readonly identity?: { readonly namespace: string; readonly serviceAccount: string; readonly policy: string };
  readonly values?: (props: AddonsProps) => object;
}

const SETTINGS: Readonly<Record<EksAddonName, AddonSettings>> = {
  'vpc-cni': {
    beforeNodes: true,
    identity: { namespace: 'kube-system', serviceAccount: 'aws-node', policy: 'AmazonEKS_CNI_Policy' },
    values: ({ prefixDelegation }) => ({
      // A string in the add-on's schema.
      enableNetworkPolicy: 'true',
      env: { ENABLE_PREFIX_DELEGATION: String(prefixDelegation), ...(prefixDelegation ? { WARM_PREFIX_TARGET: '1' } : {}) },
    }),
  },
  'kube-proxy': { beforeNodes: true },
  'eks-pod-identity-agent': { beforeNodes: true },
  coredns: { beforeNodes: false },
  'aws-ebs-csi-driver': {
    beforeNodes: false,
    identity: {
      namespace: 'kube-system',
      serviceAccount: 'ebs-csi-controller-sa',
      policy: 'service-role/AmazonEBSCSIDriverPolicy',
    },
  },
  'amazon-cloudwatch-observability': {
    beforeNodes: false,
    identity: { namespace: 'amazon-cloudwatch', serviceAccount: 'cloudwatch-agent', policy: 'CloudWatchAgentServerPolicy' },
    values: () => ({
      // The platform's collector sends logs to the same groups as on every tier; sending them twice would be billed twice.
      containerLogs: { enabled: false },
      // Would restart every workload to inject a tracing agent.
      manager: { applicationSignals: { autoMonitor: { monitorAllServices: false } } },
    }),
  },
};

export class Addons extends Construct {
  /** Add-ons that nodes wait for. */
  public readonly beforeNodes: readonly ITerraformDependable[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AddonsProps,
  ) {
    super(scope, id);
    this.beforeNodes = this.createAddons(true, []);
  }

  /** Creates the add-ons that run on nodes. */
  public createOn(nodes: readonly ITerraformDependable[]): void {
    this.createAddons(false, nodes);
  }

  private createAddons(beforeNodes: boolean, after: readonly ITerraformDependable[]): readonly ITerraformDependable[] {
    const versions = Object.entries(this.props.versions) as readonly (readonly [EksAddonName, string])[];
    return versions
      .filter(([name]) => SETTINGS[name].beforeNodes === beforeNodes)
      .map(([name, version]) => this.createAddon(name, version, after));
  }

  private createAddon(name: EksAddonName, version: string, after: readonly ITerraformDependable[]): EksAddon {
    const { identity, values } = SETTINGS[name];
    const pods = identity && this.createRole(name, identity);
    return new EksAddon(this, name, {
      clusterName: this.props.clusterName,
      addonName: name,
      addonVersion: version,
      configurationValues: values && JSON.stringify(values(this.props)),
      podIdentityAssociation: identity && pods && [{ roleArn: pods.role.arn, serviceAccount: identity.serviceAccount }],
      resolveConflictsOnCreate: 'OVERWRITE',
      resolveConflictsOnUpdate: 'OVERWRITE',
      dependsOn: [...after, ...(pods?.role.grants ?? [])],
    });
  }

  private createRole(name: EksAddonName, { namespace, serviceAccount, policy }: NonNullable<AddonSettings['identity']>): PodRole {
    return new PodRole(this, `${name}-identity`, {
      cluster: this.props.cluster,
      name: `addon-${name}`,
      description: `The EKS add-on ${name}`,
      namespace,
      serviceAccount,
      statements: [],
      managedPolicyArns: [`arn:aws:iam::aws:policy/${policy}`],
    });
  }
}

/** The EKS add-ons: what a cluster needs before nodes (network, proxy, identity), and what needs nodes (DNS, disks, metrics). */
import { EksAddon } from '@cdktf/provider-aws/lib/eks-addon';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import type { ResolvedKubernetes } from '../../../config/tiers/kubernetes/resolved';
import type { EksAddonName } from '../../../config/tables/eks-versions';
import { PodRole } from './pod-role';
import type { ClusterPlace } from './place';

export interface AddonsProps {
  readonly place: ClusterPlace;
  readonly clusterName: string;
  /** Those that are installed, with their versions. */
  readonly versions: ResolvedKubernetes['addons'];
  readonly prefixDelegation: boolean;
}

interface AddonSettings {
  readonly beforeNodes: boolean;
  /** The service account that calls AWS, and the policy that AWS prescribes for it. */
  readonly identity?: { readonly namespace: string; readonly serviceAccount: string; readonly policy: string };
  readonly values?: (props: AddonsProps) => object;
}

const SETTINGS: Readonly<Record<EksAddonName, AddonSettings>> = {
  'vpc-cni': {
    beforeNodes: true,
    identity: { namespace: 'kube-system', serviceAccount: 'aws-node', policy: 'AmazonEKS_CNI_Policy' },
    values: ({ prefixDelegation }) => ({
      // As a string: that is how the add-on's own schema has it.
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
      // Logs go where they go on every tier, by a collector of the platform's; sending them twice would be billed twice.
      containerLogs: { enabled: false },
      // Would restart every workload to put a tracing agent into it.
      manager: { applicationSignals: { autoMonitor: { monitorAllServices: false } } },
    }),
  },
};

/** Every add-on of a cluster. */
export class Addons extends Construct {
  /** Nodes wait for these. */
  public readonly beforeNodes: readonly ITerraformDependable[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AddonsProps,
  ) {
    super(scope, id);
    // Roles are taken on by an agent: the network's pods on the first node ask for theirs at once.
    this.beforeNodes = this.install(true, []);
  }

  /** Those that run on nodes, once there are some. */
  public installOn(nodes: readonly ITerraformDependable[]): void {
    this.install(false, nodes);
  }

  private install(beforeNodes: boolean, waitsFor: readonly ITerraformDependable[]): readonly ITerraformDependable[] {
    const versions = Object.entries(this.props.versions) as readonly (readonly [EksAddonName, string])[];
    return versions
      .filter(([name]) => SETTINGS[name].beforeNodes === beforeNodes)
      .map(([name, version]) => this.addon(name, version, waitsFor));
  }

  private addon(name: EksAddonName, version: string, waitsFor: readonly ITerraformDependable[]): EksAddon {
    const { identity, values } = SETTINGS[name];
    const pods = identity && this.role(name, identity);
    return new EksAddon(this, name, {
      clusterName: this.props.clusterName,
      addonName: name,
      addonVersion: version,
      configurationValues: values && JSON.stringify(values(this.props)),
      podIdentityAssociation: identity && pods && [{ roleArn: pods.role.arn, serviceAccount: identity.serviceAccount }],
      resolveConflictsOnCreate: 'OVERWRITE',
      resolveConflictsOnUpdate: 'OVERWRITE',
      dependsOn: [...waitsFor, ...(pods?.role.grants ?? [])],
    });
  }

  private role(name: EksAddonName, { namespace, serviceAccount, policy }: NonNullable<AddonSettings['identity']>): PodRole {
    return new PodRole(this, `${name}-identity`, {
      place: this.props.place,
      name: `addon-${name}`,
      description: `The EKS add-on ${name}`,
      namespace,
      serviceAccount,
      statements: [],
      managedPolicyArns: [`arn:aws:iam::aws:policy/${policy}`],
    });
  }
}

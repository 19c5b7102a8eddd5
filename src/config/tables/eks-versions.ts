/**
 * The Kubernetes versions that Terrace builds, and the EKS add-ons that go with each.
 *
 * Support dates: Amazon EKS user guide, "Understand the Kubernetes version lifecycle on EKS" (read in November 2026).
 * Add-on versions: what EKS itself installed by default with each version in October 2026; newer ones are found with
 * `aws eks describe-addon-versions --kubernetes-version <version> --addon-name <add-on>`.
 */

/** Add-ons of EKS that Terrace installs; the last only with Container Insights. */
export const EKS_ADDONS = [
  'vpc-cni',
  'kube-proxy',
  'eks-pod-identity-agent',
  'coredns',
  'aws-ebs-csi-driver',
  'amazon-cloudwatch-observability',
] as const;

export type EksAddonName = (typeof EKS_ADDONS)[number];

/** One minor version of Kubernetes on EKS. */
export interface EksVersion {
  /** The day from which AWS charges six times the price, or upgrades automatically. */
  readonly standardSupportUntil: string;
  readonly addons: Readonly<Record<EksAddonName, string>>;
}

/** Add-ons whose versions do not follow Kubernetes'. */
const INDEPENDENT = {
  'vpc-cni': 'v1.22.4-eksbuild.3',
  'eks-pod-identity-agent': 'v1.3.10-eksbuild.3',
  'aws-ebs-csi-driver': 'v1.66.0-eksbuild.1',
  'amazon-cloudwatch-observability': 'v6.7.0-eksbuild.1',
} as const;

/** Version to what belongs to it, oldest first. */
export const EKS_VERSIONS: ReadonlyMap<string, EksVersion> = new Map([
  [
    '1.34',
    {
      standardSupportUntil: '2026-12-02',
      addons: { ...INDEPENDENT, 'kube-proxy': 'v1.34.6-eksbuild.29', coredns: 'v1.13.2-eksbuild.24' },
    },
  ],
  [
    '1.35',
    {
      standardSupportUntil: '2027-03-27',
      addons: { ...INDEPENDENT, 'kube-proxy': 'v1.35.3-eksbuild.29', coredns: 'v1.13.2-eksbuild.31' },
    },
  ],
  [
    '1.36',
    {
      standardSupportUntil: '2027-08-02',
      addons: { ...INDEPENDENT, 'kube-proxy': 'v1.36.0-eksbuild.25', coredns: 'v1.14.6-eksbuild.4' },
    },
  ],
]);

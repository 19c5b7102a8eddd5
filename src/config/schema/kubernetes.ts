/** The Kubernetes tier: an EKS cluster, its nodes and its monitoring. Services and their sizes are in `services`, as on every tier. */
import { z } from 'zod';
import { EKS_ADDONS } from '../tables/eks-versions';
import { arn, cidr, count, days, helped, key } from './primitives';

const instanceType = helped(z.string().regex(/^[a-z][a-z0-9-]*\.[a-z0-9]+$/), {
  allowed: 'an EC2 instance type such as "t3.medium"',
  fix: 'types of the t4g, m7g, c7g ... families are arm64 and need images built for it',
});

const addonVersion = helped(z.string().regex(/^v\d+\.\d+\.\d+-eksbuild\.\d+$/), {
  allowed: 'a version of an EKS add-on such as "v1.22.4-eksbuild.3"',
  fix: 'run `aws eks describe-addon-versions --addon-name <add-on> --kubernetes-version <version>`',
});

/** On-demand nodes. */
const nodes = z.strictObject({
  /** Several types must have the same vCPUs, memory and architecture: the autoscaler treats them as equal. @default ['t3.medium'] */
  instanceTypes: z.array(instanceType).min(1).default(['t3.medium']),
  /** Minimum number of nodes. @default 3, one per zone */
  min: count(1, 100).default(3),
  /** Maximum number of nodes; a t3.medium costs about $30 a month. @default 6 */
  max: count(1, 100).default(6),
  /** Disk of one node in GB, for images, logs and scratch space; no data. @default 30 */
  diskGb: count(20, 1024).default(30),
});

/** Spot nodes: cheaper, and reclaimed by AWS at two minutes' notice. Only workloads with a `spotPercent` run on them. */
const spotNodes = z.strictObject({
  /** The more types, the less often AWS reclaims all nodes at once. */
  instanceTypes: z.array(instanceType).min(1),
  /** Minimum number of Spot nodes. @default 0 */
  min: count(0, 100).default(0),
  /** Maximum number of Spot nodes. */
  max: count(1, 100),
  /** Disk of one node in GB. @default 30 */
  diskGb: count(20, 1024).default(30),
});

export const kubernetesSchema = z.strictObject({
  /** The name of the cluster. Changing it replaces the cluster. @default the environment's name */
  clusterName: helped(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/), {
    allowed: 'letters, digits, hyphens and underscores; starts with a letter or digit; at most 100 characters',
    fix: 'omit it to use the name of the environment',
  }).optional(),
  /** Minor version. Raise it by one at a time, which upgrades in place; a downgrade is impossible. @default '1.35' */
  version: helped(z.string().regex(/^1\.\d+$/), {
    allowed: 'a minor version such as "1.35", as a string',
    fix: 'write it in quotes, without the patch',
  }).default('1.35'),
  /** After the end of standard support AWS upgrades `standard` clusters; `extended` ones keep their version for a year at six times the price. @default 'standard' */
  versionSupport: z.enum(['standard', 'extended']).default('standard'),
  /** The namespace of services, workers and jobs. Changing it recreates all of them. @default the system */
  namespace: key.optional(),
  /** Whether the API is also reachable from outside the VPC. @default 'private' */
  endpoint: z.enum(['private', 'public']).default('private'),
  /** Networks that may reach the public API: offices, VPN gateways. GitHub-hosted runners have no fixed addresses. @default with 'public', every network */
  publicAccessCidrs: z.array(cidr).default([]),
  /** Private networks that may reach the API inside the VPC: a VPN, runners in the VPC. @default [] */
  privateAccessCidrs: z.array(cidr).default([]),
  /** ARNs of IAM roles and users with all permissions in the cluster. @default the identity that creates it */
  administrators: z.array(arn).default([]),
  /** ARNs of IAM roles and users that may read everything, including Secrets, as `terraform plan` of platform and workloads must. @default [] */
  viewers: z.array(arn).default([]),
  /** On-demand nodes. */
  nodes: nodes.prefault({}),
  /** Spot nodes. @default none */
  spot: spotNodes.optional(),
  /** Up to 110 pods on a node, instead of one per address of its network interfaces (17 on t3.medium). @default true */
  prefixDelegation: z.boolean().default(true),
  /** Control plane logs in CloudWatch; `audit` causes most of their cost. @default all five */
  controlPlaneLogs: z
    .array(z.enum(['api', 'audit', 'authenticator', 'controllerManager', 'scheduler']))
    .default(['api', 'audit', 'authenticator', 'controllerManager', 'scheduler']),
  /** `container-insights` is billed by CloudWatch; `prometheus` installs Prometheus and Grafana on the nodes. @default 'container-insights' */
  monitoring: z.enum(['container-insights', 'prometheus', 'none']).default('container-insights'),
  /** Settings of monitoring `prometheus`. */
  prometheus: z
    .strictObject({
      /** Volume for metrics in GB. @default 20 */
      storageGb: count(1, 16384).default(20),
      /** Days that metrics are kept. @default 15 */
      retentionDays: days(1, 365).default(15),
    })
    .prefault({}),
  /** Versions of EKS add-ons that override those pinned for the Kubernetes version. @default {} */
  addonVersions: z.partialRecord(z.enum(EKS_ADDONS), addonVersion).default({}),
});

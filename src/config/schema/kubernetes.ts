/**
 * The Kubernetes tier: an EKS cluster, its nodes and their monitoring. Services and their sizes are in `services`, the same
 * for every tier.
 */
import { z } from 'zod';
import { EKS_ADDONS } from '../tables/eks-versions';
import { arn, cidr, count, days, helped, key } from './primitives';

/** The prefixes of labels that Kubernetes and EKS set themselves. */
const RESERVED_LABEL = /^(?:[^/]*\.)?(?:kubernetes\.io|k8s\.io|eks\.amazonaws\.com)\/|^terrace\//;

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
  /**
   * EC2 instance types of the nodes. Several types must have the same vCPUs, memory and architecture, because the autoscaler
   * treats them as equal. @default ['t3.medium'] @price t3.medium $30.40 a month for each node (EC2, us-east-1, 2026-11).
   */
  instanceTypes: z.array(instanceType).min(1).default(['t3.medium']),
  /** Nodes that always run. @unit nodes @default 3 */
  min: count(1, 100).default(3),
  /**
   * Nodes that the autoscaler runs at most. @unit nodes @default 6
   * @price $30.40 a month for each t3.medium (EC2, us-east-1, 2026-11).
   */
  max: count(1, 100).default(6),
  /**
   * Disk of each node, for images, logs and scratch space. @unit GB @default 30
   * @price $0.08 per GB and month (EBS, us-east-1, 2026-11).
   */
  diskGb: count(20, 1024).default(30),
});

/** Spot nodes, which AWS stops with two minutes' notice; only workloads with a `spotPercent` run on them. */
const spotNodes = z.strictObject({
  /**
   * EC2 instance types of the Spot nodes, of equal size. With more types, AWS more rarely stops all nodes at once.
   * @example ['t3.medium', 't3a.medium']
   */
  instanceTypes: z.array(instanceType).min(1),
  /** Spot nodes that always run, while AWS has capacity. @unit nodes @default 0 */
  min: count(0, 100).default(0),
  /** Spot nodes that the autoscaler runs at most. @unit nodes @example 4 */
  max: count(1, 100),
  /**
   * Disk of each node, for images, logs and scratch space. @unit GB @default 30
   * @price $0.08 per GB and month (EBS, us-east-1, 2026-11).
   */
  diskGb: count(20, 1024).default(30),
});

const labelName = helped(
  z
    .string()
    .regex(/^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\/)?[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/)
    .refine((name) => !RESERVED_LABEL.test(name)),
  {
    allowed:
      'the name of a Kubernetes label such as "team" or "example.com/team", without a prefix that Kubernetes or EKS reserve',
    fix: 'use a prefix that you own, or none',
  },
);

const labelValue = helped(z.string().regex(/^(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/), {
  allowed: 'letters, digits, and - _ . between them; at most 63 characters',
  fix: 'shorten it, or replace other characters by hyphens',
});

/** Nodes that only workloads with this `nodeGroup` use. */
const namedNodes = z.strictObject({
  /**
   * EC2 instance types of the group's nodes, of equal size and architecture. @example ['r7g.xlarge']
   * @price t3.medium $30.40 a month for each node (EC2, us-east-1, 2026-11).
   */
  instanceTypes: z.array(instanceType).min(1),
  /**
   * Whether the nodes are on-demand instances or Spot instances. @default 'on-demand'
   * @danger AWS stops `spot` nodes with two minutes' notice, and may have none.
   */
  capacity: z.enum(['on-demand', 'spot']).default('on-demand'),
  /** Nodes that always run. With 0 the first pod waits for a node, for about two minutes. @unit nodes @default 0 */
  min: count(0, 100).default(0),
  /** Nodes that the autoscaler runs at most. @unit nodes @example 4 */
  max: count(1, 100),
  /**
   * Disk of each node, for images, logs and scratch space. @unit GB @default 30
   * @price $0.08 per GB and month (EBS, us-east-1, 2026-11).
   */
  diskGb: count(20, 1024).default(30),
  /** Additional labels of the nodes, for tools of your own; workloads need none. @default {} @example { team: 'data' } */
  labels: z.record(labelName, labelValue).default({}),
});

export const kubernetesSchema = z.strictObject({
  /** Name of the EKS cluster. @default the environment's name @example 'shop-eks' @danger Changing it replaces the cluster. */
  clusterName: helped(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/), {
    allowed: 'letters, digits, hyphens and underscores; starts with a letter or digit; at most 100 characters',
    fix: 'omit it to use the name of the environment',
  }).optional(),
  /**
   * Minor version of Kubernetes, one of those in `src/config/tables/eks-versions.ts`. @default '1.35'
   * @danger Raise it one version at a time; nodes are replaced, and a cluster cannot be downgraded.
   */
  version: helped(z.string().regex(/^1\.\d+$/), {
    allowed: 'a minor version such as "1.35", as a string',
    fix: 'write it in quotes, without the patch',
  }).default('1.35'),
  /**
   * What happens when the standard support of the version ends: with `standard` AWS upgrades the cluster, with `extended` the
   * version stays for another year. @default 'standard'
   * @price The control plane costs $73 a month in standard support, $438 in extended support (EKS, us-east-1, 2026-11).
   */
  versionSupport: z.enum(['standard', 'extended']).default('standard'),
  /**
   * Namespace of services, workers and jobs. @default the system @example 'shop'
   * @danger Changing it replaces everything in the namespace, with downtime.
   */
  namespace: key.optional(),
  /**
   * Whether the Kubernetes API can also be reached from outside the VPC. Inside the VPC it always can. @default 'private'
   * @danger `public` without `publicAccessCidrs` opens the API to the internet, where only the login protects it.
   */
  endpoint: z.enum(['private', 'public']).default('private'),
  /**
   * Networks that can reach the public API, such as offices. Runners hosted by GitHub have no fixed addresses. An empty list
   * with `endpoint: 'public'` admits everyone. @default [] @example ['203.0.113.0/24']
   * @danger Opens the API to these networks.
   */
  publicAccessCidrs: z.array(cidr).default([]),
  /** Private networks that can reach the API, such as a VPN or runners in the VPC. @default [] @example ['10.0.64.0/18'] */
  privateAccessCidrs: z.array(cidr).default([]),
  /**
   * ARNs of IAM roles and users with full access to the cluster. An empty list gives it to the identity that creates the
   * cluster; otherwise list that identity too. @default [] @example ['arn:aws:iam::123456789012:role/shop-apply']
   * @danger They can do everything in the cluster, including reading every Secret.
   */
  administrators: z.array(arn).default([]),
  /**
   * ARNs of IAM roles and users that can look at the cluster, but at no Secret, role or role binding.
   * @default [] @example ['arn:aws:iam::123456789012:role/shop-support']
   */
  viewers: z.array(arn).default([]),
  /**
   * ARNs of IAM roles and users that can also read Secrets and roles, which planning the platform and workloads stacks needs:
   * Helm keeps its releases in Secrets. @default [] @example ['arn:aws:iam::123456789012:role/shop-plan']
   * @danger They can read every Secret.
   */
  planners: z.array(arn).default([]),
  /**
   * On-demand nodes. A change of the types creates the new nodes before it drains the old ones. @default {}
   * @example { min: 2, max: 4 }
   */
  nodes: nodes.prefault({}),
  /**
   * Spot nodes, which only workloads with a `spotPercent` use. @default none
   * @example { instanceTypes: ['t3.medium', 't3a.medium'], max: 4 }
   */
  spot: spotNodes.optional(),
  /**
   * Further node groups, by name: other sizes, architectures or prices for the workloads that name one in `nodeGroup`. A taint
   * keeps all other workloads away. @default {}
   * @example { reports: { instanceTypes: ['r7g.xlarge'], max: 2 } }
   * @danger Renaming a group replaces its nodes.
   */
  nodeGroups: z.record(key, namedNodes).default({}),
  /**
   * Release of the node image, as EKS names it. Left out, each deployment of the cluster's stack installs the newest release,
   * which replaces the nodes a third at a time when there is one. @default the newest @example '1.35.2-20261112'
   * @danger Nodes with a fixed release get no fixes of kernel and containerd: raise it every month.
   */
  nodeRelease: helped(z.string().regex(/^1\.\d+\.\d+-\d{8}$/), {
    allowed: 'a release of the EKS node image such as "1.35.2-20261112"',
    fix: 'omit it for the newest, or copy one from the Amazon EKS user guide, "Retrieve Amazon Linux AMI version information"',
  }).optional(),
  /**
   * Whether a node holds up to 110 pods, instead of as many as its network interfaces have addresses (17 on t3.medium).
   * Subnets then need free blocks of 16 addresses. @default true
   */
  prefixDelegation: z.boolean().default(true),
  /**
   * Logs of the control plane that CloudWatch keeps; `audit` is most of their volume.
   * @default ['api', 'audit', 'authenticator', 'controllerManager', 'scheduler']
   * @price $0.50 per GB of logs (CloudWatch, us-east-1, 2026-11).
   */
  controlPlaneLogs: z
    .array(z.enum(['api', 'audit', 'authenticator', 'controllerManager', 'scheduler']))
    .default(['api', 'audit', 'authenticator', 'controllerManager', 'scheduler']),
  /**
   * `container-insights` sends metrics to CloudWatch, where alarms can use them; `prometheus` runs Prometheus and Grafana on
   * the nodes. @default 'container-insights' @price $0.30 a month for each CloudWatch metric (CloudWatch, us-east-1, 2026-11).
   */
  monitoring: z.enum(['container-insights', 'prometheus', 'none']).default('container-insights'),
  /** Settings of Prometheus, with `monitoring: 'prometheus'`. @default {} @example { retentionDays: 30, storageGb: 50 } */
  prometheus: z
    .strictObject({
      /** Volume for the metrics. @unit GB @default 20 @price $0.08 per GB and month (EBS, us-east-1, 2026-11). */
      storageGb: count(1, 16384).default(20),
      /** How long metrics are kept. @unit days @default 15 */
      retentionDays: days(1, 365).default(15),
    })
    .prefault({}),
  /**
   * Versions of EKS add-ons, by add-on, instead of those that Terrace pins for the Kubernetes version.
   * @default {} @example { coredns: 'v1.13.2-eksbuild.31' }
   */
  addonVersions: z.partialRecord(z.enum(EKS_ADDONS), addonVersion).default({}),
});

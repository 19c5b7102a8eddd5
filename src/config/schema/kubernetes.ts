/**
 * The Kubernetes tier: an EKS cluster, its nodes, and what they are watched with. Services and their sizes stand in
 * `services`, the same for every tier.
 */
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

/** Nodes that are always paid by the hour. */
const nodes = z.strictObject({
  /** Several only where they have the same vCPUs, memory and architecture: the autoscaler takes them for equal. @default ['t3.medium'] */
  instanceTypes: z.array(instanceType).min(1).default(['t3.medium']),
  /** Nodes at rest. @default 3, one a zone */
  min: count(1, 100).default(3),
  /** Nodes at most; each is about $30 a month as t3.medium. @default 6 */
  max: count(1, 100).default(6),
  /** The disk of one node in GB: images, logs and scratch space; no data. @default 30 */
  diskGb: count(20, 1024).default(30),
});

/** Nodes that are cheaper and go with two minutes' notice; only workloads with a `spotPercent` stand on them. */
const spotNodes = z.strictObject({
  /** The more types, the less often all of them are taken away at once. */
  instanceTypes: z.array(instanceType).min(1),
  /** @default 0 */
  min: count(0, 100).default(0),
  max: count(1, 100),
  /** @default 30 */
  diskGb: count(20, 1024).default(30),
});

export const kubernetesSchema = z.strictObject({
  /** Changing it replaces the cluster. @default the environment's name */
  clusterName: helped(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/), {
    allowed: 'letters, digits, hyphens and underscores; starts with a letter or digit; at most 100 characters',
    fix: 'leave it out to get the name of the environment',
  }).optional(),
  /** Minor version. A higher one upgrades in place, one at a time; a lower one does not exist. @default '1.35' */
  version: helped(z.string().regex(/^1\.\d+$/), {
    allowed: 'a minor version such as "1.35", as a string',
    fix: 'write it in quotes, without the patch',
  }).default('1.35'),
  /** What happens when standard support ends: `standard` is upgraded by AWS; `extended` stays for a year at six times the price. @default 'standard' */
  versionSupport: z.enum(['standard', 'extended']).default('standard'),
  /** The namespace of services, workers and jobs. Changing it makes all of them anew. @default the system */
  namespace: key.optional(),
  /** Whether the API answers outside the VPC, too. Inside it always does. @default 'private' */
  endpoint: z.enum(['private', 'public']).default('private'),
  /** Networks that reach the public API: offices, VPN exits. GitHub's own runners have no fixed ones. @default everybody, with 'public' */
  publicAccessCidrs: z.array(cidr).default([]),
  /** Private networks that reach the API from inside: a VPN, runners in the VPC. @default [] */
  privateAccessCidrs: z.array(cidr).default([]),
  /** IAM roles and users that may do everything in the cluster. @default whoever creates it */
  administrators: z.array(arn).default([]),
  /** IAM roles and users that may look at everything, Secrets included: what `terraform plan` of platform and workloads needs. @default [] */
  viewers: z.array(arn).default([]),
  nodes: nodes.prefault({}),
  /** @default none */
  spot: spotNodes.optional(),
  /** Whether a node holds up to 110 pods instead of as many as its interfaces have addresses (17 on t3.medium). @default true */
  prefixDelegation: z.boolean().default(true),
  /** Logs of the control plane, in CloudWatch; `audit` is most of their cost. @default all five */
  controlPlaneLogs: z
    .array(z.enum(['api', 'audit', 'authenticator', 'controllerManager', 'scheduler']))
    .default(['api', 'audit', 'authenticator', 'controllerManager', 'scheduler']),
  /** `container-insights` is billed by CloudWatch; `prometheus` brings Prometheus and Grafana, which run on the nodes. @default 'container-insights' */
  monitoring: z.enum(['container-insights', 'prometheus', 'none']).default('container-insights'),
  /** Only with monitoring `prometheus`. */
  prometheus: z
    .strictObject({
      /** The volume of its metrics in GB. @default 20 */
      storageGb: count(1, 16384).default(20),
      /** @default 15 */
      retentionDays: days(1, 365).default(15),
    })
    .prefault({}),
  /** Other versions of EKS add-ons than those that go with the Kubernetes version. @default {} */
  addonVersions: z.partialRecord(z.enum(EKS_ADDONS), addonVersion).default({}),
});

/** The role of every node: joins the cluster, pulls images, opens a shell through Session Manager. Pods do not get it. */
import { type Construct } from 'constructs';
import { resourceName } from '../../../config/names';
import { ServiceRole } from '../../../modules/iam/service-role';

/** What AWS prescribes for nodes; addresses for pods are the business of the network add-on's own role. */
const POLICIES = ['AmazonEKSWorkerNodePolicy', 'AmazonEC2ContainerRegistryPullOnly', 'AmazonSSMManagedInstanceCore'];

/** One role for all node groups. */
export function nodeRole(scope: Construct, id: string, environment: string): ServiceRole {
  return new ServiceRole(scope, id, {
    name: resourceName(environment, 'nodes', 'iamRole'),
    description: 'Kubernetes nodes',
    service: 'ec2.amazonaws.com',
    statements: [],
    managedPolicyArns: POLICIES.map((name) => `arn:aws:iam::aws:policy/${name}`),
  });
}

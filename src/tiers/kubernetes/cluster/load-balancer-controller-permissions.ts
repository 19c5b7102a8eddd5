/**
 * The IAM permissions of the AWS load balancer controller: it manages load balancers with the cluster's tag. Pure.
 *
 * The controller's published policy (v3.5, docs/install/iam_policy.json), reduced to application load balancers of this
 * account, region, VPC and cluster, without Cognito, Shield and classic WAF, which the chart's values turn off.
 */
import type { Statement } from '../../../modules/iam/policy';
import type { ClusterIdentity } from './controller-permissions';

export interface ControllerScope extends ClusterIdentity {
  readonly vpcId: string;
  /** The security group of the nodes, to which the controller admits its load balancers. */
  readonly clusterSecurityGroupId: string;
}

/** The controller sets this tag on every resource that it creates. */
const CLUSTER_TAG = 'elbv2.k8s.aws/cluster';

export function loadBalancerControllerStatements(scope: ControllerScope): readonly Statement[] {
  return [...readStatements(), ...securityGroupStatements(scope), ...loadBalancerStatements(scope)];
}

/** These actions support no resource. */
function readStatements(): readonly Statement[] {
  return [
    {
      sid: 'ServiceLinkedRole',
      actions: ['iam:CreateServiceLinkedRole'],
      resources: ['*'],
      conditions: { StringEquals: { 'iam:AWSServiceName': 'elasticloadbalancing.amazonaws.com' } },
    },
    {
      sid: 'Look',
      actions: [
        'acm:DescribeCertificate',
        'acm:ListCertificates',
        'ec2:DescribeAccountAttributes',
        'ec2:DescribeAddresses',
        'ec2:DescribeAvailabilityZones',
        'ec2:DescribeInstances',
        'ec2:DescribeInternetGateways',
        'ec2:DescribeIpamPools',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeRouteTables',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
        'ec2:DescribeTags',
        'ec2:DescribeVpcPeeringConnections',
        'ec2:DescribeVpcs',
        'ec2:GetSecurityGroupsForVpc',
        'elasticloadbalancing:DescribeCapacityReservation',
        'elasticloadbalancing:DescribeListenerAttributes',
        'elasticloadbalancing:DescribeListenerCertificates',
        'elasticloadbalancing:DescribeListeners',
        'elasticloadbalancing:DescribeLoadBalancerAttributes',
        'elasticloadbalancing:DescribeLoadBalancers',
        'elasticloadbalancing:DescribeRules',
        'elasticloadbalancing:DescribeSSLPolicies',
        'elasticloadbalancing:DescribeTags',
        'elasticloadbalancing:DescribeTargetGroupAttributes',
        'elasticloadbalancing:DescribeTargetGroups',
        'elasticloadbalancing:DescribeTargetHealth',
        'elasticloadbalancing:DescribeTrustStores',
        'iam:GetServerCertificate',
        'iam:ListServerCertificates',
        'wafv2:GetWebACL',
        'wafv2:GetWebACLForResource',
      ],
      resources: ['*'],
    },
  ];
}

function securityGroupStatements({
  region,
  accountId,
  clusterName,
  vpcId,
  clusterSecurityGroupId,
}: ControllerScope): readonly Statement[] {
  const ec2 = `arn:aws:ec2:${region}:${accountId}`;
  const groups = `${ec2}:security-group/*`;
  return [
    { sid: 'MakeGroups', actions: ['ec2:CreateSecurityGroup'], resources: [groups, `${ec2}:vpc/${vpcId}`] },
    {
      sid: 'TagNewGroups',
      actions: ['ec2:CreateTags'],
      resources: [groups],
      conditions: {
        StringEquals: { 'ec2:CreateAction': 'CreateSecurityGroup', [`aws:RequestTag/${CLUSTER_TAG}`]: clusterName },
      },
    },
    {
      sid: 'TagOwnGroups',
      actions: ['ec2:CreateTags', 'ec2:DeleteTags'],
      resources: [groups],
      conditions: ownAndKept(clusterName),
    },
    {
      sid: 'OwnGroups',
      actions: ['ec2:AuthorizeSecurityGroupIngress', 'ec2:RevokeSecurityGroupIngress', 'ec2:DeleteSecurityGroup'],
      resources: [groups],
      conditions: own(clusterName),
    },
    {
      sid: 'LetBalancersIntoNodes',
      actions: ['ec2:AuthorizeSecurityGroupIngress', 'ec2:RevokeSecurityGroupIngress'],
      resources: [`${ec2}:security-group/${clusterSecurityGroupId}`, `${ec2}:security-group-rule/*`],
    },
  ];
}

function loadBalancerStatements({ region, accountId, clusterName }: ControllerScope): readonly Statement[] {
  const elb = `arn:aws:elasticloadbalancing:${region}:${accountId}`;
  const balancers = `${elb}:loadbalancer/app/*`;
  const targets = `${elb}:targetgroup/*`;
  const listeners = [`${elb}:listener/app/*`, `${elb}:listener-rule/app/*`];
  return [
    {
      sid: 'MakeBalancers',
      actions: ['elasticloadbalancing:CreateLoadBalancer', 'elasticloadbalancing:CreateTargetGroup'],
      resources: [balancers, targets],
      conditions: { StringEquals: { [`aws:RequestTag/${CLUSTER_TAG}`]: clusterName } },
    },
    {
      sid: 'TagNewBalancers',
      actions: ['elasticloadbalancing:AddTags'],
      resources: [balancers, targets],
      conditions: {
        StringEquals: {
          'elasticloadbalancing:CreateAction': ['CreateTargetGroup', 'CreateLoadBalancer'],
          [`aws:RequestTag/${CLUSTER_TAG}`]: clusterName,
        },
      },
    },
    {
      sid: 'TagOwnBalancers',
      actions: ['elasticloadbalancing:AddTags', 'elasticloadbalancing:RemoveTags'],
      resources: [balancers, targets],
      conditions: ownAndKept(clusterName),
    },
    // Listeners and rules have no tag at creation; their load balancers have.
    {
      sid: 'Listeners',
      actions: [
        'elasticloadbalancing:AddListenerCertificates',
        'elasticloadbalancing:AddTags',
        'elasticloadbalancing:CreateListener',
        'elasticloadbalancing:CreateRule',
        'elasticloadbalancing:DeleteListener',
        'elasticloadbalancing:DeleteRule',
        'elasticloadbalancing:ModifyListener',
        'elasticloadbalancing:ModifyListenerAttributes',
        'elasticloadbalancing:ModifyRule',
        'elasticloadbalancing:RemoveListenerCertificates',
        'elasticloadbalancing:RemoveTags',
        'elasticloadbalancing:SetRulePriorities',
      ],
      resources: [...listeners, balancers],
    },
    {
      sid: 'OwnBalancers',
      actions: [
        'elasticloadbalancing:DeleteLoadBalancer',
        'elasticloadbalancing:DeleteTargetGroup',
        'elasticloadbalancing:ModifyCapacityReservation',
        'elasticloadbalancing:ModifyIpPools',
        'elasticloadbalancing:ModifyLoadBalancerAttributes',
        'elasticloadbalancing:ModifyTargetGroup',
        'elasticloadbalancing:ModifyTargetGroupAttributes',
        'elasticloadbalancing:SetIpAddressType',
        'elasticloadbalancing:SetSecurityGroups',
        'elasticloadbalancing:SetSubnets',
      ],
      resources: [balancers, targets],
      conditions: own(clusterName),
    },
    {
      sid: 'Targets',
      actions: ['elasticloadbalancing:DeregisterTargets', 'elasticloadbalancing:RegisterTargets'],
      resources: [targets],
    },
    {
      sid: 'WebAcl',
      actions: ['elasticloadbalancing:SetWebAcl', 'wafv2:AssociateWebACL', 'wafv2:DisassociateWebACL'],
      resources: [balancers, `arn:aws:wafv2:${region}:${accountId}:regional/webacl/*`],
    },
  ];
}

/** Only resources with the cluster's tag. */
function own(clusterName: string): NonNullable<Statement['conditions']> {
  return { StringEquals: { [`aws:ResourceTag/${CLUSTER_TAG}`]: clusterName } };
}

/** Only resources with the cluster's tag, and no change of that tag. */
function ownAndKept(clusterName: string): NonNullable<Statement['conditions']> {
  return { ...own(clusterName), Null: { [`aws:RequestTag/${CLUSTER_TAG}`]: 'true' } };
}

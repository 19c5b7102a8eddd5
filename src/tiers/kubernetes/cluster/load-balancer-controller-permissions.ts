/**
 * What the AWS load balancer controller may do: make and keep load balancers that carry the cluster's tag. Pure.
 *
 * The controller's published policy (v3.5, docs/install/iam_policy.json), narrowed: application load balancers only, of
 * this account, region, VPC and cluster; no Cognito, no Shield, no classic WAF, which the chart's values turn off.
 */
import type { Statement } from '../../../modules/iam/policy';
import type { ClusterPlace } from './place';

export interface ControllerPlace extends ClusterPlace {
  readonly vpcId: string;
  /** The group of the nodes, into which the controller lets its load balancers. */
  readonly clusterSecurityGroupId: string;
}

/** The tag that the controller puts on everything of its own. */
const CLUSTER_TAG = 'elbv2.k8s.aws/cluster';

/** The statements of the controller's role. */
export function loadBalancerControllerStatements(place: ControllerPlace): readonly Statement[] {
  return [...lookStatements(), ...securityGroupStatements(place), ...balancerStatements(place)];
}

/** None of these take a resource. */
function lookStatements(): readonly Statement[] {
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
}: ControllerPlace): readonly Statement[] {
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

function balancerStatements({ region, accountId, clusterName }: ControllerPlace): readonly Statement[] {
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
    // Listeners and rules carry no tag when they are made; they belong to load balancers, which do.
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

/** Only what carries the cluster's tag. */
function own(clusterName: string): NonNullable<Statement['conditions']> {
  return { StringEquals: { [`aws:ResourceTag/${CLUSTER_TAG}`]: clusterName } };
}

/** Only what carries the cluster's tag, which itself stays as it is. */
function ownAndKept(clusterName: string): NonNullable<Statement['conditions']> {
  return { ...own(clusterName), Null: { [`aws:RequestTag/${CLUSTER_TAG}`]: 'true' } };
}

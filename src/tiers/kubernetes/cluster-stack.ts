/** The cluster of the Kubernetes tier: control plane, nodes, add-ons, who may do what, and the rules that let pods into data. */
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import type { App } from 'cdktf';
import type {
  Identity,
  ResolvedContainer,
  ResolvedData,
  ResolvedTier,
  ResolvedWorkloads,
} from '../../config/resolved/environment';
import type { ResolvedEdge } from '../../config/resolved/edge';
import type { ResolvedKubernetes } from '../../config/tiers/kubernetes/resolved';
import type { PermissionContext } from '../../modules/containers/permission-statements';
import { EnvironmentKey } from '../../modules/encryption/environment-key';
import { ClusterAccess } from './cluster/access';
import { Addons } from './cluster/addons';
import { Cluster } from './cluster/cluster';
import { DataRules } from './cluster/data-rules';
import { loadBalancerControllerStatements } from './cluster/load-balancer-controller-permissions';
import { NodeGroup } from './cluster/node-group';
import { nodeRole } from './cluster/node-role';
import type { ClusterPlace } from './cluster/place';
import { PlatformIdentities } from './cluster/platform-identities';
import {
  autoscalerStatements,
  externalSecretsStatements,
  kedaStatements,
  logCollectorStatements,
} from './cluster/platform-permissions';
import { WorkloadIdentities } from './cluster/workload-identities';
import { WebAcl } from '../../modules/waf/web-acl';
import type { DataHandover, KubernetesHandover, NetworkHandover } from '../../contracts/handovers';
import { Handover } from '../../terraform/handover';
import { TerraceStack, type TerraceStackProps } from '../../terraform/terrace-stack';

export interface KubernetesStackProps {
  readonly stack: TerraceStackProps;
  readonly identity: Identity;
  readonly protect: boolean;
  readonly tier: Extract<ResolvedTier, { kind: 'kubernetes' }>;
  readonly workloads: ResolvedWorkloads;
  readonly data: ResolvedData;
  readonly handovers: {
    readonly network: Handover<NetworkHandover>;
    readonly data: Handover<DataHandover>;
  };
  /** What stands before the ingress: its web ACL is made here, and named by the ingress. @default no web ACL */
  readonly edge?: ResolvedEdge;
}

/** `<env>-compute-kubernetes` */
export class KubernetesStack extends TerraceStack {
  public readonly handover: Handover<KubernetesHandover>;
  private readonly network: NetworkHandover;
  private readonly data: DataHandover;

  constructor(
    app: App,
    private readonly props: KubernetesStackProps,
  ) {
    super(app, props.stack);
    this.network = props.handovers.network.in(this);
    this.data = props.handovers.data.in(this);

    const cluster = this.cluster();
    this.access(cluster);
    const addons = this.addons(cluster);
    const groups = this.nodeGroups(cluster, addons);
    addons.installOn([...groups.values()].map(({ ready }) => ready));
    this.metricsLog();
    const platformLog = this.platformLog();
    const identities = this.workloadIdentities(cluster);
    this.platformIdentities(cluster, platformLog);
    this.dataRules(cluster);
    const webAcl = this.webAcl();

    this.handover = new Handover<KubernetesHandover>(this, 'compute-kubernetes', props.stack.state, {
      clusterName: cluster.name,
      clusterArn: cluster.arn,
      endpoint: cluster.endpoint,
      certificateAuthority: cluster.certificateAuthority,
      clusterSecurityGroupId: cluster.securityGroupId,
      platformLogGroup: { name: platformLog.name, arn: platformLog.arn },
      workloadRoleArns: identities.roleArns,
      autoScalingGroupNames: Object.fromEntries([...groups].map(([key, group]) => [key, group.autoScalingGroupName])),
      webAclArn: webAcl?.arn,
      webAclName: webAcl?.name,
    });
    this.addNextStepOutputs();
  }

  /** Only where something public stands behind it. */
  private webAcl(): WebAcl | undefined {
    const { edge, identity, workloads } = this.props;
    const routed = workloads.services.some(({ routes }) => routes.length > 0);
    if (!routed || edge?.waf?.scope !== 'REGIONAL') return undefined;
    return new WebAcl(this, 'web-acl', { waf: edge.waf, region: identity.region, accountId: this.accountId });
  }

  private get kubernetes(): ResolvedKubernetes {
    return this.props.tier.kubernetes;
  }

  private get place(): ClusterPlace {
    const { environment, region } = this.props.identity;
    return { environment, clusterName: this.kubernetes.clusterName, region, accountId: this.accountId };
  }

  private get containers(): readonly ResolvedContainer[] {
    const { services, workers, jobs } = this.props.workloads;
    return [...services, ...workers, ...jobs];
  }

  private get permissions(): PermissionContext {
    const { system, shortName, region } = this.props.identity;
    const secretPath = `/${system}/${shortName}`;
    return { region, accountId: this.accountId, secretPath, data: this.props.data, handover: this.data };
  }

  private get logs() {
    const { retentionDays, encryption } = this.props.data.logs;
    return { logRetentionDays: retentionDays, logKeyArn: encryption === 'kms' ? this.data.keyArn : undefined };
  }

  private cluster(): Cluster {
    return new Cluster(this, 'cluster', {
      place: this.place,
      kubernetes: this.kubernetes,
      subnetIds: this.network.privateSubnetIds,
      keyArn: this.data.keyArn ?? this.ownKey(),
      ...this.logs,
      protect: this.props.protect,
    });
  }

  /** Where AWS's keys encrypt the data, secrets of the cluster still get one of their own. */
  private ownKey(): string {
    const { environment, region } = this.props.identity;
    return new EnvironmentKey(this, 'secrets', {
      alias: `${environment}-kubernetes`,
      description: `Envelopes the Kubernetes secrets of ${environment}`,
      accountId: this.accountId,
      region,
      protect: this.props.protect,
    }).arn;
  }

  private access({ name }: Cluster): void {
    const { administrators, viewers } = this.kubernetes;
    new ClusterAccess(this, 'access', { clusterName: name, administrators, viewers });
  }

  private addons({ name }: Cluster): Addons {
    const { addons, prefixDelegation } = this.kubernetes;
    return new Addons(this, 'addon', { place: this.place, clusterName: name, versions: addons, prefixDelegation });
  }

  private nodeGroups({ name }: Cluster, { beforeNodes }: Addons): ReadonlyMap<string, NodeGroup> {
    const { identity } = this.props;
    const role = nodeRole(this, 'node-role', identity.environment);
    return new Map(
      this.kubernetes.nodeGroups.map((group) => [
        group.key,
        new NodeGroup(this, `nodes-${group.key}`, {
          name: identity.environment,
          clusterName: name,
          version: this.kubernetes.version,
          group,
          role,
          subnetIds: this.network.privateSubnetIds,
          tags: this.stackProps.tags,
          waitsFor: beforeNodes,
        }),
      ]),
    );
  }

  /** Container Insights would make it by itself, and keep it for ever. */
  private metricsLog(): void {
    if (this.kubernetes.monitoring !== 'container-insights') return;
    this.logGroup('insights', `/aws/containerinsights/${this.kubernetes.clusterName}/performance`);
  }

  private platformLog(): CloudwatchLogGroup {
    return this.logGroup('platform-logs', this.kubernetes.platformLogGroup);
  }

  private logGroup(id: string, name: string): CloudwatchLogGroup {
    const { logRetentionDays, logKeyArn } = this.logs;
    return new CloudwatchLogGroup(this, id, { name, retentionInDays: logRetentionDays, kmsKeyId: logKeyArn });
  }

  private workloadIdentities({ name }: Cluster): WorkloadIdentities {
    return new WorkloadIdentities(this, 'workload', {
      place: this.place,
      clusterName: name,
      namespace: this.kubernetes.namespace,
      workloads: this.containers,
      context: this.permissions,
    });
  }

  private platformIdentities({ name, securityGroupId }: Cluster, platformLog: CloudwatchLogGroup): void {
    const { vpcId } = this.network;
    const groupArns = [...Object.values(this.data.logGroups).map(({ arn }) => arn), platformLog.arn];
    new PlatformIdentities(this, 'platform', {
      place: this.place,
      clusterName: name,
      statements: {
        'aws-load-balancer-controller': loadBalancerControllerStatements({
          ...this.place,
          vpcId,
          clusterSecurityGroupId: securityGroupId,
        }),
        'external-secrets': externalSecretsStatements(this.containers, this.permissions),
        'cluster-autoscaler': autoscalerStatements(this.place),
        'fluent-bit': logCollectorStatements(groupArns),
        ...(this.kubernetes.scalesOnQueues ? { keda: kedaStatements(this.props.workloads, this.data) } : {}),
      },
    });
  }

  private dataRules({ securityGroupId }: Cluster): void {
    new DataRules(this, 'pods-into', {
      clusterSecurityGroupId: securityGroupId,
      network: this.network,
      workloads: this.props.workloads,
    });
  }

  private addNextStepOutputs(): void {
    const { region } = this.props.identity;
    const { clusterName } = this.kubernetes;
    this.addOutput('login', 'Teaches kubectl the cluster', `aws eks update-kubeconfig --region ${region} --name ${clusterName}`);
    this.addOutput(
      'nodes',
      'Lists the nodes; `aws ssm start-session --target <id>` opens a shell on one',
      `aws ec2 describe-instances --region ${region} --filters Name=tag:eks:cluster-name,Values=${clusterName} ` +
        '--query "Reservations[].Instances[].[InstanceId,InstanceType,Placement.AvailabilityZone,State.Name]" --output table',
    );
  }
}

/** The cluster of the Kubernetes tier: control plane, nodes, add-ons, IAM roles of pods, and access to data. */
import type { App } from 'cdktf';
import { allWorkloads } from '../../config/calculations/workloads';
import type { ResolvedEdge } from '../../config/resolved/edge';
import type { ResolvedObservability } from '../../config/resolved/observability';
import type {
  Identity,
  ResolvedData,
  ResolvedSleep,
  ResolvedTier,
  ResolvedWorkload,
  ResolvedWorkloads,
} from '../../config/resolved/environment';
import type { ResolvedKubernetes } from '../../config/tiers/kubernetes/resolved';
import type { AlertTopicsHandover, DataHandover, KubernetesHandover, NetworkHandover } from '../../contracts/handovers';
import { logKeyArnOf } from '../../contracts/lookups';
import type { PermissionContext } from '../../modules/containers/permission-statements';
import { EnvironmentKey } from '../../modules/encryption/environment-key';
import { LogGroup } from '../../modules/logs/log-group';
import { WebAcl } from '../../modules/waf/web-acl';
import { Handover } from '../../terraform/handover';
import { TerraceStack, type TerraceStackProps } from '../../terraform/terrace-stack';
import { AccessEntries } from './cluster/access-entries';
import { AlertTopics, alertmanagerStatements } from './cluster/alert-topics';
import { Addons } from './cluster/addons';
import { Cluster } from './cluster/cluster';
import {
  autoscalerStatements,
  externalSecretsStatements,
  kedaStatements,
  logCollectorStatements,
  type ClusterIdentity,
} from './cluster/controller-permissions';
import { DataRules } from './cluster/data-rules';
import { loadBalancerControllerStatements } from './cluster/load-balancer-controller-permissions';
import { NodeGroup, NodeRole } from './cluster/nodes';
import { PlatformIdentities, WorkloadIdentities } from './cluster/pod-identities';
import { addClusterOutputs } from './outputs';

export interface KubernetesStackProps {
  readonly stack: TerraceStackProps;
  readonly identity: Identity;
  readonly protect: boolean;
  /** When the environment sleeps. @default never */
  readonly sleep?: ResolvedSleep;
  readonly tier: Extract<ResolvedTier, { kind: 'kubernetes' }>;
  readonly workloads: ResolvedWorkloads;
  readonly data: ResolvedData;
  readonly handovers: {
    readonly network: Handover<NetworkHandover>;
    readonly data: Handover<DataHandover>;
  };
  /** Its regional web ACL is created here and named by the ingress; a rule refuses one without routes. @default no web ACL */
  readonly edge?: ResolvedEdge;
  /** With alarms, alerts of Prometheus reach the topic of the environment. @default they reach no one */
  readonly observability?: ResolvedObservability;
}

/** `<env>-compute-kubernetes` */
export class KubernetesStack extends TerraceStack {
  public readonly handover: Handover<KubernetesHandover>;
  private readonly network: NetworkHandover;
  private readonly data: DataHandover;
  private readonly kubernetes: ResolvedKubernetes;
  private readonly cluster: ClusterIdentity;
  private readonly workloads: readonly ResolvedWorkload[];

  constructor(
    app: App,
    private readonly props: KubernetesStackProps,
  ) {
    super(app, props.stack);
    const { identity, tier, workloads, handovers } = props;
    this.network = handovers.network.in(this);
    this.data = handovers.data.in(this);
    this.kubernetes = tier.kubernetes;
    const { clusterName, administrators, viewers, planners, namespace } = tier.kubernetes;
    const { environment, region } = identity;
    this.cluster = { environment, clusterName, region, accountId: this.accountId };
    this.workloads = allWorkloads(workloads);

    const { name, arn, endpoint, certificateAuthority, securityGroupId } = this.createCluster();
    new AccessEntries(this, 'access', { clusterName: name, administrators, viewers, planners });
    const nodeGroups = this.createNodes(name);
    const platformLog = this.createLogGroups();
    const { roleArns } = new WorkloadIdentities(this, 'workload', {
      cluster: this.cluster,
      clusterName: name,
      namespace,
      workloads: this.workloads,
      context: this.permissions,
    });
    const alertTopics = this.createAlertTopics();
    this.createPlatformIdentities(name, securityGroupId, platformLog, alertTopics);
    new DataRules(this, 'pods-into', { clusterSecurityGroupId: securityGroupId, network: this.network, workloads });
    const webAcl = this.createWebAcl();

    this.handover = new Handover<KubernetesHandover>(this, {
      clusterName: name,
      clusterArn: arn,
      endpoint,
      certificateAuthority,
      clusterSecurityGroupId: securityGroupId,
      platformLogGroup: { name: platformLog.name, arn: platformLog.arn },
      workloadRoleArns: roleArns,
      autoScalingGroupNames: Object.fromEntries([...nodeGroups].map(([key, group]) => [key, group.autoScalingGroupName])),
      nodeGroups:
        props.sleep &&
        Object.fromEntries([...nodeGroups].map(([key, { name: group, arn: groupArn }]) => [key, { name: group, arn: groupArn }])),
      alertTopics,
      webAclArn: webAcl?.arn,
      webAclName: webAcl?.name,
    });
    addClusterOutputs(this, { region, clusterName });
  }

  private get permissions(): PermissionContext {
    const { path: secretPath, region } = this.props.identity;
    return { region, accountId: this.accountId, secretPath, data: this.props.data, handover: this.data };
  }

  private get logs() {
    const { data } = this.props;
    return { retentionDays: data.logs.retentionDays, keyArn: logKeyArnOf(data, this.data.keyArn) };
  }

  private createCluster(): Cluster {
    const { retentionDays, keyArn } = this.logs;
    return new Cluster(this, 'cluster', {
      identity: this.cluster,
      kubernetes: this.kubernetes,
      subnetIds: this.network.privateSubnetIds,
      keyArn: this.data.keyArn ?? this.createKey(),
      logRetentionDays: retentionDays,
      logKeyArn: keyArn,
      protect: this.props.protect,
    });
  }

  /** Kubernetes secrets have a customer-managed key even if the environment's data is encrypted by AWS-managed keys. */
  private createKey(): string {
    const { environment, region } = this.props.identity;
    return new EnvironmentKey(this, 'secrets', {
      alias: `${environment}-kubernetes`,
      description: `Envelopes the Kubernetes secrets of ${environment}`,
      accountId: this.accountId,
      region,
      protect: this.props.protect,
    }).arn;
  }

  /** Node groups by key, and the add-ons: some before the nodes, the others on them. */
  private createNodes(clusterName: string): ReadonlyMap<string, NodeGroup> {
    const { addons: versions, nodeGroups, nodeRelease: release, prefixDelegation, version } = this.kubernetes;
    const { environment, region } = this.props.identity;
    const addons = new Addons(this, 'addon', { cluster: this.cluster, clusterName, versions, prefixDelegation });
    const role = new NodeRole(this, 'node-role', { environment, region, accountId: this.accountId });
    const groups = nodeGroups.map((group) => {
      const { key } = group;
      const nodes = new NodeGroup(this, `nodes-${key}`, {
        environment,
        clusterName,
        version,
        group,
        release,
        role,
        subnetIds: this.network.privateSubnetIds,
        tags: this.stackProps.tags,
        after: addons.beforeNodes,
      });
      return [key, nodes] as const;
    });
    addons.createOn(groups.map(([, { ready }]) => ready));
    return new Map(groups);
  }

  /** Log groups with a retention, which their writers would otherwise create without one. Returns the platform's. */
  private createLogGroups(): LogGroup {
    const { monitoring, clusterName, platformLogGroup } = this.kubernetes;
    if (monitoring === 'container-insights') {
      new LogGroup(this, 'insights', { name: `/aws/containerinsights/${clusterName}/performance`, ...this.logs });
    }
    return new LogGroup(this, 'platform-logs', { name: platformLogGroup, ...this.logs });
  }

  private createAlertTopics(): AlertTopicsHandover | undefined {
    const alarms = Object.keys(this.props.observability?.alarms ?? {});
    if (this.kubernetes.monitoring !== 'prometheus' || alarms.length === 0) return undefined;
    return new AlertTopics(this, 'alerts', { cluster: this.cluster }).topics;
  }

  private createPlatformIdentities(
    clusterName: string,
    clusterSecurityGroupId: string,
    platformLog: LogGroup,
    alertTopics: AlertTopicsHandover | undefined,
  ): void {
    const { cluster, data, network } = this;
    const logGroupArns = [...Object.values(data.logGroups).map(({ arn }) => arn), platformLog.arn];
    new PlatformIdentities(this, 'platform', {
      cluster,
      clusterName,
      statements: {
        'aws-load-balancer-controller': loadBalancerControllerStatements({
          ...cluster,
          vpcId: network.vpcId,
          clusterSecurityGroupId,
        }),
        'external-secrets': externalSecretsStatements(this.workloads, this.permissions),
        'cluster-autoscaler': autoscalerStatements(cluster),
        'fluent-bit': logCollectorStatements(logGroupArns),
        ...(alertTopics === undefined ? {} : { 'kube-prometheus-stack': alertmanagerStatements(cluster, alertTopics) }),
        ...(this.kubernetes.scalesOnQueues ? { keda: kedaStatements(this.props.workloads, data) } : {}),
      },
    });
  }

  private createWebAcl(): WebAcl | undefined {
    const { edge, identity } = this.props;
    if (edge?.waf?.scope !== 'REGIONAL') return undefined;
    return new WebAcl(this, 'web-acl', { waf: edge.waf, region: identity.region, accountId: this.accountId });
  }
}

/** What a cluster needs before workloads: ingress, secrets, metrics, autoscalers, logs, by Helm. */
import type { App } from 'cdktf';
import type { Identity, ResolvedTier } from '../../config/resolved/environment';
import { addHelmProvider } from './cluster-access';
import { CHARTS } from './platform/charts';
import { PlatformRelease } from './platform/release';
import { planReleases, type PlannedRelease } from './platform/releases';
import type { KubernetesHandover, NetworkHandover, PlatformHandover } from '../../contracts/handovers';
import { Handover } from '../../terraform/handover';
import { TerraceStack, type TerraceStackProps } from '../../terraform/terrace-stack';

export interface PlatformStackProps {
  readonly stack: TerraceStackProps;
  readonly identity: Identity;
  readonly tier: Extract<ResolvedTier, { kind: 'kubernetes' }>;
  readonly handovers: {
    readonly network: Handover<NetworkHandover>;
    readonly cluster: Handover<KubernetesHandover>;
  };
}

/** `<env>-platform`: a stack of its own, because a provider cannot be configured from its own stack's cluster. */
export class PlatformStack extends TerraceStack {
  public readonly handover: Handover<PlatformHandover>;

  constructor(
    app: App,
    private readonly props: PlatformStackProps,
  ) {
    super(app, props.stack);
    const releases = this.plan();
    for (const release of releases) new PlatformRelease(this, release.chart, release);
    this.handover = new Handover<PlatformHandover>(this, 'platform', props.stack.state, {
      releases: Object.fromEntries(releases.map(({ chart }) => [chart, CHARTS[chart].version])),
    });
    this.addNextStepOutputs();
  }

  private plan(): readonly PlannedRelease[] {
    const { identity, tier, handovers } = this.props;
    const cluster = handovers.cluster.in(this);
    addHelmProvider(this, cluster, identity.region);
    return planReleases(tier.kubernetes, {
      clusterName: cluster.clusterName,
      region: identity.region,
      vpcId: handovers.network.in(this).vpcId,
      namespace: tier.kubernetes.namespace,
      platformLogGroupName: cluster.platformLogGroup.name,
      prometheus: tier.kubernetes.prometheus,
    });
  }

  private addNextStepOutputs(): void {
    if (this.props.tier.kubernetes.monitoring !== 'prometheus') return;
    const { namespace } = CHARTS['kube-prometheus-stack'];
    this.addOutput(
      'grafana',
      'Brings Grafana to http://localhost:3000; user admin',
      `kubectl --namespace ${namespace} port-forward service/kube-prometheus-stack-grafana 3000:80`,
    );
    this.addOutput(
      'grafana_password',
      'Shows the password that Grafana drew for itself',
      `kubectl --namespace ${namespace} get secret kube-prometheus-stack-grafana --output jsonpath='{.data.admin-password}' | base64 --decode`,
    );
  }
}

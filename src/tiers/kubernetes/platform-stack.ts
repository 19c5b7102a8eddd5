/** What workloads need in a cluster: controllers for ingress, secrets, metrics, scaling and logs, installed by Helm. */
import type { App } from 'cdktf';
import type { Identity, ResolvedTier } from '../../config/resolved/environment';
import type { KubernetesHandover, NetworkHandover, PlatformHandover } from '../../contracts/handovers';
import { Handover } from '../../terraform/handover';
import { TerraceStack, type TerraceStackProps } from '../../terraform/terrace-stack';
import { addGrafanaOutputs } from './outputs';
import { CHARTS, type ChartName } from './platform/charts';
import { PlatformRelease, platformValues } from './platform/releases';
import { createHelmProvider } from './providers';

export interface PlatformStackProps {
  readonly stack: TerraceStackProps;
  readonly identity: Identity;
  readonly tier: Extract<ResolvedTier, { kind: 'kubernetes' }>;
  readonly handovers: {
    readonly network: Handover<NetworkHandover>;
    readonly cluster: Handover<KubernetesHandover>;
  };
}

/** `<env>-platform`: separate from the cluster, because a provider cannot be configured from a resource of the same stack. */
export class PlatformStack extends TerraceStack {
  public readonly handover: Handover<PlatformHandover>;

  constructor(app: App, props: PlatformStackProps) {
    super(app, props.stack);
    const { region } = props.identity;
    const { kubernetes } = props.tier;
    const cluster = props.handovers.cluster.in(this);
    createHelmProvider(this, { ...cluster, region });

    const values = platformValues(kubernetes, {
      clusterName: cluster.clusterName,
      region,
      vpcId: props.handovers.network.in(this).vpcId,
      namespace: kubernetes.namespace,
      platformLogGroupName: cluster.platformLogGroup.name,
      prometheus: kubernetes.prometheus,
      alertTopics: cluster.alertTopics,
    });
    const releases = Object.entries(values) as [ChartName, object][];
    for (const [chart, chartValues] of releases) new PlatformRelease(this, chart, { chart, values: chartValues });

    this.handover = new Handover<PlatformHandover>(this, {
      releases: Object.fromEntries(releases.map(([chart]) => [chart, CHARTS[chart].version])),
    });
    if (kubernetes.monitoring === 'prometheus') addGrafanaOutputs(this);
  }
}

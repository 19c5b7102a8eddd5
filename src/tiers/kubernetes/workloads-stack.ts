/** The workloads of the Kubernetes tier: a namespace with services, workers and jobs, the same as on every other tier. */
import type { App } from 'cdktf';
import type { ResolvedEdge } from '../../config/resolved/edge';
import type { Identity, ResolvedData, ResolvedNetwork, ResolvedTier, ResolvedWorkloads } from '../../config/resolved/environment';
import type {
  DataHandover,
  DomainHandover,
  KubernetesHandover,
  NetworkHandover,
  PlatformHandover,
  WorkloadsHandover,
} from '../../contracts/handovers';
import { logBucketOf, required } from '../../contracts/lookups';
import { Images } from '../../modules/containers/images';
import { originPeers } from '../../modules/load-balancer/origin-peers';
import { balancerSubnetIds } from '../../modules/load-balancer/subnets';
import { Handover, type Published } from '../../terraform/handover';
import { TerraceStack, type TerraceStackProps } from '../../terraform/terrace-stack';
import { addWorkloadsOutputs } from './outputs';
import { createHelmProvider, createKubernetesProvider } from './providers';
import { workloadContext, type IngressSettings, type WorkloadContext } from './workloads/context';
import { ingressLoadBalancerName } from './workloads/ingress';
import { environmentManifests, usesRotatedSecrets } from './workloads/manifests';
import { CustomResources } from './workloads/resources/custom-resources';
import { PublicIngress } from './workloads/resources/ingress';
import { Namespace } from './workloads/resources/namespace';
import { Reloader } from './workloads/resources/reloader';
import { configFingerprint, Workload, workloadId } from './workloads/resources/workload';

export interface WorkloadsStackProps {
  readonly stack: TerraceStackProps;
  readonly identity: Identity;
  readonly protect: boolean;
  readonly tier: Extract<ResolvedTier, { kind: 'kubernetes' }>;
  readonly workloads: ResolvedWorkloads;
  readonly network: ResolvedNetwork;
  readonly data: ResolvedData;
  /** Who may reach the ingress. */
  readonly edge: ResolvedEdge;
  readonly handovers: {
    readonly network: Handover<NetworkHandover>;
    readonly domain?: Published<DomainHandover>;
    readonly data: Handover<DataHandover>;
    readonly cluster: Handover<KubernetesHandover>;
    /** Read for the order only: its controllers define the custom kinds. */
    readonly platform: Handover<PlatformHandover>;
  };
}

/** `<env>-workloads` */
export class WorkloadsStack extends TerraceStack {
  public readonly handover: Handover<WorkloadsHandover>;
  private readonly data: DataHandover;
  private readonly cluster: KubernetesHandover;

  constructor(
    app: App,
    private readonly props: WorkloadsStackProps,
  ) {
    super(app, props.stack);
    const { identity, handovers, tier, workloads, edge } = props;
    const { environment, region } = identity;
    const { namespace } = tier.kubernetes;
    this.data = handovers.data.in(this);
    this.cluster = handovers.cluster.in(this);
    handovers.platform.in(this);
    createKubernetesProvider(this, { ...this.cluster, region });
    createHelmProvider(this, { ...this.cluster, region });

    const { custom, ingress, ...manifests } = environmentManifests(this.context(), workloads);
    const { ready: after } = new Namespace(this, 'namespace', manifests);
    if (custom.length > 0) new CustomResources(this, 'custom-resources', { namespace, manifests: custom, after });
    if (usesRotatedSecrets(manifests)) new Reloader(this, 'reloader', { namespace, after });
    const services = manifests.workloads.flatMap((workload) => {
      const { service } = new Workload(this, workloadId(workload), { manifests: workload, after });
      return service ?? [];
    });
    const dnsName = ingress && new PublicIngress(this, 'ingress', { manifest: ingress, after: services }).dnsName;

    this.handover = new Handover<WorkloadsHandover>(this, {
      namespace,
      loadBalancer: dnsName === undefined ? undefined : { name: ingressLoadBalancerName(environment), dnsName },
    });
    const { clusterName } = this.cluster;
    const loadBalancerDnsName = edge.balancerScheme === 'internal' ? undefined : dnsName;
    addWorkloadsOutputs(this, { region, clusterName, namespace, workloads, names: edge.serviceNames, loadBalancerDnsName });
  }

  private context(): WorkloadContext {
    const images = new Images(this, 'image', this.data.images);
    return workloadContext(this.props, this.props.tier.kubernetes.namespace, this.data, {
      image: (image) => images.find(image).reference,
      fingerprint: configFingerprint,
      ingress: this.ingressSettings(),
    });
  }

  /** Nothing without routes. */
  private ingressSettings(): IngressSettings | undefined {
    const { identity, workloads, data, handovers, edge } = this.props;
    if (!workloads.services.some(({ routes }) => routes.length > 0)) return undefined;
    return {
      certificateArn: required(handovers.domain?.in(this).certificateArn, `a certificate for ${identity.environment}`),
      scheme: edge.balancerScheme,
      subnetIds: balancerSubnetIds(handovers.network.in(this), edge.balancerScheme),
      idleTimeoutSeconds: edge.idleTimeoutSeconds,
      logBucketName: logBucketOf(data, this.data).name,
      webAclArn: this.cluster.webAclArn,
      strictTransportSecurity: edge.strictTransportSecurity,
      knownHosts: edge.knownHosts,
      redirects: edge.tierRedirects,
      admits: this.admits(edge.originAdmits),
    };
  }

  private admits(origin: ResolvedEdge['originAdmits']): IngressSettings['admits'] {
    const peers = originPeers(this, origin);
    const [list] = peers.flatMap((peer) => ('prefixListId' in peer ? [peer.prefixListId] : []));
    if (list !== undefined) return { kind: 'prefix-list', id: list };
    return { kind: 'networks', cidrs: peers.flatMap((peer) => ('cidr' in peer ? [peer.cidr] : [])) };
  }
}

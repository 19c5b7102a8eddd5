/** What runs in the cluster: the namespace, and in it services, workers and jobs, the same as on every other tier. */
import { IngressV1 } from '@cdktf/provider-kubernetes/lib/ingress-v1';
import type { App } from 'cdktf';
import type {
  Identity,
  ResolvedData,
  ResolvedDomain,
  ResolvedNetwork,
  ResolvedTier,
  ResolvedWorkloads,
} from '../../config/resolved/environment';
import type { ResolvedEdge } from '../../config/resolved/edge';
import { environmentFacts } from '../../modules/containers/variable-values';
import { Images } from '../../modules/containers/images';
import { CustomResources } from './chart/custom-resources';
import { addHelmProvider, addKubernetesProvider } from './cluster-access';
import type { IngressSettings, WorkloadContext } from './workloads/context';
import { ingressLoadBalancerName } from './workloads/ingress';
import { environmentManifests, holdsRotatedSecrets, type EnvironmentManifests } from './workloads/manifests';
import { Namespace } from './workloads/terraform/namespace';
import { toIngress } from './workloads/terraform/network';
import { Reloader } from './workloads/terraform/reloader';
import { configFingerprint, Workload, workloadId } from './workloads/terraform/workload';
import type {
  DataHandover,
  DomainHandover,
  KubernetesHandover,
  NetworkHandover,
  PlatformHandover,
  WorkloadsHandover,
} from '../../contracts/handovers';
import { Handover } from '../../terraform/handover';
import { originPeers } from '../../modules/load-balancer/origin-peers';
import { TerraceStack, type TerraceStackProps } from '../../terraform/terrace-stack';
import { addWorkloadsOutputs } from './workloads-outputs';

export interface WorkloadsStackProps {
  readonly stack: TerraceStackProps;
  readonly identity: Identity;
  readonly protect: boolean;
  readonly tier: Extract<ResolvedTier, { kind: 'kubernetes' }>;
  readonly workloads: ResolvedWorkloads;
  readonly network: ResolvedNetwork;
  readonly domain?: ResolvedDomain;
  readonly data: ResolvedData;
  /** Who may reach the ingress. */
  readonly edge: ResolvedEdge;
  readonly handovers: {
    readonly network: Handover<NetworkHandover>;
    readonly domain?: Handover<DomainHandover>;
    readonly data: Handover<DataHandover>;
    readonly cluster: Handover<KubernetesHandover>;
    /** Its definitions of custom kinds and its controllers must be there before. */
    readonly platform: Handover<PlatformHandover>;
  };
}

/** The workloads of the Kubernetes tier. */
export class WorkloadsStack extends TerraceStack {
  public readonly handover: Handover<WorkloadsHandover>;
  private readonly data: DataHandover;
  private readonly cluster: KubernetesHandover;

  constructor(
    app: App,
    private readonly props: WorkloadsStackProps,
  ) {
    super(app, props.stack);
    const { identity, handovers, tier } = props;
    this.data = handovers.data.in(this);
    this.cluster = handovers.cluster.in(this);
    handovers.platform.in(this);
    addKubernetesProvider(this, this.cluster, identity.region);
    addHelmProvider(this, this.cluster, identity.region);

    const { namespace } = tier.kubernetes;
    const manifests = environmentManifests(this.context(), props.workloads);
    const home = new Namespace(this, 'namespace', manifests);
    this.customResources(manifests, home);
    if (holdsRotatedSecrets(manifests)) new Reloader(this, 'reloader', { namespace, after: home.ready });
    const workloads = manifests.workloads.map(
      (workload) => new Workload(this, workloadId(workload), { manifests: workload, after: home.ready }),
    );
    const dnsName = this.ingress(manifests, workloads);

    this.handover = new Handover<WorkloadsHandover>(this, 'workloads', props.stack.state, {
      namespace,
      loadBalancer: dnsName === undefined ? undefined : { name: ingressLoadBalancerName(identity.environment), dnsName },
    });
    addWorkloadsOutputs(this, {
      region: identity.region,
      clusterName: this.cluster.clusterName,
      namespace,
      workloads: props.workloads,
      domain: props.domain,
      loadBalancerDnsName: dnsName,
    });
  }

  private context(): WorkloadContext {
    const { identity, protect, tier, data, network } = this.props;
    const images = new Images(this, 'image', this.data.images);
    return {
      identity,
      namespace: tier.kubernetes.namespace,
      protect,
      facts: environmentFacts(identity, data, this.data),
      data,
      handover: this.data,
      network: { balancerCidrs: network.subnets.public, dataCidrs: network.subnets.isolated },
      image: (image) => images.find(image).reference,
      fingerprint: configFingerprint,
      ingress: this.door(),
    };
  }

  /** Only with something to lead to. */
  private door(): IngressSettings | undefined {
    const { identity, workloads, data, handovers } = this.props;
    if (!workloads.services.some(({ routes }) => routes.length > 0)) return undefined;
    if (handovers.domain === undefined) {
      throw new Error(`${identity.environment} has routes but no certificate for HTTPS: add \`domain\`, or take the routes away`);
    }
    return {
      certificateArn: handovers.domain.in(this).certificateArn,
      subnetIds: handovers.network.in(this).publicSubnetIds,
      logBucketName: this.data.buckets[data.logBucket]?.name ?? data.logBucket,
      webAclArn: this.cluster.webAclArn,
      admits: this.admits(),
    };
  }

  private admits(): IngressSettings['admits'] {
    const peers = originPeers(this, this.props.edge.originAdmits);
    const [list] = peers.flatMap((peer) => ('prefixListId' in peer ? [peer] : []));
    return list ?? { cidrs: peers.flatMap((peer) => ('cidr' in peer ? [peer.cidr] : [])) };
  }

  private customResources({ custom }: EnvironmentManifests, { ready }: Namespace): void {
    if (custom.length === 0) return;
    new CustomResources(this, 'custom-resources', {
      namespace: this.props.tier.kubernetes.namespace,
      manifests: custom,
      after: ready,
    });
  }

  /** Behind its services, so that a destroy takes the door away first and the controller can still clear up behind it. */
  private ingress({ ingress }: EnvironmentManifests, workloads: readonly Workload[]): string | undefined {
    if (ingress === undefined) return undefined;
    const services = workloads.flatMap(({ service }) => (service === undefined ? [] : [service]));
    const door = new IngressV1(this, 'ingress', { ...toIngress(ingress), dependsOn: services });
    return door.status.get(0).loadBalancer.get(0).ingress.get(0).hostname;
  }
}

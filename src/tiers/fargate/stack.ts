/** The Fargate tier: cluster, load balancer, services, workers, jobs, builders, and their access to data. */
import type { App } from 'cdktf';
import { calledServices, runningWorkloads } from '../../config/calculations/workloads';
import { serviceHost } from '../../config/names';
import type {
  Identity,
  ResolvedData,
  ResolvedSleep,
  ResolvedTier,
  ResolvedWorker,
  ResolvedWorkloads,
} from '../../config/resolved/environment';
import type { ResolvedEdge } from '../../config/resolved/edge';
import { environmentFacts, serviceFacts } from '../../modules/containers/variable-values';
import { BacklogScaling } from './backlog-scaling';
import { connectCallers, createDiscovery, type CalledService } from './calls';
import { FargateCluster } from './cluster';
import { Images } from '../../modules/containers/images';
import { FargateJob } from './job';
import { FargateService } from './service';
import { ServiceRestart } from './service-restart';
import { ServiceScaling } from './service-scaling';
import type { TaskContext } from './task';
import { ApplicationLoadBalancer } from '../../modules/load-balancer/application-load-balancer';
import type { DataHandover, DomainHandover, FargateHandover, NetworkHandover } from '../../contracts/handovers';
import { logBucketOf, logKeyArnOf, required } from '../../contracts/lookups';
import { addBuilders } from './builders';
import { fargateHandover, addFargateOutputs } from './outputs';
import { addRedeployment } from './rotation';
import { Handover, type Published } from '../../terraform/handover';
import { originPeers } from '../../modules/load-balancer/origin-peers';
import { balancerSubnetIds } from '../../modules/load-balancer/subnets';
import { WebAcl } from '../../modules/waf/web-acl';
import { TerraceStack, type TerraceStackProps } from '../../terraform/terrace-stack';

export interface FargateStackProps {
  readonly stack: TerraceStackProps;
  readonly identity: Identity;
  readonly protect: boolean;
  /** When the environment sleeps. @default never */
  readonly sleep?: ResolvedSleep;
  readonly tier: Extract<ResolvedTier, { kind: 'fargate' }>;
  readonly workloads: ResolvedWorkloads;
  readonly edge: ResolvedEdge;
  readonly data: ResolvedData;
  /** Whether previews join its cluster and load balancer. */
  readonly hasPreviews: boolean;
  readonly handovers: {
    readonly network: Handover<NetworkHandover>;
    readonly domain?: Published<DomainHandover>;
    readonly data: Handover<DataHandover>;
  };
}

/** Compute on ECS Fargate. */
export class FargateStack extends TerraceStack {
  public readonly handover: Handover<FargateHandover>;
  private readonly network: NetworkHandover;
  private readonly data: DataHandover;
  /** Key of a service or worker to the ARN of its scalable target. */
  private readonly scalableTargetArns = new Map<string, string>();

  constructor(
    app: App,
    private readonly props: FargateStackProps,
  ) {
    super(app, props.stack);
    const { identity, workloads, edge } = props;
    this.network = props.handovers.network.in(this);
    this.data = props.handovers.data.in(this);

    const cluster = this.createCluster();
    const context = this.taskContext(cluster);
    const balancer = this.createLoadBalancer();
    const webAcl = balancer && this.createWebAcl(balancer);
    this.createServiceRestart(cluster);
    const services = this.createServices(context, cluster, balancer);
    const workers = this.createWorkers(context, cluster);
    const callable = connectCallers(workloads.services, new Map([...services, ...workers]));
    const jobs = this.createJobs(context, cluster, callable);
    addBuilders(this, {
      context,
      builders: workloads.builders,
      logRetentionDays: props.data.logs.retentionDays,
      logKeyArn: this.logKeyArn,
    });
    addRedeployment(this, {
      context,
      clusterName: cluster.name,
      workloads,
      data: props.data,
      running: new Map([...services, ...workers]),
    });

    this.handover = new Handover(this, {
      ...fargateHandover(cluster, balancer, services, workers, jobs, webAcl, props.hasPreviews),
      scalableTargetArns: props.sleep && Object.fromEntries(this.scalableTargetArns),
    });
    addFargateOutputs(this, {
      region: identity.region,
      clusterName: props.tier.clusterName,
      workloads,
      jobs,
      names: edge.serviceNames,
      loadBalancerDnsName: edge.balancerScheme === 'internal' ? undefined : balancer?.dnsName,
      databaseHost: this.data.database?.host,
    });
  }

  /** The key that encrypts logs; CloudWatch's own unless the environment asks for more. */
  private get logKeyArn(): string | undefined {
    return logKeyArnOf(this.props.data, this.data.keyArn);
  }

  private createCluster(): FargateCluster {
    const { tier, workloads, data } = this.props;
    const opensShells = runningWorkloads(workloads).some(({ exec }) => exec);
    return new FargateCluster(this, 'cluster', {
      name: tier.clusterName,
      containerInsights: tier.containerInsights,
      execLog: opensShells
        ? { groupName: `${this.props.identity.path}/shells`, retentionDays: data.logs.retentionDays, keyArn: this.logKeyArn }
        : undefined,
    });
  }

  private taskContext({ name: clusterName, execLogGroupArn }: FargateCluster): TaskContext {
    const { identity, data, workloads } = this.props;
    const hostOf = (key: string) => serviceHost(identity.environment, key);
    return {
      environment: identity.environment,
      clusterName,
      region: identity.region,
      accountId: this.accountId,
      secretPath: identity.path,
      data,
      handover: this.data,
      facts: environmentFacts(identity, data, this.data, serviceFacts(workloads.services, hostOf)),
      images: new Images(this, 'image', this.data.images),
      execLogGroupArn,
      sleepParameterName: this.props.sleep?.parameterName,
    };
  }

  /** Only where a service has routes. */
  private createLoadBalancer(): ApplicationLoadBalancer | undefined {
    const { identity, protect, workloads, edge, data, handovers } = this.props;
    const routed = workloads.services.filter(({ routes }) => routes.length > 0);
    if (routed.length === 0) return undefined;
    return new ApplicationLoadBalancer(this, 'load-balancer', {
      environment: identity.environment,
      vpcId: this.network.vpcId,
      scheme: edge.balancerScheme,
      subnetIds: balancerSubnetIds(this.network, edge.balancerScheme),
      admits: originPeers(this, edge.originAdmits),
      certificateArn: required(handovers.domain?.in(this).certificateArn, `a certificate for ${identity.environment}`),
      logBucketName: logBucketOf(data, this.data).name,
      idleTimeoutSeconds: edge.idleTimeoutSeconds,
      protect,
      strictTransportSecurity: edge.strictTransportSecurity,
      services: routed,
      knownHosts: edge.knownHosts,
      redirects: edge.tierRedirects,
    });
  }

  /** The environment's web ACL, unless CloudFront has it. */
  private createWebAcl(balancer: ApplicationLoadBalancer): WebAcl | undefined {
    const { edge, identity } = this.props;
    if (edge.waf?.scope !== 'REGIONAL') return undefined;
    const webAcl = new WebAcl(this, 'web-acl', { waf: edge.waf, region: identity.region, accountId: this.accountId });
    webAcl.guard(balancer.arn);
    return webAcl;
  }

  /** Without the circuit breaker, ECS never stops starting tasks. */
  private createServiceRestart({ name: clusterName }: FargateCluster): void {
    const { identity, workloads } = this.props;
    const services = runningWorkloads(workloads).filter(({ deployment }) => deployment.circuitBreaker);
    if (services.length === 0) return;
    new ServiceRestart(this, 'service-restart', {
      environment: identity.environment,
      region: identity.region,
      accountId: this.accountId,
      clusterName,
      services: services.map(({ name }) => name),
    });
  }

  private createServices(
    context: TaskContext,
    cluster: FargateCluster,
    balancer: ApplicationLoadBalancer | undefined,
  ): ReadonlyMap<string, FargateService> {
    const { identity, workloads } = this.props;
    const discovery = createDiscovery(this, {
      environment: identity.environment,
      vpcId: this.network.vpcId,
      services: workloads.services,
    });
    return new Map(
      workloads.services.map((workload) => {
        const target = balancer?.targets.get(workload.key);
        const registryArn = discovery?.registryArns.get(workload.key);
        const service = this.createService(`service-${workload.key}`, { context, cluster, workload, target, registryArn });
        const { targetArn } = new ServiceScaling(service, 'scaling', {
          clusterName: cluster.name,
          serviceName: service.name,
          name: workload.name,
          replicas: workload.replicas,
          scaling: workload.scaling,
          requestsResourceLabel: balancer && target && `${balancer.arnSuffix}/${target.arnSuffix}`,
        });
        this.scalableTargetArns.set(workload.key, targetArn);
        return [workload.key, service];
      }),
    );
  }

  private createWorkers(context: TaskContext, cluster: FargateCluster): ReadonlyMap<string, FargateService> {
    return new Map(
      this.props.workloads.workers.map((workload) => {
        const worker = this.createService(`worker-${workload.key}`, { context, cluster, workload });
        this.scalableTargetArns.set(workload.key, this.createWorkerScaling(worker, workload, cluster).targetArn);
        return [workload.key, worker];
      }),
    );
  }

  private createService(id: string, props: Omit<ConstructorParameters<typeof FargateService>[2], 'network'>): FargateService {
    return new FargateService(this, id, { ...props, network: this.network });
  }

  private createWorkerScaling(
    worker: FargateService,
    { name, replicas, scaling }: ResolvedWorker,
    cluster: FargateCluster,
  ): ServiceScaling | BacklogScaling {
    const common = { clusterName: cluster.name, serviceName: worker.name, name, replicas };
    if (scaling?.kind !== 'queue') {
      return new ServiceScaling(worker, 'scaling', { ...common, scaling });
    }
    const { queue, messagesPerTask, scaleOutCooldownSeconds, scaleInCooldownSeconds } = scaling;
    const queueName = this.data.queues[queue]?.name;
    if (queueName === undefined) throw new Error(`${name} scales on the queue "${queue}", which the data stack does not have`);
    return new BacklogScaling(worker, 'scaling', {
      ...common,
      queueName,
      messagesPerTask,
      scaleOutCooldownSeconds,
      scaleInCooldownSeconds,
    });
  }

  private createJobs(
    context: TaskContext,
    cluster: FargateCluster,
    callable: readonly CalledService[],
  ): ReadonlyMap<string, FargateJob> {
    return new Map(
      this.props.workloads.jobs.map((job) => {
        const calls = calledServices(job.key, callable);
        const props = { context, clusterArn: cluster.arn, network: this.network, job, calls };
        return [job.key, new FargateJob(this, `job-${job.key}`, props)];
      }),
    );
  }
}

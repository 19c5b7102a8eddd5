/** The containers of a preview: services, workers and jobs of its own, in the cluster and behind the load balancer of its environment. */
import { calledServices, runningWorkloads } from '../../config/calculations/workloads';
import { DATABASE_DROP_KEY, DATABASE_INIT_KEY, serviceHost } from '../../config/names';
import type { ResolvedJob } from '../../config/resolved/environment';
import type { FargateHandover } from '../../contracts/handovers';
import { required } from '../../contracts/lookups';
import { Images } from '../../modules/containers/images';
import { environmentFacts, serviceFacts } from '../../modules/containers/variable-values';
import { SharedListener } from '../../modules/load-balancer/shared-listener';
import { PublishedElsewhere } from '../../terraform/handover';
import type { PreviewCompute, PreviewContext } from '../tier';
import { connectCallers, createDiscovery } from './calls';
import { FargateJob } from './job';
import { addFargateOutputs } from './outputs';
import { FargateService } from './service';
import type { TaskContext } from './task';

/** What the stack of the environment publishes, by its shape. */
const SHARED = {
  clusterName: '',
  loadBalancer: { arn: '', arnSuffix: '', dnsName: '', hostedZoneId: '' },
  previews: { clusterArn: '', listenerArn: '', balancerSecurityGroupId: '' },
};

/** The jobs that log in as the master of the database server: they run a fixed script in an image of Terrace's choice. */
const MASTER_JOBS: readonly string[] = [DATABASE_INIT_KEY, DATABASE_DROP_KEY];

export function createFargatePreview(context: PreviewContext): PreviewCompute {
  const { stack, preview, network } = context;
  const { workloads, identity, hosts, data } = preview;
  const shared = new PublishedElsewhere<Pick<FargateHandover, 'clusterName' | 'loadBalancer' | 'previews'>>(
    context.parentState('compute-fargate'),
    SHARED,
  ).in(stack);
  const loadBalancer = required(shared.loadBalancer, 'the load balancer of the environment');
  const previews = required(shared.previews, 'what previews share');

  const tasks = taskContext(context, shared.clusterName);
  const listener = new SharedListener(stack, 'listener', {
    ...previews,
    owner: identity.environment,
    vpcId: network.vpcId,
    certificateArn: context.certificateArn,
    hosts,
    firstPriority: preview.firstPriority,
    services: workloads.services.filter(({ routes }) => routes.length > 0),
  });
  // The capacity providers of the cluster were there before the environment could publish it.
  const cluster = { arn: previews.clusterArn, ready: [] };
  const discovery = createDiscovery(stack, {
    environment: identity.environment,
    vpcId: network.vpcId,
    services: workloads.services,
  });
  const running = new Map(
    runningWorkloads(workloads).map((workload) => {
      const target = listener.targets.get(workload.key);
      const registryArn = discovery?.registryArns.get(workload.key);
      const props = { context: tasks, cluster, network, workload, target, registryArn, sharesCluster: true };
      return [workload.key, new FargateService(stack, `${workload.kind}-${workload.key}`, props)];
    }),
  );
  const callable = connectCallers(workloads.services, running);
  const jobs = new Map(
    workloads.jobs.map((job) => [
      job.key,
      new FargateJob(stack, `job-${job.key}`, {
        context: jobContext(job, tasks, context),
        clusterArn: cluster.arn,
        network,
        job,
        calls: calledServices(job.key, callable),
      }),
    ]),
  );
  addFargateOutputs(stack, {
    region: identity.region,
    clusterName: shared.clusterName,
    workloads: { ...workloads, builders: [] },
    jobs,
    names: hosts,
    loadBalancerDnsName: loadBalancer.dnsName,
  });
  return { loadBalancer };

  function taskContext({ handover }: PreviewContext, clusterName: string): TaskContext {
    return {
      environment: identity.environment,
      clusterName,
      region: identity.region,
      accountId: stack.accountId,
      secretPath: identity.path,
      data: { buckets: data.buckets, logGroups: data.logGroups },
      handover,
      facts: environmentFacts(
        identity,
        data,
        handover,
        serviceFacts(workloads.services, (key) => serviceHost(identity.environment, key)),
      ),
      images: new Images(stack, 'image', handover.images, preview.tags),
    };
  }
}

/** Only these jobs may read the login of the master, with the key that encrypts it. */
function jobContext({ key }: ResolvedJob, tasks: TaskContext, { master }: PreviewContext): TaskContext {
  const { handover } = tasks;
  if (!MASTER_JOBS.includes(key) || handover.database === undefined) return tasks;
  const database = { ...handover.database, masterSecretArn: master?.secretArn };
  return { ...tasks, handover: { ...handover, database, keyArn: master?.keyArn } };
}

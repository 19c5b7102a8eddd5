/** The quantities that the estimate of the cost uses, assumed from the environment where it states none. Pure. */
import { asleepShare } from '../calculations/sleep-times';
import { runningWorkloads } from '../calculations/workloads';
import type { ResolvedCost, ResolvedUsage, UsageName, UsageQuantity } from '../resolved/cost';
import type { ParsedEnvironment } from '../schema/environment';

/** Assumed: 20 kB for each request. */
const GB_PER_MILLION_REQUESTS = 20;

export function resolveCost(parsed: ParsedEnvironment): ResolvedCost {
  const { sleep } = parsed;
  const { budget } = parsed.observability;
  const { cloudflare } = parsed.edge;
  return {
    usage: resolveUsage(parsed),
    limit: budget && { monthlyUsd: budget.monthlyUsd, acknowledged: Object.keys(parsed.acknowledge) },
    // With zone rules elsewhere, another environment pays for the plan.
    cloudflarePlan:
      cloudflare !== undefined && 'plan' in cloudflare && cloudflare.zoneRules !== 'elsewhere' ? cloudflare.plan : undefined,
    asleep: sleep && { share: asleepShare(sleep), database: sleep.database === 'stopped' },
  };
}

export function resolveUsage(parsed: ParsedEnvironment): ResolvedUsage {
  const { usage, buckets, fileSystems, images, queues, jobs, builders, frontends } = parsed;
  const services = Object.values(parsed.services);
  const running = runningWorkloads({ services, workers: Object.values(parsed.workers) });
  const routed = services.filter(({ routes }) => routes.length > 0);
  const publicTasks = routed.reduce((sum, { replicas }) => sum + replicas.min, 0);
  const tasks = running.reduce((sum, { replicas }) => sum + Math.max(1, replicas.min), 0);
  const archiving = Object.values(buckets).filter(({ transitions }) => transitions.length > 0).length;
  const scheduled = Object.values(jobs).filter(({ schedule }) => schedule !== undefined).length;
  const onDemand = Object.keys(jobs).length - scheduled;
  const builds = Object.keys(builders).length + Object.values(frontends).filter(({ kind }) => kind === 'amplify').length;
  const quantity = (name: UsageName, assumed: number, assumption: string): UsageQuantity => {
    const stated = usage[name];
    return stated === undefined ? { value: assumed, assumption } : { value: stated };
  };
  const requests = quantity('requestsPerMonth', publicTasks * 1_000_000, '1,000,000 for each task of a service with routes');
  return {
    requestsPerMonth: requests,
    transferOutGb: quantity('transferOutGb', (requests.value / 1_000_000) * GB_PER_MILLION_REQUESTS, '20 kB for each request'),
    natGb: quantity('natGb', 5 * tasks, '5 GB for each task'),
    storedGb: quantity('storedGb', 10 * Object.keys(buckets).length, '10 GB for each bucket'),
    archivedGb: quantity('archivedGb', 10 * archiving, '10 GB for each bucket with transitions'),
    filesGb: quantity('filesGb', 10 * Object.keys(fileSystems).length, '10 GB for each file system'),
    imagesGb: quantity('imagesGb', Object.keys(images).length, '1 GB for each image'),
    logsGb: quantity('logsGb', running.length, '1 GB for each service and worker'),
    messagesPerMonth: quantity('messagesPerMonth', 100_000 * Object.keys(queues).length, '100,000 for each queue'),
    emailsPerMonth: quantity('emailsPerMonth', parsed.email === undefined ? 0 : 10_000, '10,000 with `email`'),
    jobHoursPerMonth: quantity('jobHoursPerMonth', 5 * scheduled + onDemand, '5 hours for each scheduled job, 1 for each other'),
    buildMinutesPerMonth: quantity('buildMinutesPerMonth', 100 * builds, '100 minutes for each builder and Amplify frontend'),
    dailyChangePercent: quantity('dailyChangePercent', 2, '2 % of the data changes in a day'),
    averageTasks: usage.averageTasks,
  };
}

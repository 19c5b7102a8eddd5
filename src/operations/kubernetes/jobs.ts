/** Jobs on a cluster: a Job from the template of the job's CronJob. */
import type { V1CronJob } from '@kubernetes/client-node' with { 'resolution-mode': 'import' };
import { TimedOut } from '../../aws/waiting';
import { CommandError } from '../../cli/errors';
import { POLLING_SECONDS, watchJob } from '../job-watch';
import { jobOf, SKIPPED_EXIT_CODE, type JobRun, type JobRunner, type JobRunOptions } from '../job-runs';
import type { Target } from '../target';
import { JobLogin } from './job-login';
import { JobPod } from './job-pod';
import { explainedByCluster, renewedConnection, type ClusterCalls } from './renewed-connection';

export class KubernetesJobs implements JobRunner {
  private readonly connection: () => Promise<ClusterCalls>;

  constructor(
    private readonly target: Target,
    /** Seconds between two looks at a run. */
    private readonly everySeconds = POLLING_SECONDS,
  ) {
    this.connection = renewedConnection(target);
  }

  public run(key: string, options: JobRunOptions): Promise<JobRun> {
    return explainedByCluster(`running the job ${key}`, () => this.runOnce(key, options));
  }

  private async runOnce(key: string, { image, report, signal, detach = false }: JobRunOptions): Promise<JobRun> {
    const { concurrency } = jobOf(this.target, key);
    if (concurrency === 'forbid' && (await this.isActive(key)))
      return { exitCode: SKIPPED_EXIT_CODE, skipped: true, reason: 'another run is active' };
    const cronJob = await this.templateOf(key);
    const login = new JobLogin(this.connection, cronJob, this.everySeconds);
    if (detach && login.isNeeded)
      throw new CommandError(
        `${key} logs in as the master of the database, whose login is in the cluster during the run only\n  fix   run it without --detach`,
      );
    try {
      await login.create(signal).catch(explainLogin);
      const id = await this.start(cronJob, image);
      report(`started the Job ${id}`);
      if (detach) return { exitCode: 0, id };
      const pod = new JobPod(this.connection, id, key, report);
      try {
        return await this.watch(key, id, pod, { report, signal });
      } finally {
        // Whoever stops watching does not take the login from a pod that has not read it yet.
        if (login.isNeeded && signal?.aborted === true) await pod.started(this.everySeconds);
      }
    } finally {
      await login.delete();
    }
  }

  /** Kubernetes applies the policy of a CronJob only to runs of its schedule. */
  private async isActive(key: string): Promise<boolean> {
    const { batch, namespace } = await this.calls();
    const { items } = await batch.listNamespacedJob({ namespace, labelSelector: `app.kubernetes.io/name=${key}` });
    return items.some(({ status }) => (status?.active ?? 0) > 0);
  }

  private async templateOf(key: string): Promise<V1CronJob> {
    const { batch, namespace } = await this.calls();
    return batch.readNamespacedCronJob({ name: key, namespace });
  }

  private async start(cronJob: V1CronJob, image: string | undefined): Promise<string> {
    const { client } = await this.connection();
    const { batch, namespace } = await this.calls();
    const body = Object.assign(new client.V1Job(), jobFrom(cronJob, image));
    const { metadata } = await batch.createNamespacedJob({ namespace, body });
    return metadata?.name ?? '';
  }

  private async watch(
    key: string,
    id: string,
    pod: JobPod,
    { report, signal }: Pick<JobRunOptions, 'report' | 'signal'>,
  ): Promise<JobRun> {
    const look = async () => {
      const { batch, namespace } = await this.calls();
      const { status } = await batch.readNamespacedJob({ name: id, namespace });
      return status?.conditions?.find(
        ({ type, status: value }) => value === 'True' && (type === 'Complete' || type === 'Failed'),
      );
    };
    const { everySeconds } = this;
    const doing = `watching the job ${key}`;
    const ended = await watchJob({ doing, look, show: () => pod.show(), report, everySeconds, signal });
    if (ended.type === 'Complete') return { exitCode: 0, id };
    const { exitCode = 1, reason } = await pod.end();
    return { exitCode: exitCode === 0 ? 1 : exitCode, reason: reason ?? ended.message ?? ended.reason, id };
  }

  private async calls() {
    const { client, config, namespace } = await this.connection();
    return { batch: config.makeApiClient(client.BatchV1Api), namespace };
  }
}

/** The name of a Job is unique in its namespace, so it ends in the time. */
function jobFrom({ metadata, spec }: V1CronJob, image: string | undefined) {
  const key = metadata?.name ?? '';
  const template = structuredClone(spec?.jobTemplate);
  for (const container of template?.spec?.template.spec?.containers ?? [])
    if (image !== undefined && container.name === key) container.image = image;
  const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: key, uid: metadata?.uid ?? '' };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: `${key}-${Math.floor(Date.now() / 1000)}`,
      labels: template?.metadata?.labels,
      annotations: { ...template?.metadata?.annotations, 'cronjob.kubernetes.io/instantiate': 'manual' },
      ownerReferences: [owner],
    },
    spec: template?.spec,
  };
}

function explainLogin(error: unknown): never {
  if (!(error instanceof TimedOut)) throw error;
  throw new CommandError(
    `External Secrets has not read the login of the database's master ${error.message}: nothing was started\n  fix   kubectl describe externalsecret shows why`,
  );
}

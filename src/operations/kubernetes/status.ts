/** Deployments and the last Jobs of each CronJob in the namespace of an environment. */
import type { V1Deployment, V1Job } from '@kubernetes/client-node' with { 'resolution-mode': 'import' };
import { explained } from '../../aws/errors';
import { ago, duration, secondsSince, shortImage } from '../status/ages';
import { fine, judged, note, wrong, type Row, type TierStatus } from '../status/row';
import type { Target } from '../target';
import { connectToCluster, type ClusterConnection } from './connection';

/** Which workload an object belongs to. */
const KEY_LABEL = 'app.kubernetes.io/name';

export class KubernetesStatus implements TierStatus {
  private connecting?: Promise<ClusterConnection | undefined>;

  constructor(
    private readonly target: Target,
    private readonly now: Date,
  ) {}

  public async services(): Promise<readonly Row[]> {
    const connection = await this.connect();
    if (connection === undefined) return [note('none', 'workloads is not deployed')];
    const { config, namespace } = connection;
    const { AppsV1Api: Apps } = await import('@kubernetes/client-node');
    const { items } = await explained('listing Deployments', () =>
      config.makeApiClient(Apps).listNamespacedDeployment({ namespace }),
    );
    const { services, workers } = this.target.environment.workloads;
    return [...services, ...workers].map(({ key }) => {
      const found = items.find(({ metadata }) => metadata?.name === key);
      return found === undefined
        ? wrong(key, `there is no Deployment ${key}`, { deployment: null })
        : this.deploymentRow(key, found);
    });
  }

  private deploymentRow(key: string, { spec, status, metadata }: V1Deployment): Row {
    const desired = spec?.replicas ?? 1;
    const ready = status?.readyReplicas ?? 0;
    const containers = spec?.template.spec?.containers ?? [];
    const image = (containers.find(({ name }) => name === key) ?? containers[0])?.image;
    const progressing = status?.conditions?.find(({ type }) => type === 'Progressing');
    const since = progressing?.lastUpdateTime ?? metadata?.creationTimestamp;
    const facts = { desired, ready, updated: status?.updatedReplicas ?? 0, image: image ?? null, since: isoOf(since) };
    const age = since === undefined ? '' : `, for ${duration(secondsSince(new Date(since), this.now))}`;
    const text = `${ready} of ${desired} ready${image === undefined ? '' : `, ${shortImage(image)}`}${age}`;
    if (progressing?.reason === 'ProgressDeadlineExceeded') return wrong(key, `${text}; its rollout has FAILED`, facts);
    if (desired === 0)
      return note(key, `${text}; none is wanted${this.target.environment.sleep === undefined ? '' : ', it sleeps'}`, facts);
    if ((status?.updatedReplicas ?? 0) < desired) return note(key, `${text}; a rollout is in progress`, facts);
    return judged(ready >= desired, key, text, facts);
  }

  public async jobs(): Promise<readonly Row[]> {
    const { jobs } = this.target.environment.workloads;
    if (jobs.length === 0) return [];
    const connection = await this.connect();
    if (connection === undefined) return [note('none', 'workloads is not deployed')];
    const { config, namespace } = connection;
    const { BatchV1Api: Batch } = await import('@kubernetes/client-node');
    const { items } = await explained('listing Jobs', () => config.makeApiClient(Batch).listNamespacedJob({ namespace }));
    return jobs.map(({ key }) => {
      const runs = items
        .filter(({ metadata }) => metadata?.labels?.[KEY_LABEL] === key)
        .sort((one, other) => startOf(other) - startOf(one));
      return runs[0] === undefined
        ? note(key, 'has not run, or its Jobs are removed', { status: null })
        : this.jobRow(key, runs[0]);
    });
  }

  private jobRow(key: string, job: V1Job): Row {
    const condition = job.status?.conditions?.find(
      ({ type, status }) => status === 'True' && (type === 'Complete' || type === 'Failed'),
    );
    const started = job.status?.startTime ?? job.metadata?.creationTimestamp;
    const ended = job.status?.completionTime ?? condition?.lastTransitionTime;
    const facts = {
      job: job.metadata?.name ?? '',
      status: condition?.type ?? 'Running',
      startedAt: isoOf(started),
      endedAt: isoOf(ended),
    };
    const when = (date: Date | undefined): string => (date === undefined ? '' : ` ${ago(new Date(date), this.now)}`);
    if (condition === undefined) return note(key, `runs, started${when(started)}`, facts);
    if (condition.type === 'Complete') return fine(key, `succeeded${when(ended)}`, facts);
    return wrong(key, `failed${when(ended)}: ${condition.reason ?? condition.message ?? ''}`, facts);
  }

  private connect(): Promise<ClusterConnection | undefined> {
    this.connecting ??= this.connectNow();
    return this.connecting;
  }

  private async connectNow(): Promise<ClusterConnection | undefined> {
    const { published } = this.target;
    const deployed = await Promise.all([published('compute-kubernetes'), published('workloads')]);
    return deployed.includes(undefined) ? undefined : connectToCluster(this.target);
  }
}

function startOf({ metadata }: V1Job): number {
  return metadata?.creationTimestamp === undefined ? 0 : new Date(metadata.creationTimestamp).getTime();
}

function isoOf(date: Date | undefined): string | null {
  return date === undefined ? null : new Date(date).toISOString();
}

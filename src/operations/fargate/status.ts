/** Services, workers and the last runs of jobs on Fargate. */
import type { Service } from '@aws-sdk/client-ecs';
import { explained, isAwsError } from '../../aws/errors';
import { ago, duration, secondsSince, shortImage } from '../status/ages';
import { fine, judged, note, wrong, type Row, type TierStatus } from '../status/row';
import { checkAccount, type Target } from '../target';
import { jobStateMachineArn } from './job-placement';

/** ECS describes no more services at once. */
const SERVICES_A_CALL = 10;

export class FargateStatus implements TierStatus {
  constructor(
    private readonly target: Target,
    private readonly now: Date,
  ) {}

  public async services(): Promise<readonly Row[]> {
    const compute = await this.target.published('compute-fargate');
    if (compute === undefined) return [note('none', 'compute-fargate is not deployed')];
    const wanted = [...Object.entries(compute.services), ...Object.entries(compute.workers)].map(
      ([key, { name }]) => [key, name] as const,
    );
    const found = await this.described(
      compute.clusterName,
      wanted.map(([, name]) => name),
    );
    return Promise.all(
      wanted.map(async ([key, name]) => {
        const service = found.find(({ serviceName, status }) => serviceName === name && status !== 'INACTIVE');
        if (service === undefined) return wrong(key, `ECS has no service ${name}`, { service: name });
        return this.serviceRow(key, service);
      }),
    );
  }

  private async described(cluster: string, names: readonly string[]): Promise<readonly Service[]> {
    const ecs = await this.target.aws.ecs();
    const parts = Array.from({ length: Math.ceil(names.length / SERVICES_A_CALL) }, (_, index) =>
      names.slice(index * SERVICES_A_CALL, (index + 1) * SERVICES_A_CALL),
    );
    const answers = await Promise.all(
      parts.map((services) => explained('describing services', () => ecs.describeServices({ cluster, services: [...services] }))),
    );
    return answers.flatMap(({ services = [] }) => services);
  }

  private async serviceRow(key: string, service: Service): Promise<Row> {
    const { desiredCount: desired = 0, runningCount: running = 0, pendingCount: pending = 0, taskDefinition = '' } = service;
    const primary = service.deployments?.find(({ status }) => status === 'PRIMARY');
    const rollout = primary?.rolloutState ?? '';
    const image = await this.imageOf(key, primary?.taskDefinition ?? taskDefinition);
    const since = primary?.createdAt;
    const facts = { desired, running, pending, rollout, image: image ?? null, since: since?.toISOString() ?? null };
    const age = since === undefined ? '' : `, for ${duration(secondsSince(since, this.now))}`;
    const text = `${running} of ${desired} running${image === undefined ? '' : `, ${shortImage(image)}`}${age}`;
    if (rollout === 'FAILED') return wrong(key, `${text}; its rollout has FAILED`, facts);
    if (desired === 0)
      return note(key, `${text}; none is wanted${this.target.environment.sleep === undefined ? '' : ', it sleeps'}`, facts);
    if (rollout === 'IN_PROGRESS') return note(key, `${text}; a rollout is in progress`, facts);
    return judged(running >= desired, key, text, facts);
  }

  /** The container of a service has its key; the others are sidecars. */
  private async imageOf(key: string, taskDefinition: string): Promise<string | undefined> {
    const ecs = await this.target.aws.ecs();
    const { taskDefinition: found } = await explained('reading task definitions', () =>
      ecs.describeTaskDefinition({ taskDefinition }),
    );
    const containers = found?.containerDefinitions ?? [];
    return (containers.find(({ name }) => name === key) ?? containers[0])?.image;
  }

  public async jobs(): Promise<readonly Row[]> {
    const { jobs } = this.target.environment.workloads;
    if (jobs.length === 0) return [];
    const account = await checkAccount(this.target);
    return Promise.all(jobs.map(({ key }) => this.jobRow(key, jobStateMachineArn(this.target, account, key))));
  }

  private async jobRow(key: string, stateMachineArn: string): Promise<Row> {
    const functions = await this.target.aws.sfn();
    try {
      const { executions: [last] = [] } = await functions.listExecutions({ stateMachineArn, maxResults: 1 });
      if (last === undefined) return note(key, 'has not run', { status: null });
      const { status = '', startDate, stopDate } = last;
      const facts = { status, startedAt: startDate?.toISOString() ?? null, endedAt: stopDate?.toISOString() ?? null };
      const at = stopDate ?? startDate;
      const when = at === undefined ? '' : ` ${ago(at, this.now)}`;
      if (status === 'RUNNING') return note(key, `runs, started${when}`, facts);
      const text = `${status.toLowerCase().replaceAll('_', ' ')}${when}`;
      return status === 'SUCCEEDED' ? fine(key, text, facts) : wrong(key, text, facts);
    } catch (error) {
      if (isAwsError(error, 'StateMachineDoesNotExist')) return note(key, 'not deployed', { status: null });
      return explained(`reading the runs of ${key}`, () => Promise.reject(error as Error));
    }
  }
}

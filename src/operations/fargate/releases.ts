/**
 * A release on Fargate: a new revision of each task definition, and an update of each service. Jobs need no more than the revision,
 * because their state machines run the newest one.
 *
 * A plan of Terraform shows no change afterwards: it follows the newest revision, whose images are those of the parameters.
 */
import type { Service } from '@aws-sdk/client-ecs';
import { explained } from '../../aws/errors';
import { Interrupted } from '../../aws/waiting';
import { CommandError } from '../../cli/errors';
import {
  runningIn,
  wantedImages,
  type ArnOf,
  type PolicyStatement,
  type References,
  type Releaser,
  type Rolled,
  type RollOptions,
  type Running,
} from '../release/releaser';
import type { Target } from '../target';
import { fargateStatements } from './release-policy';
import { describeServices, primaryOf, worksTowards } from './deployments';
import { settle, type InCluster } from './settle';
import { formerRevision, revisionOf, revisionWith, type Revision } from './task-definitions';

export class FargateReleaser implements Releaser {
  public readonly stacks = ['compute-fargate'] as const;
  public readonly unit = 'tasks';

  constructor(private readonly target: Target) {}

  public async policy(rolled: readonly Rolled[], arn: ArnOf): Promise<readonly PolicyStatement[]> {
    return fargateStatements(this.target, await this.cluster(), rolled, arn);
  }

  public async check(rolled: readonly Rolled[]): Promise<readonly string[]> {
    const { name, published } = this.target;
    if ((await published('compute-fargate')) === undefined) return [`${name}-compute-fargate is not deployed`];
    const problems: string[] = [];
    const names = await this.serviceNames();
    for (const one of rolled)
      if ((one.kind !== 'job' && names[one.key] === undefined) || (await revisionOf(this.target, one.name)) === undefined)
        problems.push(`the ${one.kind} ${one.key} is not deployed\n  fix   apply ${name}-compute-fargate`);
    try {
      await this.services(rolled);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      problems.push(error.message);
    }
    return problems;
  }

  public async running(rolled: readonly Rolled[]): Promise<Running> {
    const services = await this.services(rolled);
    const all = [];
    for (const one of rolled)
      // The newest revision is what Terraform compares, and what a job runs next.
      for (const id of [one.name, primaryOf(services.get(one.key) ?? {})?.taskDefinition]) {
        const revision = id === undefined ? undefined : await revisionOf(this.target, id);
        all.push({ rolled: one, containers: revision?.definition.containerDefinitions ?? [] });
      }
    return runningIn(all);
  }

  public async roll(rolled: readonly Rolled[], references: References, options: RollOptions): Promise<void> {
    const revisions = new Map<string, string>();
    for (const one of rolled) {
      if (options.signal?.aborted === true) throw new Interrupted();
      const newest = await this.newest(one);
      revisions.set(one.key, await revisionWith(this.target, newest, wantedImages(one, references)));
      if (one.kind === 'job') options.report(`${one.key}: its next run has the new image`);
    }
    await this.update(rolled, revisions, references, options.signal);
    await settle(this.target, await this.cluster(), await this.inCluster(rolled, references), options);
  }

  public async restore(rolled: readonly Rolled[], references: References, options: RollOptions): Promise<void> {
    const revisions = new Map<string, string>();
    for (const one of rolled) {
      const newest = await this.newest(one);
      revisions.set(one.key, await formerRevision(this.target, newest, wantedImages(one, references)));
    }
    await this.update(rolled, revisions, references);
    await settle(this.target, await this.cluster(), await this.inCluster(rolled, references), options);
  }

  /** Tells ECS to work towards the revisions, where it does not yet. Stopping between two services is safe. */
  private async update(
    rolled: readonly Rolled[],
    revisions: ReadonlyMap<string, string>,
    references: References,
    signal?: AbortSignal,
  ): Promise<void> {
    const ecs = await this.target.aws.ecs();
    const cluster = await this.cluster();
    const running = await this.services(rolled);
    for (const one of rolled) {
      const service = running.get(one.key);
      if (service === undefined || (await worksTowards(this.target, service, wantedImages(one, references)))) continue;
      if (signal?.aborted === true) throw new Interrupted();
      const { serviceName = '' } = service;
      await explained(`updating the service ${serviceName}`, () =>
        ecs.updateService({ cluster, service: serviceName, taskDefinition: revisions.get(one.key) }),
      );
    }
  }

  private async inCluster(rolled: readonly Rolled[], references: References): Promise<readonly InCluster[]> {
    const names = await this.serviceNames();
    return rolled.flatMap((one) => {
      const serviceName = one.kind === 'job' ? undefined : names[one.key];
      return serviceName === undefined ? [] : [{ key: one.key, serviceName, images: wantedImages(one, references) }];
    });
  }

  /** By key; jobs have none. */
  private async services(rolled: readonly Rolled[]): Promise<ReadonlyMap<string, Service>> {
    const all = await this.inCluster(rolled, {});
    const found = await describeServices(
      this.target,
      await this.cluster(),
      all.map(({ serviceName }) => serviceName),
    );
    return new Map(
      all.flatMap(({ key, serviceName }) => {
        const service = found.get(serviceName);
        return service === undefined ? [] : [[key, service] as const];
      }),
    );
  }

  private async newest({ kind, key, name }: Rolled): Promise<Revision> {
    const revision = await revisionOf(this.target, name);
    if (revision === undefined) throw new CommandError(`the ${kind} ${key} is not deployed: ECS has no task definition ${name}`);
    return revision;
  }

  private async cluster(): Promise<string> {
    return (await this.target.published('compute-fargate'))?.clusterName ?? '';
  }

  /** Key of a service or worker to its name in the cluster. */
  private async serviceNames(): Promise<Readonly<Record<string, string>>> {
    const { services = {}, workers = {} } = (await this.target.published('compute-fargate')) ?? {};
    return Object.fromEntries(Object.entries({ ...services, ...workers }).map(([key, { name }]) => [key, name]));
  }
}

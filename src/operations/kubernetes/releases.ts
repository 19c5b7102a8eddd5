/**
 * A release on Kubernetes: the images of Deployments and CronJobs are changed by the API.
 *
 * A plan of Terraform shows no change afterwards: it reads the images of the objects from the cluster, and those that it wants from
 * the parameters.
 */
import type { V1Container } from '@kubernetes/client-node' with {
  'resolution-mode': 'import',
};
import { Interrupted, pause } from '../../aws/waiting';
import {
  RolloutFailed,
  runningIn,
  wantedImages,
  type PolicyStatement,
  type References,
  type Releaser,
  type Rolled,
  type RollOptions,
  type Running,
} from '../release/releaser';
import type { Target } from '../target';
import { whyPodsFailed } from './pod-failures';
import { clusterStatus, explainCluster, explainedByCluster, renewedConnection, type ClusterCalls } from './renewed-connection';
import { rolloutOf, type Rollout } from './rollout';

export class KubernetesReleaser implements Releaser {
  public readonly stacks = ['compute-kubernetes', 'workloads'] as const;
  public readonly unit = 'pods';
  private readonly connection: () => Promise<ClusterCalls>;

  constructor(private readonly target: Target) {
    this.connection = renewedConnection(target);
  }

  /** Nothing of IAM: the cluster asks for rights of its own, given by an access entry. */
  public policy(): Promise<readonly PolicyStatement[]> {
    return Promise.resolve([]);
  }

  public async check(rolled: readonly Rolled[]): Promise<readonly string[]> {
    const { name, published } = this.target;
    if ((await published('workloads')) === undefined) return [`${name}-workloads is not deployed`];
    const problems: string[] = [];
    for (const one of rolled)
      if ((await this.containersOf(one)) === undefined)
        problems.push(`the ${one.kind} ${one.key} is not deployed\n  fix   apply ${name}-workloads`);
    return problems;
  }

  public async running(rolled: readonly Rolled[]): Promise<Running> {
    const all = [];
    for (const one of rolled) all.push({ rolled: one, containers: (await this.containersOf(one)) ?? [] });
    return runningIn(all);
  }

  public async roll(rolled: readonly Rolled[], references: References, options: RollOptions): Promise<void> {
    for (const one of rolled) {
      if (options.signal?.aborted === true) throw new Interrupted();
      await this.patch(one, wantedImages(one, references));
      if (one.kind === 'job') options.report(`${one.key}: its next run has the new image`);
    }
    await this.settle(rolled, references, options);
  }

  public async restore(rolled: readonly Rolled[], references: References, options: RollOptions): Promise<void> {
    for (const one of rolled) await this.patch(one, wantedImages(one, references));
    await this.settle(rolled, references, options);
  }

  private async patch(one: Rolled, images: References): Promise<void> {
    const { namespace, apps, batch, merging } = await this.cluster();
    const containers = Object.entries(images).map(([name, image]) => ({ name, image }));
    const template = { spec: { containers } };
    await explainedByCluster(`changing the images of ${one.key}`, async () => {
      if (one.kind === 'job')
        await batch.patchNamespacedCronJob(
          { name: one.key, namespace, body: { spec: { jobTemplate: { spec: { template } } } } },
          merging,
        );
      else await apps.patchNamespacedDeployment({ name: one.key, namespace, body: { spec: { template } } }, merging);
    });
  }

  /** Waits until every Deployment is steady. @throws RolloutFailed with the reasons of all that are not */
  private async settle(rolled: readonly Rolled[], references: References, options: RollOptions): Promise<void> {
    const { timeoutSeconds, everySeconds, signal, report } = options;
    const end = performance.now() + timeoutSeconds * 1000;
    const said = new Map<string, string>();
    for (let waiting = rolled.filter(({ kind }) => kind !== 'job'); waiting.length > 0;) {
      if (signal?.aborted === true) throw new Interrupted();
      const isLate = performance.now() > end;
      const still: Rolled[] = [];
      const lost: Rolled[] = [];
      const sentences: string[] = [];
      for (const one of waiting) {
        const rollout = await this.rollout(one, wantedImages(one, references));
        const text = rollout.kind === 'rolling' ? rollout.text : rollout.kind === 'steady' ? 'steady' : rollout.why;
        if (said.get(one.key) !== text) report(`${one.key}: ${text}`);
        said.set(one.key, text);
        if (rollout.kind === 'rolling') still.push(one);
        if (rollout.kind === 'steady' || (rollout.kind === 'rolling' && !isLate)) continue;
        lost.push(one);
        sentences.push(`${one.key}: ${rollout.kind === 'lost' ? text : `not steady within ${timeoutSeconds} seconds: ${text}`}`);
      }
      if (lost.length > 0) throw new RolloutFailed(sentences.join('\n'), await this.reasons(lost, references));
      waiting = still;
      if (waiting.length > 0) await pause(everySeconds, signal);
    }
  }

  /** An API that does not answer for a moment is no failed release: the next look finds out. */
  private async rollout({ key }: Rolled, images: References): Promise<Rollout> {
    const { namespace, apps } = await this.cluster();
    try {
      return rolloutOf(await apps.readNamespacedDeployment({ name: key, namespace }), images);
    } catch (error) {
      if (clusterStatus(error) === 404) return { kind: 'lost', why: 'the Deployment is gone' };
      return { kind: 'rolling', text: explainCluster(error, 'looking at the Deployment').message };
    }
  }

  private async reasons(lost: readonly Rolled[], references: References): Promise<readonly string[]> {
    const { namespace, core } = await this.cluster();
    const lines: string[] = [];
    for (const one of lost) {
      const why = await whyPodsFailed(core, namespace, one.key, wantedImages(one, references));
      lines.push(...why.map((line) => `${one.key}: ${line}`));
    }
    return lines;
  }

  /** Undefined when the object does not exist. */
  private async containersOf({ kind, key: name }: Rolled): Promise<readonly V1Container[] | undefined> {
    const { namespace, apps, batch } = await this.cluster();
    return explainedByCluster(`looking at ${name}`, async () => {
      try {
        const spec =
          kind === 'job'
            ? (await batch.readNamespacedCronJob({ name, namespace })).spec?.jobTemplate.spec?.template.spec
            : (await apps.readNamespacedDeployment({ name, namespace })).spec?.template.spec;
        return spec?.containers ?? [];
      } catch (error) {
        if (clusterStatus(error) === 404) return undefined;
        throw error;
      }
    });
  }

  private async cluster() {
    const { config, client, namespace } = await this.connection();
    return {
      namespace,
      apps: config.makeApiClient(client.AppsV1Api),
      batch: config.makeApiClient(client.BatchV1Api),
      core: config.makeApiClient(client.CoreV1Api),
      /** Changes the named containers only. */
      merging: client.setHeaderOptions('Content-Type', client.PatchStrategy.StrategicMergePatch),
    };
  }
}

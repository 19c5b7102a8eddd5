/** The pods of a Job: what they write, why they wait, and how the last one ended. */
import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node' with { 'resolution-mode': 'import' };
import { TimedOut, waitFor } from '../../aws/waiting';
import { PodLog } from './pod-log';
import { clusterStatus, type ClusterCalls } from './renewed-connection';

/** Seconds in which a pod starts, once its node and its image are there. */
const START_SECONDS = 60;

export class JobPod {
  private readonly logs = new Map<string, PodLog>();
  private waitingFor?: string;

  constructor(
    private readonly connection: () => Promise<ClusterCalls>,
    private readonly jobName: string,
    private readonly container: string,
    private readonly report: (line: string) => void,
  ) {}

  /** Shows the lines that have come, and what a pod waits for. */
  public async show(): Promise<void> {
    for (const pod of await this.pods()) {
      const state = this.containerOf(pod)?.state;
      if (state?.running !== undefined || state?.terminated !== undefined) await this.showLog(pod.metadata?.name ?? '');
      else this.showReason(state?.waiting?.reason, state?.waiting?.message);
    }
  }

  /** Waits until a container has started, at most a minute. */
  public async started(everySeconds: number): Promise<void> {
    const look = async () => {
      const states = (await this.pods()).map((pod) => this.containerOf(pod)?.state);
      return states.some((state) => state?.running ?? state?.terminated) ? true : undefined;
    };
    try {
      await waitFor(look, { everySeconds, timeoutSeconds: START_SECONDS });
    } catch (error) {
      if (!(error instanceof TimedOut)) throw error;
      this.report(`the run has not started within ${START_SECONDS} seconds: it will not find its login`);
    }
  }

  /** How the last pod ended; nothing when none is left. */
  public async end(): Promise<{ readonly exitCode?: number; readonly reason?: string }> {
    const last = (await this.pods()).at(-1);
    const terminated = last && this.containerOf(last)?.state?.terminated;
    const reason = terminated?.message ?? (terminated?.reason === 'Error' ? undefined : terminated?.reason);
    return { exitCode: terminated?.exitCode, reason: reason ?? last?.status?.reason };
  }

  private async showLog(pod: string): Promise<void> {
    const log = this.logs.get(pod) ?? new PodLog(this.connection, pod, this.container);
    this.logs.set(pod, log);
    try {
      for (const line of await log.next()) this.report(line);
    } catch (error) {
      // A container that has just started, a pod that has just gone, a node that does not answer: the next look tries again.
      if (clusterStatus(error) === undefined) throw error;
    }
  }

  private showReason(reason: string | undefined, message = ''): void {
    if (reason === undefined || reason === this.waitingFor || reason === 'ContainerCreating') return;
    this.waitingFor = reason;
    this.report(`waiting: ${reason}${message === '' ? '' : `: ${message}`}`);
  }

  /** The oldest first. */
  private async pods(): Promise<readonly V1Pod[]> {
    const { client, config, namespace } = await this.connection();
    const core = config.makeApiClient(client.CoreV1Api);
    const { items } = await core.listNamespacedPod({ namespace, labelSelector: `job-name=${this.jobName}` });
    const age = ({ metadata }: V1Pod): number => metadata?.creationTimestamp?.getTime() ?? 0;
    return items.toSorted((one, other) => age(one) - age(other));
  }

  private containerOf({ status }: V1Pod): V1ContainerStatus | undefined {
    return status?.containerStatuses?.find(({ name }) => name === this.container);
  }
}

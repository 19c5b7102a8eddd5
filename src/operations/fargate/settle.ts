/** Waits until services of ECS are steady with the images that they are to run. */
import type { Service } from '@aws-sdk/client-ecs';
import { isNetworkError } from '../../aws/errors';
import { Interrupted, pause } from '../../aws/waiting';
import { RolloutFailed, type References, type RollOptions } from '../release/releaser';
import type { Target } from '../target';
import { describeServices, progressOf, type Progress } from './deployments';
import { whyTasksFailed } from './failed-tasks';

/** A service or worker in the cluster. */
export interface InCluster {
  readonly key: string;
  readonly serviceName: string;
  /** Container name to the reference that it is to run. */
  readonly images: References;
}

interface Looked extends InCluster {
  readonly service: Service;
  readonly progress: Progress;
}

/** @throws RolloutFailed with the reasons of all services that are lost; Interrupted */
export async function settle(
  target: Target,
  cluster: string,
  services: readonly InCluster[],
  { timeoutSeconds, everySeconds, signal, report }: RollOptions,
): Promise<void> {
  const end = performance.now() + timeoutSeconds * 1000;
  const said = new Map<string, string>();
  for (let waiting = services; waiting.length > 0;) {
    if (signal?.aborted === true) throw new Interrupted();
    const isLate = performance.now() > end;
    const looked = await look(target, cluster, waiting);
    for (const { key, text } of looked.map((one) => ({ key: one.key, text: textOf(one.progress) }))) {
      if (said.get(key) !== text) report(`${key}: ${text}`);
      said.set(key, text);
    }
    const lost = looked.filter(({ progress }) => progress.kind === 'lost' || (progress.kind === 'rolling' && isLate));
    if (lost.length > 0) throw await failure(target, cluster, lost, timeoutSeconds);
    if (isLate && looked.length === 0) throw new RolloutFailed(`ECS could not be asked within ${timeoutSeconds} seconds`, []);
    const steady = looked.flatMap(({ key, progress }) => (progress.kind === 'steady' ? [key] : []));
    waiting = waiting.filter(({ key }) => !steady.includes(key));
    if (waiting.length > 0) await pause(everySeconds, signal);
  }
}

/** Nothing when the network fails for a moment, which is no failed release: the next look finds out. */
async function look(target: Target, cluster: string, waiting: readonly InCluster[]): Promise<readonly Looked[]> {
  try {
    const names = waiting.map(({ serviceName }) => serviceName);
    const found = await describeServices(target, cluster, names);
    const looked: Looked[] = [];
    for (const one of waiting) {
      const service = found.get(one.serviceName);
      if (service !== undefined) looked.push({ ...one, service, progress: await progressOf(target, service, one.images) });
    }
    return looked;
  } catch (error) {
    if (isNetworkError(error)) return [];
    throw error;
  }
}

async function failure(target: Target, cluster: string, lost: readonly Looked[], timeoutSeconds: number): Promise<RolloutFailed> {
  const reasons: string[] = [];
  for (const { key, service, images } of lost)
    reasons.push(...(await whyTasksFailed(target, cluster, service, images)).map((line) => `${key}: ${line}`));
  const sentences = lost.map(({ key, progress }) => {
    const late = progress.kind === 'rolling' ? `not steady within ${timeoutSeconds} seconds: ` : '';
    return `${key}: ${late}${textOf(progress)}`;
  });
  return new RolloutFailed(sentences.join('\n'), reasons);
}

function textOf(progress: Progress): string {
  switch (progress.kind) {
    case 'steady':
      return 'steady';
    case 'rolling':
      return progress.text;
    case 'lost':
      return progress.why;
  }
}

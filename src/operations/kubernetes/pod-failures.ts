/** Why the pods of a workload do not run: what the kubelet says, and the last lines of their logs. */
import type { CoreV1Api, V1ContainerStatus, V1Pod } from '@kubernetes/client-node' with { 'resolution-mode': 'import' };
import type { References } from '../release/releaser';

const SHOWN_PODS = 2;
const SHOWN_LINES = 20;

/** Lines for people; never fails, because what it explains matters more. */
export async function whyPodsFailed(
  api: CoreV1Api,
  namespace: string,
  key: string,
  images: References,
): Promise<readonly string[]> {
  try {
    const { items } = await api.listNamespacedPod({ namespace, labelSelector: `app.kubernetes.io/name=${key}` });
    const unready = items.filter((pod) => runs(pod, images) && !isReady(pod));
    const lines: string[] = [];
    for (const pod of unready.slice(0, SHOWN_PODS)) lines.push(...(await podLines(api, namespace, pod)));
    return lines;
  } catch (error) {
    return [`why its pods do not run cannot be read: ${messageOf(error)}`];
  }
}

function runs({ spec }: V1Pod, images: References): boolean {
  return Object.entries(images).every(([name, image]) =>
    (spec?.containers ?? []).some((container) => container.name === name && container.image === image),
  );
}

function isReady({ status }: V1Pod): boolean {
  return (status?.conditions ?? []).some(({ type, status: value }) => type === 'Ready' && value === 'True');
}

async function podLines(api: CoreV1Api, namespace: string, { metadata, status }: V1Pod): Promise<readonly string[]> {
  const name = metadata?.name ?? '';
  const lines = [`pod ${name}: ${status?.phase ?? 'unknown'}`];
  for (const { type, status: value, message } of status?.conditions ?? [])
    if (type === 'PodScheduled' && value === 'False' && message !== undefined) lines.push(`  ${message}`);
  for (const container of status?.containerStatuses ?? []) {
    if (container.ready) continue;
    lines.push(...stateLines(container), ...(await logLines(api, namespace, name, container)));
  }
  return lines;
}

function stateLines({ name, state, lastState }: V1ContainerStatus): readonly string[] {
  const waiting = state?.waiting;
  const ended = state?.terminated ?? lastState?.terminated;
  return [
    ...(waiting === undefined
      ? []
      : [`  ${name}: ${waiting.reason}${waiting.message === undefined ? '' : `: ${waiting.message}`}`]),
    ...(ended === undefined
      ? []
      : [`  ${name} ended with ${ended.exitCode}${ended.reason === undefined ? '' : ` (${ended.reason})`}`]),
  ];
}

/** Of the run that ended, where the container has been started again. */
async function logLines(
  api: CoreV1Api,
  namespace: string,
  name: string,
  { name: container, restartCount, containerID: id }: V1ContainerStatus,
): Promise<readonly string[]> {
  if (id === undefined && restartCount === 0) return [];
  try {
    const text = await api.readNamespacedPodLog({
      name,
      namespace,
      container,
      tailLines: SHOWN_LINES,
      previous: restartCount > 0,
    });
    const lines = text.split('\n').filter((line) => line !== '');
    return lines.length === 0
      ? [`  ${container} wrote nothing`]
      : [`  the last lines of ${container}:`, ...lines.map((line) => `    | ${line}`)];
  } catch (error) {
    return [`  the log of ${container} cannot be read: ${messageOf(error)}`];
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}

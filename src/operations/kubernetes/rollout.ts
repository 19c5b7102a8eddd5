/** How far the rollout of a Deployment is. Pure; the conditions are those of `kubectl rollout status`. */
import type { V1Container, V1Deployment } from '@kubernetes/client-node' with { 'resolution-mode': 'import' };
import type { References } from '../release/releaser';

export type Rollout =
  | { readonly kind: 'steady' }
  | { readonly kind: 'rolling'; readonly text: string }
  /** It will not become steady with these images. */
  | { readonly kind: 'lost'; readonly why: string };

export function rolloutOf({ metadata, spec, status }: V1Deployment, images: References): Rollout {
  if (!haveImages(spec?.template.spec?.containers ?? [], images))
    return { kind: 'lost', why: 'somebody has given the Deployment another image' };
  const observed = status?.observedGeneration ?? 0;
  const [replicas, updated, available] = [status?.replicas ?? 0, status?.updatedReplicas ?? 0, status?.availableReplicas ?? 0];
  if (observed < (metadata?.generation ?? 0)) return { kind: 'rolling', text: 'waiting for Kubernetes' };
  const progressing = status?.conditions?.find(({ type }) => type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded')
    return { kind: 'lost', why: `the new pods do not become ready: ${progressing.message ?? progressing.reason}` };
  const wanted = spec?.replicas ?? 1;
  if (updated >= wanted && replicas === updated && available >= updated) return { kind: 'steady' };
  const text = `${updated} of ${wanted} new pods, ${available} available, ${replicas - updated} old`;
  return { kind: 'rolling', text };
}

function haveImages(containers: readonly V1Container[], images: References): boolean {
  return Object.entries(images).every(([name, image]) =>
    containers.some((container) => container.name === name && container.image === image),
  );
}

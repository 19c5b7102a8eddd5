/** A preview as what works on a deployed environment sees it: with names, containers and jobs of its own. */
import type { ResolvedPreview } from '../config';
import { targetOf, type Target } from './target';

/** `published` and `outputs` are those of the stacks of its environment, and of its own stack under its label. */
export function previewTarget({ parent, identity, workloads }: ResolvedPreview, options: Parameters<typeof targetOf>[1]): Target {
  const environment = { ...parent, identity, workloads: { ...parent.workloads, ...workloads, builders: [] } };
  return { ...targetOf(parent, options), name: identity.environment, environment };
}

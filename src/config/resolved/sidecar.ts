/** Sidecars with every default filled. */
import type { Entry } from './readonly';
import type { ResolvedVariables } from './variables';

/** An image of the environment, or a public one. */
export type ImageChoice =
  { readonly kind: 'declared'; readonly key: string } | { readonly kind: 'pinned'; readonly reference: string };

type ParsedSidecar = Entry<'services'>['sidecars'][string];

/** A further container of each task of a service or worker. */
export interface ResolvedSidecar extends Omit<ParsedSidecar, 'image' | 'environment' | 'secrets'> {
  readonly key: string;
  readonly image: ImageChoice;
  readonly variables: ResolvedVariables;
  readonly mounts: readonly [];
  readonly readOnlyRoot: true;
  /** That of its container. */
  readonly stopTimeoutSeconds: number;
  readonly logs: { readonly group: string; readonly streamPrefix: string };
}

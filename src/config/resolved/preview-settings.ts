/** What an environment says about its previews, with every name filled. */
import type { Entry, Parsed } from './readonly';

export type ResolvedPreviewSettings = Parsed<'preview'> & {
  /** Secrets that a person sets once, for all previews of the environment. */
  readonly secrets: readonly (Omit<Entry<'secrets'>, 'name'> & { readonly key: string; readonly name: string })[];
};

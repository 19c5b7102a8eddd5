/** What a synthesis has written, without what it takes to write it. */
import type { RequiredProviders } from '../terraform/root-module';
import type { ManifestEntry } from './output-folder';

/** `hcl` is written only where it reads back as the same module as `json`. */
export type Format = 'json' | 'hcl';

export interface WrittenStack {
  readonly id: string;
  /** Managed resources; data sources are not counted. */
  readonly resources: number;
  readonly manifest: ManifestEntry;
  readonly providers: RequiredProviders;
}

/** A stack that cannot be written as HCL. */
export interface RefusedStack {
  readonly id: string;
  readonly reason: string;
}

export interface Synthesised {
  readonly written: readonly WrittenStack[];
  readonly refused: readonly RefusedStack[];
  /** Of cdktf, as the manifest names it. */
  readonly version: string;
}

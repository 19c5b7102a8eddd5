/** Rolls what runs onto the images of a release, on each tier its own way. */
import { operationsOf } from './registry';
import type { Releaser } from './release/releaser';
import type { Target } from './target';

/** The releaser of the tier that serves. */
export function releaserOf(target: Target): Promise<Releaser> {
  return operationsOf(target).releaser(target);
}

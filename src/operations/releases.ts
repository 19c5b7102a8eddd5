/** Rolls what runs onto the images of a release, on each tier its own way. */
import type { Releaser } from './release/releaser';
import type { Target } from './target';

/** The releaser of the tier that serves. */
export async function releaserOf(target: Target): Promise<Releaser> {
  switch (target.environment.tier.kind) {
    case 'fargate':
      return new (await import('./fargate/releases.ts')).FargateReleaser(target);
    case 'kubernetes':
      return new (await import('./kubernetes/releases.ts')).KubernetesReleaser(target);
    case 'box':
      return new (await import('./box/releases.ts')).BoxReleaser(target);
  }
}

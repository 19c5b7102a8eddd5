/** One Helm release of a pinned chart, taken back when it does not become ready. */
import { Release } from '@cdktf/provider-helm/lib/release';
import { Construct } from 'constructs';
import { CHARTS } from './charts';
import type { PlannedRelease } from './releases';

/** Nodes may have to start first. */
const TIMEOUT_SECONDS = 900;

/** Revisions that `helm rollback` can go back to; each is a Secret in the cluster. */
const HISTORY = 5;

/** Installs a chart under its own name. */
export class PlatformRelease extends Construct {
  constructor(scope: Construct, id: string, { chart, values }: PlannedRelease) {
    super(scope, id);
    const { repository, version, namespace } = CHARTS[chart];
    new Release(this, 'release', {
      name: chart,
      repository,
      chart,
      version,
      namespace,
      createNamespace: namespace !== 'kube-system',
      // JSON is YAML; on many lines, so that a plan shows which value changes.
      values: [JSON.stringify(values, null, 2)],
      atomic: true,
      cleanupOnFail: true,
      wait: true,
      timeout: TIMEOUT_SECONDS,
      maxHistory: HISTORY,
    });
  }
}

/** The `fargate` section with every default filled. Pure. */
import type { ParsedEnvironment } from '../../schema/environment';

/** The ECS cluster of an environment, whether it serves or waits. */
export function resolveFargate({ name, fargate }: ParsedEnvironment) {
  return { kind: 'fargate', clusterName: fargate.clusterName ?? name, containerInsights: fargate.containerInsights } as const;
}

/** Services and workers on Fargate that run fewer tasks than they should. */
import { explained } from '../../aws/errors';
import type { Target } from '../target';

/** ECS describes so many services at once. Source: Amazon ECS API reference, DescribeServices. */
const AT_ONCE = 10;

/** Empty where nothing is deployed. */
export async function unreadyServices({ aws, published }: Target): Promise<readonly string[]> {
  const compute = await published('compute-fargate');
  if (compute === undefined) return [];
  const names = [...Object.values(compute.services), ...Object.values(compute.workers)].map(({ name }) => name);
  const ecs = await aws.ecs();
  const unready: string[] = [];
  for (let at = 0; at < names.length; at += AT_ONCE) {
    const { services = [] } = await explained('looking at the services', () =>
      ecs.describeServices({ cluster: compute.clusterName, services: names.slice(at, at + AT_ONCE) }),
    );
    for (const { serviceName = '', runningCount = 0, desiredCount = 0 } of services)
      if (runningCount < desiredCount) unready.push(`${serviceName}: ${runningCount} of ${desiredCount} tasks run`);
  }
  return unready;
}

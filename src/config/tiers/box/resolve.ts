/** The `box` section with every default filled. Pure. */
import { firstZone } from '../../calculations/zones';
import { resourceName, shortEnvironmentName } from '../../names';
import { postgresSchema, redisSchema } from '../../schema/box';
import type { ParsedEnvironment } from '../../schema/environment';
import { architectureOf, isBurstable } from '../../tables/ec2-architectures';
import type { HostNames, ResolvedBox } from './resolved';

/** The last part of the name of the bucket with the host's configuration. */
export const CONFIGURATION_BUCKET_KEY = 'box-configuration';

/** Containers of one Compose project reach each other by service name; packages listen on the loopback address only. */
const HOST_NAMES: Readonly<Record<ResolvedBox['dataStores'], HostNames>> = {
  containers: { database: 'postgres', cache: 'redis' },
  packages: { database: '127.0.0.1', cache: '127.0.0.1' },
};

/** The names by which containers reach a database and a cache with `placement: 'host'`. */
export function hostNames(dataStores: ResolvedBox['dataStores'] = 'containers'): HostNames {
  return HOST_NAMES[dataStores];
}

/** The log group of the host itself: the one group of the environment, or a separate one. */
export function hostLogGroup({ system, name, logs }: Pick<ParsedEnvironment, 'system' | 'name' | 'logs'>): string {
  return logs.group ?? `/${system}/${shortEnvironmentName(system, name)}/host`;
}

/**
 * The box, whether it serves now or waits.
 * @throws Error when the environment has no `box`, which the rule `box-section` refuses before
 */
export function resolveBox(parsed: ParsedEnvironment): { readonly kind: 'box'; readonly box: ResolvedBox } {
  const { name, region, network, box } = parsed;
  if (box === undefined) throw new Error(`the rules accepted ${name}, which has tier box but no \`box\``);
  return {
    kind: 'box',
    box: {
      ...box,
      postgres: box.postgres ?? postgresSchema.parse({}),
      redis: box.redis ?? redisSchema.parse({}),
      architecture: architectureOf(box.instanceType),
      burstable: isBurstable(box.instanceType),
      zone: firstZone(region, network.zones),
      configurationBucket: resourceName(name, CONFIGURATION_BUCKET_KEY, 's3Bucket'),
      logGroup: hostLogGroup(parsed),
    },
  };
}

/** The `box` section with every default filled. Pure. */
import { firstZone } from '../../calculations/zones';
import { bucketName, CONFIGURATION_BUCKET_KEY, hostLogGroupName } from '../../names';
import { postgresSchema, redisSchema } from '../../schema/box';
import type { ParsedEnvironment } from '../../schema/environment';
import { architectureOf, isBurstable } from '../../tables/ec2-architectures';
import type { ResolvedBox } from './resolved';

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
      configurationBucket: bucketName(name, CONFIGURATION_BUCKET_KEY),
      logGroup: hostLogGroupName(parsed),
    },
  };
}

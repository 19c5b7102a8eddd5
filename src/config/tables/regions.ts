/**
 * The commercial AWS regions and the letters of the zones that a new account sees there.
 * Source: AWS Regions and Availability Zones (global infrastructure page) and `aws ec2 describe-availability-zones`;
 * regions that show each account another subset (us-west-1, ap-northeast-1, ca-central-1) list every letter.
 */
export const REGION_ZONES = {
  'us-east-1': ['a', 'b', 'c', 'd', 'e', 'f'],
  'us-east-2': ['a', 'b', 'c'],
  'us-west-1': ['a', 'b', 'c'],
  'us-west-2': ['a', 'b', 'c', 'd'],
  'ca-central-1': ['a', 'b', 'd'],
  'sa-east-1': ['a', 'b', 'c'],
  'eu-west-1': ['a', 'b', 'c'],
  'eu-west-2': ['a', 'b', 'c'],
  'eu-west-3': ['a', 'b', 'c'],
  'eu-central-1': ['a', 'b', 'c'],
  'eu-central-2': ['a', 'b', 'c'],
  'eu-north-1': ['a', 'b', 'c'],
  'eu-south-1': ['a', 'b', 'c'],
  'eu-south-2': ['a', 'b', 'c'],
  'ap-south-1': ['a', 'b', 'c'],
  'ap-southeast-1': ['a', 'b', 'c'],
  'ap-southeast-2': ['a', 'b', 'c'],
  'ap-southeast-3': ['a', 'b', 'c'],
  'ap-northeast-1': ['a', 'c', 'd'],
  'ap-northeast-2': ['a', 'b', 'c', 'd'],
  'ap-northeast-3': ['a', 'b', 'c'],
  'ap-east-1': ['a', 'b', 'c'],
  'af-south-1': ['a', 'b', 'c'],
  'me-south-1': ['a', 'b', 'c'],
  'me-central-1': ['a', 'b', 'c'],
  'il-central-1': ['a', 'b', 'c'],
} as const satisfies Record<string, readonly string[]>;

/** A region that Terrace knows the zones of. */
export type Region = keyof typeof REGION_ZONES;

/** Every known region, in the table's order. */
export const REGIONS = Object.keys(REGION_ZONES) as [Region, ...Region[]];

/**
 * The region of CloudFront's certificates, web ACLs and log deliveries, and of its metrics and Route 53's.
 * Source: CloudFront developer guide, "Requirements for using SSL/TLS certificates"; CloudWatch metrics of both services.
 */
export const EDGE_REGION = 'us-east-1' satisfies Region;

/** Where data physically rests, for the residency rule: the prefix of a region's name. */
export function residencyOf(region: Region): 'eu' | 'us' | 'other' {
  if (region.startsWith('eu-')) return 'eu';
  return region.startsWith('us-') ? 'us' : 'other';
}

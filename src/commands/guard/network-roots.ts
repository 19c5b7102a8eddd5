/**
 * What the network stands on: replacing it takes everything in it along, or breaks half-way because something is in it.
 * Data for the plan guard and the address lock.
 */

/** One Terraform type that others stand on. */
export interface NetworkRoot {
  readonly type: string;
  readonly is: string;
  /** What its replacement takes along. */
  readonly loss: string;
  /** Whether deleting it is refused too, or is what removing a service rightly does. */
  readonly deletion: 'refused' | 'ordinary';
}

export const NETWORK_ROOTS: readonly NetworkRoot[] = [
  root('aws_vpc', 'the network', 'everything in it'),
  root('aws_subnet', 'a subnet', 'every database, host and task in it'),
  root('aws_vpc_ipv4_cidr_block_association', 'a further range of the network', 'every subnet in it'),
  root('aws_internet_gateway', 'the way to the internet', 'every public address in the network, until it is back'),
  root('aws_db_subnet_group', 'where databases stand', 'the databases: an instance cannot change its network in place'),
  root('aws_elasticache_subnet_group', 'where caches stand', 'the caches in it'),
  root('aws_eip', 'a public address', "the address, for good: names and other people's allow lists point at it"),
  root(
    'aws_security_group',
    'a security group',
    'the rules that others have in it, and the apply, while something uses it',
    'ordinary',
  ),
  root('aws_efs_mount_target', 'the way to a file system in one zone', 'the mounts of every task in that zone', 'ordinary'),
  root('aws_lb', 'a load balancer', 'its DNS name: requests fail until records and caches know the new one', 'ordinary'),
  root('aws_cloudfront_distribution', 'a distribution', 'its names: a name cannot stand on two distributions', 'ordinary'),
];

function root(type: string, is: string, loss: string, deletion: NetworkRoot['deletion'] = 'refused'): NetworkRoot {
  return { type, is, loss, deletion };
}

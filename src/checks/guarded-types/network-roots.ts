/**
 * Network resources that others depend on: replacing one destroys what is in it, or fails half-way because it is in use.
 * Data for the plan guard and the address lock.
 */

export interface NetworkRoot {
  readonly type: string;
  readonly what: string;
  /** What its replacement destroys or interrupts. */
  readonly loss: string;
  /** Whether deletion is refused too, or is a normal part of removing a service. */
  readonly deletion: 'refused' | 'ordinary';
}

export const NETWORK_ROOTS: readonly NetworkRoot[] = [
  root('aws_vpc', 'the network', 'everything in it'),
  root('aws_subnet', 'a subnet', 'every database, host and task in it'),
  root('aws_vpc_ipv4_cidr_block_association', 'an additional range of the network', 'every subnet in it'),
  root('aws_internet_gateway', 'the internet gateway', 'every public address in the network, until it is recreated'),
  root('aws_db_subnet_group', 'the subnets of databases', 'the databases: an instance cannot change its network in place'),
  root('aws_elasticache_subnet_group', 'the subnets of caches', 'the caches in it'),
  root('aws_eip', 'a public address', 'the address, permanently: DNS records and allow lists of others contain it'),
  root(
    'aws_security_group',
    'a security group',
    'the rules of other groups that name it, and the apply, while it is in use',
    'ordinary',
  ),
  root('aws_efs_mount_target', 'the mount target of a file system', 'the mounts of every task in its zone', 'ordinary'),
  root('aws_lb', 'a load balancer', 'its DNS name: requests fail until records and caches have the new one', 'ordinary'),
  root('aws_cloudfront_distribution', 'a distribution', 'its aliases: an alias belongs to one distribution', 'ordinary'),
];

function root(type: string, what: string, loss: string, deletion: NetworkRoot['deletion'] = 'refused'): NetworkRoot {
  return { type, what, loss, deletion };
}

/** What a database and a cache that move from a host need before anything else changes: pure, from the synthesised stacks. */
import { resourcesOf, type RootModule } from '../../terraform/root-module';

/** What the data stack creates for them. Logins are not among it: they are written again at the switch. */
const SERVERS = ['aws_db_instance', 'aws_elasticache_replication_group'];

/** What lets the host reach them. */
const RULES = ['aws_vpc_security_group_egress_rule', 'aws_vpc_security_group_ingress_rule'];

/** The groups of data in the network stack, as compute stacks read them. */
const GROUPS = /\.(database|cache)_security_group_id\b/;

/** Addresses of the servers, without replicas: those read the primary, and can wait for the switch. */
export function serverAddresses(data: RootModule): readonly string[] {
  return resourcesOf(data)
    .filter(({ type, block }) => SERVERS.includes(type) && block.replicate_source_db === undefined)
    .map(({ address }) => address);
}

/** Addresses of the rules. */
export function ruleAddresses(compute: RootModule): readonly string[] {
  return resourcesOf(compute)
    .filter(({ type, block }) => RULES.includes(type) && GROUPS.test(JSON.stringify(block)))
    .map(({ address }) => address);
}

/** What a team could add to a test environment: a detail of the load balancer, a topic in every stack, and stacks of its own. */
import { OpensearchDomain } from '@cdktf/provider-aws/lib/opensearch-domain';
import { SecurityGroup } from '@cdktf/provider-aws/lib/security-group';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import type { EnvironmentInput } from '../../src/config';
import { defineExtensions, type Extensions, type StackExtension } from '../../src/extend';
import type { EnvironmentFiles } from '../../src/cli/command';

/** The file of an environment that exports extensions, as `environments/index.ts` lists it. */
export function extendedFiles(input: EnvironmentInput, extend: unknown): EnvironmentFiles {
  return { [input.name]: () => Promise.resolve({ default: input, extend }) };
}

/** One resource, in whichever stack. */
export function addTopic(extension: StackExtension): void {
  new SnsTopic(extension, 'orders', { name: extension.nameOf('orders', 256) });
}

/** A stack of its own with a domain of OpenSearch in the private subnets. */
export const search: Extensions = defineExtensions({
  own: {
    search: (extension, outputs, { network }) => {
      const group = new SecurityGroup(extension, 'domain-group', {
        name: extension.nameOf('search', 255),
        description: 'OpenSearch',
        vpcId: outputs.network.vpcId,
        ingress: [{ protocol: 'tcp', fromPort: 443, toPort: 443, cidrBlocks: [network.cidr], description: 'The network' }],
      });
      new OpensearchDomain(extension, 'domain', {
        domainName: extension.nameOf('search', 28),
        engineVersion: 'OpenSearch_2.19',
        clusterConfig: { instanceType: 't3.small.search', instanceCount: 1 },
        ebsOptions: { ebsEnabled: true, volumeType: 'gp3', volumeSize: 10 },
        encryptAtRest: { enabled: true, kmsKeyId: outputs.data.keyArn },
        nodeToNodeEncryption: { enabled: true },
        domainEndpointOptions: { enforceHttps: true, tlsSecurityPolicy: 'Policy-Min-TLS-1-2-PFS-2023-10' },
        vpcOptions: { securityGroupIds: [group.id], subnetIds: outputs.network.privateSubnetIds.slice(0, 1) },
        advancedOptions: { note: '${path.module} and %{if} are text' },
      });
    },
  },
  refreshActions: {
    aws_opensearch_domain: ['es:DescribeDomain', 'es:DescribeDomainConfig', 'es:GetCompatibleVersions', 'es:ListTags'],
  },
});

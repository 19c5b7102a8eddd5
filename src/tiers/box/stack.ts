/**
 * The box tier: one EC2 host, the rules that let it into data, and the configuration that it pulls; or, when all data is
 * managed, several like hosts behind a load balancer.
 */
import { IamInstanceProfile } from '@cdktf/provider-aws/lib/iam-instance-profile';
import type { App } from 'cdktf';
import { resourceName } from '../../config/names';
import type { Identity, ResolvedData, ResolvedDomain, ResolvedTier, ResolvedWorkloads } from '../../config/resolved/environment';
import { balancedHosts, HOSTS } from './balancing';
import { anyHostOf, type Host } from './commands';
import { BoxConfiguration } from './configuration';
import { CONFIGURATION_KEY, describeHost } from './description';
import { BoxGroup } from './group';
import { renderBundle, renderUserData } from './host/render';
import { METRICS_NAMESPACE, type HostDescription } from './host/types';
import { BoxInstance } from './instance';
import { hostStatements } from './permissions';
import { Recovery } from './recovery';
import { BoxSecurityGroup, webOrigins } from './security-group';
import { hostSites } from './sites';
import { userDataText } from './user-data';
import { ServiceRole } from '../../modules/iam/service-role';
import { PublicLoadBalancer } from '../../modules/load-balancer/public-load-balancer';
import { MarkedReferences } from '../../terraform/marked-references';
import { addBoxOutputs } from './outputs';
import type { BoxHandover, DataHandover, DomainHandover, NetworkHandover } from '../../contracts/handovers';
import { Handover } from '../../terraform/handover';
import { TerraceStack, type TerraceStackProps } from '../../terraform/terrace-stack';

export interface BoxStackProps {
  readonly stack: TerraceStackProps;
  readonly identity: Identity;
  readonly protect: boolean;
  readonly tier: Extract<ResolvedTier, { kind: 'box' }>;
  readonly workloads: ResolvedWorkloads;
  readonly domain?: ResolvedDomain;
  readonly data: ResolvedData;
  readonly handovers: {
    readonly network: Handover<NetworkHandover>;
    readonly domain?: Handover<DomainHandover>;
    readonly data: Handover<DataHandover>;
  };
}

/** What hosts are made with, one or several. */
interface Groundwork {
  readonly description: HostDescription;
  readonly configuration: BoxConfiguration;
  readonly role: ServiceRole;
  readonly profile: IamInstanceProfile;
}

/** What became of it. */
interface Hosts {
  readonly handover: Omit<BoxHandover, 'metricsNamespace' | 'metricsEnvironment'>;
  /** One of them, for commands. */
  readonly host: Host;
  /** What the names must point at. */
  readonly address: string;
}

/** Compute on EC2 hosts with Docker Compose. */
export class BoxStack extends TerraceStack {
  public readonly handover: Handover<BoxHandover>;
  private readonly network: NetworkHandover;
  private readonly data: DataHandover;
  private readonly references = new MarkedReferences();

  constructor(
    app: App,
    private readonly props: BoxStackProps,
  ) {
    super(app, props.stack);
    this.network = props.handovers.network.in(this);
    this.data = props.handovers.data.in(this);

    const groundwork = this.groundwork();
    const hosts = this.several ? this.group(groundwork) : this.single(groundwork);
    this.addOutputs(hosts);
    this.handover = new Handover<BoxHandover>(this, {
      ...hosts.handover,
      metricsNamespace: METRICS_NAMESPACE,
      metricsEnvironment: props.identity.environment,
    });
  }

  private get several(): boolean {
    return this.props.tier.box.instances.max > 1;
  }

  private groundwork(): Groundwork {
    const { identity, tier, workloads, data, domain } = this.props;
    const { box } = tier;
    const description = describeHost({
      identity,
      box,
      workloads,
      data,
      domain,
      handover: this.data,
      references: this.references,
    });
    const configuration = new BoxConfiguration(this, 'configuration', {
      bucketName: box.configurationBucket,
      files: renderBundle(description),
      references: this.references,
    });
    const role = this.role(configuration);
    return {
      description,
      configuration,
      role,
      profile: new IamInstanceProfile(this, 'profile', { name: role.name, role: role.name }),
    };
  }

  private role(configuration: BoxConfiguration): ServiceRole {
    const { identity, tier, workloads, data } = this.props;
    const { environment, system, shortName, region } = identity;
    return new ServiceRole(this, 'role', {
      name: resourceName(environment, 'box', 'iamRole'),
      description: `What the host of ${environment} and its containers may do`,
      service: 'ec2.amazonaws.com',
      statements: hostStatements({
        context: { region, accountId: this.accountId, secretPath: `/${system}/${shortName}`, data, handover: this.data },
        workloads,
        configuration: { bucketArn: configuration.bucketArn, key: CONFIGURATION_KEY },
        backupBucket: tier.box.backup.bucket,
        registrySecrets: tier.box.registries.map(({ secret }) => secret),
        logGroup: tier.box.logGroup,
      }),
    });
  }

  private security(balancerSecurityGroupId?: string): BoxSecurityGroup {
    const { identity, tier } = this.props;
    return new BoxSecurityGroup(this, 'security', {
      environment: identity.environment,
      box: tier.box,
      network: this.network,
      balancerSecurityGroupId,
    });
  }

  private single({ description, configuration, role, profile }: Groundwork): Hosts {
    const { identity, tier } = this.props;
    const { environment, region } = identity;
    const { allocationId, publicIp } = present(this.network.boxAddress, 'an address');
    const security = this.security();
    const { id: instanceId } = new BoxInstance(this, 'box', {
      name: `${environment}-box`,
      box: tier.box,
      subnetId: present(this.network.publicSubnetIds[0], 'a public subnet'),
      securityGroupId: security.id,
      instanceProfileName: profile.name,
      allocationId,
      volumeId: present(this.data.boxVolume?.id, 'a data volume'),
      userData: userDataText(renderUserData(description), this.references),
      keyArn: this.data.keyArn,
      waitsFor: [...role.grants, ...security.egress, configuration.object],
    });
    new Recovery(this, 'recovery', { environment, region, instanceId });
    return {
      handover: { instanceId, publicIp },
      host: { region, instanceId },
      address: publicIp,
    };
  }

  private group({ description, configuration, role, profile }: Groundwork): Hosts {
    const { identity, tier, stack } = this.props;
    const balancer = this.balancer();
    const target = present(balancer.targets.get(HOSTS), 'a target group');
    const security = this.security(target.balancerSecurityGroupId);
    const { name: groupName } = new BoxGroup(this, 'group', {
      name: `${identity.environment}-box`,
      box: tier.box,
      subnetIds: this.network.publicSubnetIds,
      securityGroupId: security.id,
      instanceProfileArn: profile.arn,
      target,
      userData: renderUserData(description),
      tags: stack.tags,
      waitsFor: [...role.grants, ...security.egress, configuration.object],
    });
    const { arn, arnSuffix, dnsName, hostedZoneId } = balancer;
    return {
      handover: { groupName, loadBalancer: { arn, arnSuffix, dnsName, hostedZoneId } },
      host: anyHostOf(identity.region, groupName),
      address: dnsName,
    };
  }

  private balancer(): PublicLoadBalancer {
    const { identity, protect, tier, workloads, domain, data, handovers } = this.props;
    const sites = hostSites(workloads.services, domain?.names ?? []);
    return new PublicLoadBalancer(this, 'load-balancer', {
      environment: identity.environment,
      vpcId: this.network.vpcId,
      subnetIds: this.network.publicSubnetIds,
      admits: webOrigins(tier.box.origin).map(({ cidr }) => ({ cidr })),
      certificateArn: present(handovers.domain, 'a certificate').in(this).certificateArn,
      logBucketName: this.data.buckets[data.logBucket]?.name ?? data.logBucket,
      protect,
      services: [balancedHosts(workloads.services, sites)],
      targetType: 'instance',
    });
  }

  private addOutputs({ host, address }: Hosts): void {
    const { workloads, data, domain } = this.props;
    addBoxOutputs(this, {
      host,
      address,
      several: this.several,
      hosts: hostSites(workloads.services, domain?.names ?? []).map(({ name }) => name),
      jobs: workloads.jobs.map(({ key }) => key),
      database: data.database && { placement: data.database.placement, host: this.data.database?.host ?? '' },
    });
  }
}

/** What the earlier stacks make whenever there is a `box` section. */
function present<T>(value: T | undefined, thing: string): T {
  if (value === undefined) throw new Error(`the box needs ${thing}, which the earlier stacks do not hand on`);
  return value;
}

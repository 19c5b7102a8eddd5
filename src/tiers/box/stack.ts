/**
 * The box tier: one EC2 host, its access to managed data, and the configuration that it pulls; or, when all data is managed,
 * several identical hosts behind a load balancer.
 */
import type { App } from 'cdktf';
import { allWorkloads } from '../../config/calculations/workloads';
import { CONFIGURATION_KEY, resourceName } from '../../config/names';
import type { ResolvedEdge } from '../../config/resolved/edge';
import type { Identity, ResolvedData, ResolvedTier, ResolvedWorkloads } from '../../config/resolved/environment';
import type { BoxHandover, DataHandover, DomainHandover, NetworkHandover } from '../../contracts/handovers';
import { logBucketOf, required } from '../../contracts/lookups';
import { METRICS_NAMESPACE } from '../../contracts/host-metrics';
import { ServiceRole } from '../../modules/iam/service-role';
import { ApplicationLoadBalancer } from '../../modules/load-balancer/application-load-balancer';
import { originPeers } from '../../modules/load-balancer/origin-peers';
import { balancerSubnetIds } from '../../modules/load-balancer/subnets';
import { sharedDestinations } from '../../modules/security-group/egress';
import { Handover, type Published } from '../../terraform/handover';
import { MarkedReferences } from '../../terraform/marked-references';
import { TerraceStack, type TerraceStackProps } from '../../terraform/terrace-stack';
import { anyHostOf, type Host } from './commands';
import { BoxConfiguration, userDataText } from './configuration';
import { describeHost } from './description';
import { BoxGroup } from './group';
import { renderBundle, renderUserData } from './host/render';
import type { HostDescription } from './host/types';
import { BoxInstance } from './instance';
import { HostProfile } from './machine';
import { addBoxOutputs, type BoxOutputs } from './outputs';
import { containersUseRole, hostStatements, type HostRights } from './permissions';
import { Recovery } from './recovery';
import { BoxSecurityGroup, webOrigins } from './security-group';
import { balancedHosts, HOSTS_TARGET } from './sites';

export interface BoxStackProps {
  readonly stack: TerraceStackProps;
  readonly identity: Identity;
  readonly protect: boolean;
  readonly tier: Extract<ResolvedTier, { kind: 'box' }>;
  readonly workloads: ResolvedWorkloads;
  readonly edge: Pick<
    ResolvedEdge,
    | 'balancerScheme'
    | 'originAdmits'
    | 'knownHosts'
    | 'serviceNames'
    | 'tierRedirects'
    | 'hostBasicAuth'
    | 'strictTransportSecurity'
    | 'idleTimeoutSeconds'
  >;
  readonly data: ResolvedData;
  readonly handovers: {
    readonly network: Handover<NetworkHandover>;
    readonly domain?: Published<DomainHandover>;
    readonly data: Handover<DataHandover>;
  };
}

/** What one or several hosts are created with. */
interface HostInputs {
  readonly description: HostDescription;
  readonly configuration: BoxConfiguration;
  readonly role: ServiceRole;
  readonly profile: HostProfile;
}

interface CreatedHosts {
  readonly handover: Omit<BoxHandover, 'metricsNamespace' | 'metricsEnvironment'>;
  /** One of the hosts, for commands. */
  readonly host: Host;
  /** What DNS records must point to. Left out with an internal load balancer. */
  readonly address?: string;
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

    const inputs = this.createInputs();
    const hosts = this.several ? this.createGroup(inputs) : this.createInstance(inputs);
    this.addOutputs(hosts, inputs.description);
    this.handover = new Handover<BoxHandover>(this, {
      ...hosts.handover,
      metricsNamespace: METRICS_NAMESPACE,
      metricsEnvironment: props.identity.environment,
    });
  }

  private get several(): boolean {
    return this.props.tier.box.instances.max > 1;
  }

  private createInputs(): HostInputs {
    const { identity, tier, workloads, data, edge } = this.props;
    const { box } = tier;
    const { references } = this;
    const description = describeHost({ identity, box, workloads, data, edge, handover: this.data, references });
    const configuration = new BoxConfiguration(this, 'configuration', {
      bucketName: box.configurationBucket,
      files: renderBundle(description),
      references,
    });
    const role = this.createRole(configuration);
    return { description, configuration, role, profile: new HostProfile(this, 'profile', { roleName: role.name }) };
  }

  private createRole(configuration: BoxConfiguration): ServiceRole {
    const { identity, tier, edge } = this.props;
    const { environment } = identity;
    return new ServiceRole(this, 'role', {
      name: resourceName(environment, 'box', 'iamRole'),
      description: `Permissions of the host of ${environment} and its containers`,
      service: 'ec2.amazonaws.com',
      statements: hostStatements({
        ...this.containerRights,
        configuration: { bucketArn: configuration.bucketArn, key: CONFIGURATION_KEY },
        box: tier.box,
        loginSecret: edge.hostBasicAuth?.secret,
      }),
    });
  }

  private get containerRights(): Pick<HostRights, 'context' | 'workloads'> {
    const { identity, workloads, data } = this.props;
    const { path: secretPath, region } = identity;
    return { context: { region, accountId: this.accountId, secretPath, data, handover: this.data }, workloads };
  }

  private createSecurityGroup(balancerSecurityGroupId?: string): BoxSecurityGroup {
    const { identity, tier, workloads } = this.props;
    return new BoxSecurityGroup(this, 'security', {
      environment: identity.environment,
      box: tier.box,
      network: this.network,
      destinations: sharedDestinations(allWorkloads(workloads)),
      balancerSecurityGroupId,
    });
  }

  private createInstance({ description, configuration, role, profile }: HostInputs): CreatedHosts {
    const { identity, tier } = this.props;
    const { environment, region } = identity;
    const { allocationId, publicIp } = required(this.network.boxAddress, 'an address');
    const security = this.createSecurityGroup();
    const { id: instanceId } = new BoxInstance(this, 'box', {
      name: `${environment}-box`,
      box: tier.box,
      subnetId: required(this.network.publicSubnetIds[0], 'a public subnet'),
      securityGroupId: security.id,
      instanceProfileName: profile.name,
      allocationId,
      volumeId: required(this.data.boxVolume, 'a data volume').id,
      userData: userDataText(renderUserData(description), this.references),
      keyArn: this.data.keyArn,
      containersUseRole: containersUseRole(this.containerRights),
      waitsFor: [...role.grants, ...security.egress, configuration.object],
    });
    new Recovery(this, 'recovery', { environment, region, instanceId });
    return { handover: { instanceId, publicIp }, host: { region, instanceId }, address: publicIp };
  }

  private createGroup({ description, configuration, role, profile }: HostInputs): CreatedHosts {
    const { identity, tier, stack } = this.props;
    const balancer = this.createBalancer(description);
    const target = required(balancer.targets.get(HOSTS_TARGET), 'a target group');
    const security = this.createSecurityGroup(target.balancerSecurityGroupId);
    const { name: groupName } = new BoxGroup(this, 'group', {
      name: `${identity.environment}-box`,
      box: tier.box,
      subnetIds: this.network.publicSubnetIds,
      securityGroupId: security.id,
      instanceProfileArn: profile.arn,
      target,
      userData: renderUserData(description),
      tags: stack.tags,
      containersUseRole: containersUseRole(this.containerRights),
      waitsFor: [...role.grants, ...security.egress, configuration.object],
    });
    const { arn, arnSuffix, dnsName, hostedZoneId } = balancer;
    return {
      handover: { groupName, loadBalancer: { arn, arnSuffix, dnsName, hostedZoneId } },
      host: anyHostOf(identity.region, groupName),
      address: this.props.edge.balancerScheme === 'internal' ? undefined : dnsName,
    };
  }

  private createBalancer({ ingress }: HostDescription): ApplicationLoadBalancer {
    const { identity, protect, tier, workloads, edge, data, handovers } = this.props;
    return new ApplicationLoadBalancer(this, 'load-balancer', {
      environment: identity.environment,
      vpcId: this.network.vpcId,
      scheme: edge.balancerScheme,
      subnetIds: balancerSubnetIds(this.network, edge.balancerScheme),
      admits:
        edge.originAdmits === 'cloudfront'
          ? originPeers(this, edge.originAdmits)
          : webOrigins(tier.box.origin).map(({ cidr }) => ({ cidr })),
      certificateArn: required(handovers.domain?.in(this).certificateArn, 'a certificate'),
      logBucketName: logBucketOf(data, this.data).name,
      idleTimeoutSeconds: edge.idleTimeoutSeconds,
      protect,
      strictTransportSecurity: edge.strictTransportSecurity,
      knownHosts: edge.knownHosts,
      redirects: edge.tierRedirects,
      services: [balancedHosts(workloads.services, ingress.sites)],
      targetType: 'instance',
    });
  }

  private addOutputs({ host, address }: CreatedHosts, { ingress }: HostDescription): void {
    addBoxOutputs(this, {
      host,
      address,
      several: this.several,
      hosts: ingress.sites.map(({ name }) => name),
      jobs: this.props.workloads.jobs,
      database: this.databaseForOutputs(),
    });
  }

  private databaseForOutputs(): BoxOutputs['database'] {
    const { database } = this.props.data;
    if (database?.placement !== 'managed') return database && { placement: 'host' };
    return { placement: 'managed', host: required(this.data.database, 'the database').host };
  }
}

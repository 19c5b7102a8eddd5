/** Who is told of what: topics, alarms, notices of events, a dashboard, a budget. The last stack: it watches all the others. */
import type { App } from 'cdktf';
import type { Region } from '../config/tables/regions';
import { EDGE_REGION } from '../modules/domain/validated-certificate';
import { Alarms } from '../modules/observability/alarms';
import { ApplicationAlarms } from '../modules/observability/application-alarms';
import { BackupAlarms } from '../modules/observability/backup-alarms';
import { ACTIVATE_COST_TAG, MonthlyBudget } from '../modules/observability/budget';
import { CacheAlarms } from '../modules/observability/cache-alarms';
import { CertificateAlarms } from '../modules/observability/certificate-alarms';
import { ClusterAlarms } from '../modules/observability/cluster-alarms';
import { Dashboard } from '../modules/observability/dashboard';
import { DataEvents } from '../modules/observability/data-events';
import { DatabaseAlarms } from '../modules/observability/database-alarms';
import { DeploymentEvents } from '../modules/observability/deployment-events';
import { EdgeAlarms } from '../modules/observability/edge-alarms';
import { FargateAlarms } from '../modules/observability/fargate-alarms';
import { HostAlarms } from '../modules/observability/host-alarms';
import { LoadBalancerAlarms } from '../modules/observability/load-balancer-alarms';
import { NatAlarms } from '../modules/observability/nat-alarms';
import { QueueAlarms } from '../modules/observability/queue-alarms';
import { NotificationTopic } from '../modules/observability/topic';
import type { MonitoredResources } from '../modules/observability/monitored-resources';
import { TerraceStack, type TerraceStackProps } from '../terraform/terrace-stack';
import { rotatedSecretArns } from '../modules/containers/rotated-secrets';
import { monitoredEnvironment, type MonitoredEnvironmentProps } from './monitored-environment';

export interface ObservabilityStackProps extends MonitoredEnvironmentProps {
  readonly stack: TerraceStackProps;
}

/** `<env>-observability` */
export class ObservabilityStack extends TerraceStack {
  private readonly topics: ReadonlyMap<Region, NotificationTopic>;

  constructor(
    app: App,
    private readonly props: ObservabilityStackProps,
  ) {
    super(app, props.stack);
    const watched = monitoredEnvironment(this, props);
    this.topics = this.createTopics(watched);
    const alarms = this.createAlarms(watched);
    this.createEvents(watched);
    this.createBudget();
    this.createDashboard(watched, alarms);
    this.addConfirmationOutput();
  }

  /** One in the environment's region, and one wherever else something is measured: an alarm tells only its own region. */
  private createTopics(watched: MonitoredResources): ReadonlyMap<Region, NotificationTopic> {
    const { identity, observability } = this.props;
    const { environment, region: home } = identity;
    const regions = new Set<Region>([home, ...(Object.keys(observability.alarms).length > 0 ? regionsOf(watched) : [])]);
    return new Map(
      [...regions].map((region) => [
        region,
        new NotificationTopic(this, region === home ? 'notices' : `notices-${region}`, {
          name: `${environment}-notices`,
          environment,
          accountId: this.accountId,
          region,
          elsewhere: region !== home,
          notifications: observability.notifications,
        }),
      ]),
    );
  }

  private createAlarms(watched: MonitoredResources): Alarms {
    const { identity, observability } = this.props;
    const alarms = new Alarms({
      environment: identity.environment,
      region: identity.region,
      settings: observability.alarms,
      topics: Object.fromEntries([...this.topics].map(([region, { arn }]) => [region, arn])),
    });
    const {
      balancer,
      fargate,
      host,
      cluster,
      database,
      cacheNodes,
      queues,
      nat,
      certificates,
      backupVaultName,
      edge,
      application,
    } = watched;
    new EdgeAlarms(this, 'outside', alarms, edge);
    if (balancer !== undefined) new LoadBalancerAlarms(this, 'load-balancer', alarms, balancer);
    if (fargate !== undefined) new FargateAlarms(this, 'fargate', alarms, fargate);
    if (host !== undefined) new HostAlarms(this, 'host', alarms, host);
    if (cluster !== undefined) new ClusterAlarms(this, 'cluster', alarms, cluster);
    if (application !== undefined) new ApplicationAlarms(this, 'application', alarms, application, fargate?.services ?? []);
    if (database !== undefined) new DatabaseAlarms(this, 'database', alarms, database);
    new CacheAlarms(this, 'cache', alarms, cacheNodes);
    new QueueAlarms(this, 'queue', alarms, queues);
    new NatAlarms(this, 'nat', alarms, nat);
    new CertificateAlarms(this, 'certificate', alarms, certificates);
    if (backupVaultName !== undefined) new BackupAlarms(this, 'backup', alarms, backupVaultName);
    return alarms;
  }

  /** What happens rather than is measured. Belongs to the alarms: without them nobody wants to be told. */
  private createEvents({ fargate, database }: MonitoredResources): void {
    const { identity, observability, workloads, data, handovers } = this.props;
    if (Object.keys(observability.alarms).length === 0) return;
    const { environment, region } = identity;
    const topicArn = this.homeTopic.arn;
    if (fargate !== undefined) {
      new DeploymentEvents(this, 'release-events', {
        environment,
        region,
        accountId: this.accountId,
        clusterName: fargate.clusterName,
        jobFamilies: workloads.jobs.map(({ name }) => name),
        topicArn,
      });
    }
    const instances =
      database === undefined ? [] : [database.primary, ...database.replicas].filter((instance) => instance.region === region);
    new DataEvents(this, 'data-events', {
      environment,
      instances: instances.map(({ identifier }) => identifier),
      rotatedSecretArns: rotatedSecretArns(data, handovers.data.in(this)),
      topicArn,
    });
  }

  private createBudget(): void {
    const { identity, observability } = this.props;
    const { budget } = observability;
    if (budget === undefined) return;
    const { arn: topicArn, ready: after } = this.homeTopic;
    new MonthlyBudget(this, 'budget', { environment: identity.environment, budget, topicArn, after });
    if (budget.scope === 'environment') {
      this.addOutput(
        'activate_cost_tag',
        'Run this once in the account that pays, a day after the first deployment',
        ACTIVATE_COST_TAG,
      );
    }
  }

  private createDashboard(watched: MonitoredResources, alarms: Alarms): void {
    const { identity, observability } = this.props;
    if (!observability.dashboard) return;
    const { environment: name, region } = identity;
    new Dashboard(this, 'dashboard', {
      name,
      watched,
      alarmArns: alarms.raised.filter(({ elsewhere }) => elsewhere === undefined).map(({ arn }) => arn),
    });
    const url = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`;
    this.addOutput('dashboard_url', 'How the environment does', url);
  }

  private addConfirmationOutput(): void {
    const { emails } = this.props.observability.notifications;
    if (emails.length === 0) return;
    const regions = [...this.topics.keys()].join(', ');
    this.addOutput(
      'confirm_subscriptions',
      `Each gets a message to confirm (from ${regions}) and hears nothing before`,
      emails.join(', '),
    );
  }

  private get homeTopic(): NotificationTopic {
    const topic = this.topics.get(this.props.identity.region);
    if (topic === undefined) throw new Error(`${this.props.identity.environment} has no topic in its own region`);
    return topic;
  }
}

/** Every region in which something is measured. */
function regionsOf({ edge, certificates, database }: MonitoredResources): readonly Region[] {
  const edges: readonly Region[] = edge.distributions.length + edge.healthChecks.length > 0 ? [EDGE_REGION] : [];
  return [...edges, ...certificates.map(({ region }) => region), ...(database?.replicas ?? []).map(({ region }) => region)];
}

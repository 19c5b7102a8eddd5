/** The last stack of an environment: topics, alarms, notices of events, a budget and a dashboard for all the others. */
import type { App } from 'cdktf';
import type { ResolvedSleep } from '../config/resolved/environment';
import type { Region } from '../config/tables/regions';
import { rotatedSecretArns } from '../modules/containers/rotation';
import { AlarmGroup } from '../modules/observability/alarm-group';
import { alarmTable } from '../modules/observability/alarm-table';
import { ACTIVATE_COST_TAG, MonthlyBudget } from '../modules/observability/budget';
import { Dashboard } from '../modules/observability/dashboard';
import {
  certificateNotices,
  dataNotices,
  EventNotices,
  releaseNotices,
  type EventNotice,
} from '../modules/observability/event-notices';
import { regionsOf, type MonitoredResources } from '../modules/observability/monitored-resources';
import { sleepNotices } from '../modules/observability/sleep-notices';
import { NotificationTopic } from '../modules/observability/topic';
import { TerraceStack, type TerraceStackProps } from '../terraform/terrace-stack';
import { monitoredEnvironment, type MonitoredEnvironmentProps } from './monitored-environment';

export interface ObservabilityStackProps extends MonitoredEnvironmentProps {
  readonly stack: TerraceStackProps;
  /** When the environment sleeps. @default never */
  readonly sleep?: ResolvedSleep;
}

/** `<env>-observability` */
export class ObservabilityStack extends TerraceStack {
  /** The names of the alarms in the environment's region. */
  public readonly alarmNames: readonly string[];
  private readonly resources: MonitoredResources;
  private readonly hasAlarms: boolean;

  constructor(
    app: App,
    private readonly props: ObservabilityStackProps,
  ) {
    super(app, props.stack);
    const home = props.identity.region;
    this.resources = monitoredEnvironment(this, props);
    this.hasAlarms = Object.keys(props.observability.alarms).length > 0;

    const topic = this.createTopic('notices', home);
    const topics = { [home]: topic, ...this.createTopicsElsewhere() };
    const alarms = this.createAlarms(topics);
    this.alarmNames = alarms.flatMap(({ names }) => names);
    this.createReleaseNotices(topic.arn);
    this.createSleepNotices(topic.arn);
    this.createRegionalNotices(topics);
    this.createBudget(topic);
    this.createDashboard(alarms.flatMap(({ arns }) => arns));
    this.addConfirmationOutput(Object.keys(topics));
  }

  private createTopic(id: string, region: Region): NotificationTopic {
    const { identity, observability } = this.props;
    return new NotificationTopic(this, id, {
      environment: identity.environment,
      accountId: this.accountId,
      region,
      elsewhere: region !== identity.region,
      notifications: observability.notifications,
    });
  }

  /** One in each other region where something is measured: an alarm can notify only topics of its region. */
  private createTopicsElsewhere(): Readonly<Record<string, NotificationTopic>> {
    const { region: home } = this.props.identity;
    const regions = this.hasAlarms ? regionsOf(this.resources).filter((region) => region !== home) : [];
    return Object.fromEntries(regions.map((region) => [region, this.createTopic(`notices-${region}`, region)]));
  }

  private createAlarms(topics: Readonly<Record<string, NotificationTopic>>): readonly AlarmGroup[] {
    const { identity, observability } = this.props;
    const { environment, region } = identity;
    const topicArns = Object.fromEntries(Object.entries(topics).map(([place, { arn }]) => [place, arn]));
    return Object.entries(alarmTable(this.resources)).map(
      ([group, targets]) =>
        new AlarmGroup(this, group, { environment, region, settings: observability.alarms, topicArns, targets }),
    );
  }

  /** Notifications of events, which have no metric. Without alarms there are none either. */
  private createReleaseNotices(topicArn: string): void {
    const { identity, workloads } = this.props;
    const { fargate } = this.resources;
    if (!this.hasAlarms || fargate === undefined) return;
    const { environment, region } = identity;
    const { jobs } = workloads;
    const { clusterName } = fargate;
    const notices = releaseNotices({ environment, region, accountId: this.accountId, clusterName, jobs });
    new EventNotices(this, 'release-events', { environment, topicArn, notices });
  }

  /** Also while alarms notify no one: an environment that does not wake is missed in the morning. */
  private createSleepNotices(topicArn: string): void {
    const { identity, sleep } = this.props;
    if (!this.hasAlarms || sleep === undefined) return;
    const { environment, region } = identity;
    const notices = sleepNotices({ environment, region, accountId: this.accountId });
    new EventNotices(this, 'sleep-events', { environment, topicArn, notices });
  }

  /** Events stay in their region: those of a replica and of the edge's certificate notify the topic there. */
  private createRegionalNotices(topics: Readonly<Record<string, NotificationTopic>>): void {
    if (!this.hasAlarms) return;
    const { environment, region: home } = this.props.identity;
    for (const [region, { arn: topicArn }] of Object.entries(topics)) {
      const [suffix, elsewhere] = region === home ? ['', undefined] : [`-${region}`, region];
      const create = (id: string, notices: readonly EventNotice[]): void => {
        if (notices.length > 0) new EventNotices(this, `${id}${suffix}`, { environment, topicArn, region: elsewhere, notices });
      };
      create('data-events', this.dataNoticesIn(region));
      create('certificate-events', this.certificateNoticesIn(region));
    }
  }

  private dataNoticesIn(region: string): readonly EventNotice[] {
    const { identity, data, handovers } = this.props;
    const { database } = this.resources;
    const instances = database === undefined ? [] : [database.primary, ...database.replicas];
    return dataNotices({
      environment: identity.environment,
      instances: instances.filter((instance) => instance.region === region).map(({ identifier }) => identifier),
      // Secrets are in the environment's region.
      rotatedSecretArns: region === identity.region ? rotatedSecretArns(data, handovers.data.in(this)) : [],
    });
  }

  private certificateNoticesIn(region: string): readonly EventNotice[] {
    const certificates = this.resources.certificates.filter((certificate) => certificate.region === region);
    return certificateNotices({
      environment: this.props.identity.environment,
      certificateArns: certificates.map(({ arn }) => arn),
    });
  }

  private createBudget({ arn: topicArn, ready: after }: NotificationTopic): void {
    const { identity, observability } = this.props;
    const { budget } = observability;
    if (budget === undefined) return;
    new MonthlyBudget(this, 'budget', { environment: identity.environment, budget, topicArn, after });
    if (budget.scope === 'environment') {
      this.addOutput(
        'activate_cost_tag',
        'Run this once in the payer account, a day after the first deployment: until then the budget sees no cost',
        ACTIVATE_COST_TAG,
      );
    }
  }

  private createDashboard(alarmArns: readonly string[]): void {
    const { identity, observability } = this.props;
    if (!observability.dashboard) return;
    const { environment: name, region } = identity;
    new Dashboard(this, 'dashboard', { name, resources: this.resources, alarmArns });
    const url = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`;
    this.addOutput('dashboard_url', 'The CloudWatch dashboard of the environment', url);
  }

  private addConfirmationOutput(regions: readonly string[]): void {
    const { emails } = this.props.observability.notifications;
    if (emails.length === 0) return;
    this.addOutput(
      'confirm_subscriptions',
      `Each address gets a message to confirm (from ${regions.join(', ')}) and no notification before that`,
      emails.join(', '),
    );
  }
}

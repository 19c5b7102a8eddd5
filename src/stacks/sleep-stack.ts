/** The stack that switches an environment off and on: it knows what the tiers run, and what would report a stop as a failure. */
import type { App } from 'cdktf';
import { managed } from '../config/calculations/placement';
import type { Identity, ResolvedData, ResolvedSleep } from '../config/resolved/environment';
import type { DataHandover, EdgeHandover } from '../contracts/handovers';
import { Sleep } from '../modules/sleep/sleep';
import { together, type SleepingResources } from '../modules/sleep/sleeping-resources';
import type { Handover } from '../terraform/handover';
import { TerraceStack, type TerraceStackProps } from '../terraform/terrace-stack';
import type { ServingTier } from '../tiers/tier';

export interface SleepStackProps {
  readonly stack: TerraceStackProps;
  readonly identity: Identity;
  readonly sleep: ResolvedSleep;
  readonly data: ResolvedData;
  /** The tier that serves, and the one that waits. */
  readonly tiers: readonly ServingTier[];
  /** The alarms in the environment's region. */
  readonly alarmNames: readonly string[];
  readonly handovers: {
    readonly data: Handover<DataHandover>;
    readonly edge?: Handover<EdgeHandover>;
  };
}

/** `<env>-sleep` */
export class SleepStack extends TerraceStack {
  constructor(
    app: App,
    private readonly props: SleepStackProps,
  ) {
    super(app, props.stack);
    const { identity, sleep } = props;
    const { environment, region } = identity;
    const { from, until, timezone, parameterName } = sleep;
    const { sleepArn, wakeArn } = new Sleep(this, 'switch', {
      environment,
      region,
      accountId: this.accountId,
      from,
      until,
      timezone,
      parameterName,
      resources: this.resources(),
      keyArn: props.handovers.data.in(this).keyArn,
    });
    const start = (arn: string): string => `aws stepfunctions start-execution --region ${region} --state-machine-arn ${arn}`;
    this.addOutput('sleep', `Puts the environment to sleep until the next time of \`until\``, start(sleepArn));
    this.addOutput('wake', `Wakes the environment until the next time of \`from\``, start(wakeArn));
    this.addOutput(
      'state',
      'Says what the environment is to be: asleep or awake',
      `aws ssm get-parameter --region ${region} --name ${parameterName} --query Parameter.Value --output text`,
    );
  }

  private resources(): SleepingResources {
    const { sleep, data, tiers, alarmNames, handovers } = this.props;
    const compute = together(tiers.map(({ sleeping }) => sleeping(this)));
    const edge = handovers.edge?.in(this);
    return {
      ...compute,
      database: sleep.database === 'stopped' ? managed(data.database)?.identifier : undefined,
      alarmNames,
      healthCheckIds: Object.values(edge?.healthCheckIds ?? {}),
    };
  }
}

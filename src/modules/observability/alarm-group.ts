/** The alarms on one part of an environment, with the figures of the environment. */
import { Construct } from 'constructs';
import { fitName } from '../../config/names';
import type { ResolvedObservability } from '../../config/resolved/observability';
import type { AlarmDefault } from '../../config/tables/alarm-defaults';
import { createAlarm, type AlarmProps } from './alarm';
import { metricOf, type AlarmTarget, type ApplicationAlarmTarget, type KnownAlarmTarget } from './alarm-target';

/** CloudWatch's limit on the name of an alarm, in characters. */
const LONGEST_NAME = 255;

export interface AlarmGroupProps {
  /** The environment's name, a prefix of every alarm's name. */
  readonly environment: string;
  readonly region: string;
  /** The alarms that are on, by kind. */
  readonly settings: ResolvedObservability['alarms'];
  /** Region to the topic that its alarms notify. */
  readonly topicArns: Readonly<Record<string, string>>;
  readonly targets: readonly AlarmTarget[];
}

/** One alarm for each target whose kind is on. */
export class AlarmGroup extends Construct {
  /** ARNs of the alarms in the stack's region: a dashboard shows only those of its region. */
  public readonly arns: readonly string[];
  /** The names of the same alarms. */
  public readonly names: readonly string[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: AlarmGroupProps,
  ) {
    super(scope, id);
    const alarms = props.targets.flatMap((target) => {
      const alarm = target.kind === 'application' ? applicationAlarm(target) : this.knownAlarm(target);
      return alarm === undefined ? [] : this.createAlarm(target, alarm);
    });
    this.arns = alarms.map(({ arn }) => arn);
    this.names = alarms.map(({ name }) => name);
  }

  private knownAlarm({ kind, subject, whole, scale }: KnownAlarmTarget): AlarmSettings | undefined {
    const settings = this.props.settings[kind];
    if (settings === undefined) return undefined;
    return {
      ...settings,
      name: subject === undefined ? kind : `${kind}-${subject}`,
      measures: subject === undefined ? settings.measures : `${settings.measures} (${subject})`,
      threshold: rounded(thresholdOf(settings, whole)),
      scale,
    };
  }

  /** @returns ARN and name, where the alarm is in the stack's region */
  private createAlarm(
    target: AlarmTarget,
    { name, ...settings }: AlarmSettings,
  ): readonly { readonly arn: string; readonly name: string }[] {
    const { id, region } = target;
    const { environment, region: home, topicArns } = this.props;
    const topicArn = topicArns[region ?? home];
    if (topicArn === undefined) throw new Error(`the alarm ${name} is in ${region ?? home}, which has no topic`);
    const elsewhere = region === home ? undefined : region;
    const fullName = fitName(`${environment}-${name}`, LONGEST_NAME);
    const { arn } = createAlarm(this, id, {
      ...settings,
      name: fullName,
      metric: metricOf(target, settings.minimumRequests),
      topicArn,
      region: elsewhere,
    });
    return elsewhere === undefined ? [{ arn, name: fullName }] : [];
  }
}

/** What does not depend on the region. The name is without its prefix. */
type AlarmSettings = Omit<AlarmProps, 'metric' | 'topicArn' | 'region'>;

/** Triggers after five minutes above the limit that the environment gives. */
function applicationAlarm({ subject, measures, threshold }: ApplicationAlarmTarget): AlarmSettings {
  return {
    name: `application-${subject}`,
    measures,
    unit: '',
    remedy: 'Read its traces in X-Ray since the alarm began.',
    when: 'above',
    threshold,
    periodSeconds: 300,
    periods: 1,
    // No data means no requests.
    missing: 'notBreaching',
  };
}

/**
 * A threshold as a number, in the alarm's unit.
 * @param whole what a relative threshold is a share of, in the alarm's unit; undefined where it is unknown
 */
export function thresholdOf({ threshold }: Pick<AlarmDefault, 'threshold'>, whole?: number): number {
  if (typeof threshold === 'number') return threshold;
  return whole === undefined ? threshold.otherwise : threshold.share * whole;
}

/** Shares give fractions: four fifths of 112 connections are 89.6. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

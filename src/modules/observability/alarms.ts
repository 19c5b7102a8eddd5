/** Raises the alarms that an environment wants, and remembers them for the dashboard. */
import type { Construct } from 'constructs';
import { fitName } from '../../config/names';
import { thresholdOf } from '../../config/resolve/observability';
import type { ResolvedObservability } from '../../config/resolved/observability';
import type { AlarmKind } from '../../config/tables/alarm-defaults';
import { Alarm, type AlarmProps } from './alarm';
import type { Formula, Metric } from './metrics';

/** CloudWatch's limit on the name of an alarm, in characters. */
const LONGEST_NAME = 255;

export interface AlarmsProps {
  /** The environment's name; begins the name of every alarm. */
  readonly environment: string;
  /** The region of the stack. */
  readonly region: string;
  /** Those that are on. */
  readonly settings: ResolvedObservability['alarms'];
  /** Region to the topic that its alarms tell. */
  readonly topics: Readonly<Record<string, string>>;
}

/** What one alarm watches. */
export interface AlarmTarget {
  readonly kind: AlarmKind;
  readonly metric: Metric | Formula;
  /** Which of several things of its kind: `backend`. Left out where there is one. */
  readonly subject?: string;
  /** What a threshold that is a share is a share of, in the alarm's unit. */
  readonly whole?: number;
  /** How many of the metric's units are one of the alarm's: the bytes of a GB. @default 1 */
  readonly scale?: number;
  /** Where the metric is. @default the stack's */
  readonly region?: string;
}

/** An alarm of the application's own: its threshold is not in the table. */
export interface OwnAlarm {
  readonly key: string;
  readonly measures: string;
  readonly metric: Metric;
  readonly threshold: number;
}

/** The alarms of one environment. */
export class Alarms {
  public readonly raised: Alarm[] = [];

  constructor(private readonly props: AlarmsProps) {}

  /** Whether a kind is on. */
  public wants(kind: AlarmKind): boolean {
    return this.props.settings[kind] !== undefined;
  }

  /**
   * Makes the alarm, or nothing where the environment has turned its kind off.
   * @param id of the construct; the kind alone where the scope says which thing it is about
   */
  public raise(scope: Construct, id: string, target: AlarmTarget): void {
    const settings = this.props.settings[target.kind];
    if (settings === undefined) return;
    const { subject, metric, whole, scale, region } = target;
    this.add(scope, id, {
      ...settings,
      name: this.nameOf(target.kind, subject),
      measures: subject === undefined ? settings.measures : `${settings.measures} (${subject})`,
      metric,
      threshold: rounded(thresholdOf(settings, whole)),
      scale,
      region,
    });
  }

  /** An alarm on a metric of the application: five minutes above its limit. */
  public raiseOwn(scope: Construct, id: string, { key, measures, metric, threshold }: OwnAlarm): void {
    this.add(scope, id, {
      name: this.nameOf('application', key),
      measures,
      unit: '',
      remedy: 'Look at its traces in X-Ray since the alarm began.',
      metric,
      when: 'above',
      threshold,
      periodSeconds: 300,
      periods: 1,
      // An application that measures nothing has nothing to do.
      missing: 'notBreaching',
    });
  }

  private add(scope: Construct, id: string, props: Omit<AlarmProps, 'topicArn'>): void {
    const { topics } = this.props;
    const region = props.region ?? this.props.region;
    const topicArn = topics[region];
    if (topicArn === undefined) throw new Error(`the alarm ${props.name} stands in ${region}, which has no topic`);
    const elsewhere = region === this.props.region ? undefined : region;
    this.raised.push(new Alarm(scope, id, { ...props, topicArn, region: elsewhere }));
  }

  private nameOf(kind: string, subject: string | undefined): string {
    const name = subject === undefined ? kind : `${kind}-${subject}`;
    return fitName(`${this.props.environment}-${name}`, LONGEST_NAME);
  }
}

/** Shares give odd figures: four fifths of 112 are 89.6 connections. */
function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

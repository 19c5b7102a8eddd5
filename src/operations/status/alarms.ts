/** Alarms that ring, in the region of the environment and in the one of CloudFront. */
import type { AwsClients } from '../../aws/clients';
import { explained } from '../../aws/errors';
import type { Target } from '../target';
import { ago } from './ages';
import type { StatusOptions } from './status';
import { fine, note, wrong, type Row } from './row';

/** CloudFront's metrics and health checks of Route 53 are there. */
const EDGE_REGION = 'us-east-1';

interface Alarm {
  readonly name: string;
  readonly state: string;
  readonly reason: string;
  readonly since?: Date;
  readonly actions: readonly string[];
}

export async function alarmRows(target: Target, { now, environments }: StatusOptions): Promise<readonly Row[]> {
  const { aws, name, published } = target;
  const edge = aws.options.region === EDGE_REGION ? undefined : await published('edge');
  const places = edge === undefined ? [aws] : [aws, aws.in(EDGE_REGION)];
  const found = (await Promise.all(places.map((place) => alarmsIn(place, `${name}-`)))).flat();
  const longer = environments.filter((other) => other.startsWith(`${name}-`));
  const own = found
    .filter((alarm) => !longer.some((other) => alarm.name.startsWith(`${other}-`)))
    .filter(({ actions }) => !isScaling(actions));
  if (own.length === 0) return [note('none', 'there are no alarms')];
  const ringing = own.filter(({ state }) => state === 'ALARM');
  const silent = own.filter(({ state }) => state === 'INSUFFICIENT_DATA').length;
  const facts = { alarms: own.length, ringing: ringing.length, insufficientData: silent };
  const rest = silent === 0 ? '' : `, ${silent} without data`;
  if (ringing.length === 0) return [fine('all', `${own.length} alarms, none rings${rest}`, facts)];
  return ringing.map(({ name: alarm, since, reason }) =>
    wrong(
      alarm.slice(name.length + 1),
      `rings${since === undefined ? '' : ` since ${ago(since, now).replace(/ ago$/, '')}`}: ${reason}`,
      { alarm, since: since?.toISOString() ?? null, reason },
    ),
  );
}

/** Alarms that only scale are on whenever there is little to do. */
function isScaling(actions: readonly string[]): boolean {
  return actions.length > 0 && actions.every((arn) => arn.startsWith('arn:aws:autoscaling:'));
}

async function alarmsIn(aws: AwsClients, prefix: string): Promise<readonly Alarm[]> {
  const watch = await aws.cloudWatch();
  const alarms: Alarm[] = [];
  let next: string | undefined;
  do {
    const query = { AlarmNamePrefix: prefix, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] as const, NextToken: next };
    const page = await explained(`listing alarms in ${aws.options.region}`, () =>
      watch.describeAlarms({ ...query, AlarmTypes: [...query.AlarmTypes] }),
    );
    for (const alarm of [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])])
      alarms.push({
        name: alarm.AlarmName ?? '',
        state: alarm.StateValue ?? '',
        reason: alarm.StateReason ?? '',
        since: alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp,
        actions: alarm.AlarmActions ?? [],
      });
    next = page.NextToken;
  } while (next !== undefined);
  return alarms;
}

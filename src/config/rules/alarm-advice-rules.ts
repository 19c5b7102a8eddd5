/** Warnings about alarms whose settings are legal and cannot mean what they seem to. */
import { ALARM_KINDS, alarmDefault, type AlarmKind } from '../tables/alarm-defaults';
import type { ParsedEnvironment } from '../schema/environment';
import { finding, findingIf } from './finding';
import { defineRule, type Rule } from './rule';

interface Written {
  readonly kind: AlarmKind;
  readonly periodSeconds?: number;
  readonly threshold?: number;
}

function writtenAlarms({ alarms }: ParsedEnvironment['observability']): readonly Written[] {
  if (alarms === 'none') return [];
  return ALARM_KINDS.map((kind) => ({ kind, ...(alarms[kind] === false ? {} : alarms[kind]) }));
}

/** What the services of AWS report at, unless a person pays for more. Source: Amazon CloudWatch user guide, "Metrics". */
const USUAL_PERIOD_SECONDS = 60;

const measured = defineRule({
  id: 'alarm-period-short',
  severity: 'warning',
  summary: 'Alarms have periods of a minute or more: the metrics of AWS are reported once a minute.',
  reads: ['observability'],
  check: ({ observability }) =>
    writtenAlarms(observability).flatMap(({ kind, periodSeconds }) =>
      findingIf(
        periodSeconds !== undefined && periodSeconds < USUAL_PERIOD_SECONDS,
        `observability.alarms.${kind}.periodSeconds`,
        periodSeconds,
        'most periods have no measurement, so the alarm goes off late or never, and it costs three times as much',
        `set it to ${USUAL_PERIOD_SECONDS}`,
      ),
    ),
});

/** The usual threshold, in percent, from which a fraction must be a slip: the share was meant. */
const PLAINLY_PERCENT = 10;

const percentages = defineRule({
  id: 'alarm-percentage-small',
  severity: 'warning',
  summary: 'A threshold in percent is 1 or more: four fifths are 80, not 0.8.',
  reads: ['observability'],
  check: ({ observability }) =>
    writtenAlarms(observability).flatMap(({ kind, threshold }) => {
      const { unit, threshold: usual } = alarmDefault(kind);
      if (threshold === undefined || threshold <= 0 || threshold >= 1) return [];
      if (unit !== '%' || typeof usual !== 'number' || usual < PLAINLY_PERCENT) return [];
      return [
        finding(
          `observability.alarms.${kind}.threshold`,
          threshold,
          `less than one percent, where ${usual} is usual`,
          `write ${Math.round(threshold * 100)} for ${Math.round(threshold * 100)} %`,
        ),
      ];
    }),
});

export const ALARM_ADVICE_RULES: readonly Rule[] = [measured, percentages];

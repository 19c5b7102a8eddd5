/** The rule that the alarms on old backups can end. */
import { gapsOf } from '../../../calculations/cron-gaps';
import { findingIf } from '../../../rules/finding';
import { defineRule, type Rule } from '../../../rules/rule';

const MINUTES_OF_HOUR = 60;

const ALARMS = [
  ['schedule', 'alarmAfterHours'],
  ['drillSchedule', 'drillAlarmAfterHours'],
] as const;

const outlastsInterval = defineRule({
  id: 'box-backup-alarm',
  severity: 'refusal',
  summary: 'The alarms on backups and restore tests wait longer than the longest time between two of them.',
  reads: ['box'],
  check: ({ box }) =>
    box === undefined
      ? []
      : ALARMS.flatMap(([schedule, alarm]) => {
          const hours = gapsOf(box.backup[schedule]).longest / MINUTES_OF_HOUR;
          return findingIf(
            box.backup[alarm] <= hours,
            `box.backup.${alarm}`,
            box.backup[alarm],
            `more than ${Math.floor(hours)}, the hours between two runs of box.backup.${schedule} (${box.backup[schedule]})`,
            'raise it by the time that a run takes: otherwise the alarm is on before each run',
          );
        }),
});

export const BACKUP_ALARM_RULES: readonly Rule[] = [outlastsInterval];

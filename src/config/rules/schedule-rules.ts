/** Rules about schedules: a run has ended when the next one is due. */
import { gapsOf } from '../calculations/cron-gaps';
import { located } from './located';
import { finding } from './finding';
import { defineRule, type Rule } from './rule';

const SECONDS_OF_MINUTE = 60;

const endsBeforeNext = defineRule({
  id: 'job-outlasts-interval',
  severity: 'warning',
  summary: 'A job with a schedule is stopped before its next run is due.',
  reads: [],
  also: ['jobs'],
  check: ({ jobs }) =>
    located('jobs', jobs).flatMap(({ path, value: { schedule, timeoutSeconds, concurrency } }) => {
      const interval = schedule === undefined ? Infinity : gapsOf(schedule).shortest * SECONDS_OF_MINUTE;
      if (timeoutSeconds <= interval) return [];
      const next = concurrency === 'forbid' ? 'a run that hangs lets the following ones be skipped' : 'runs that hang add up';
      return [
        finding(
          `${path}.timeoutSeconds`,
          timeoutSeconds,
          `the next run is due after ${interval} seconds: ${next}, until it is stopped after ${timeoutSeconds}`,
          `set it to ${interval} or less, or run the job less often`,
        ),
      ];
    }),
});

export const SCHEDULE_RULES: readonly Rule[] = [endsBeforeNext];

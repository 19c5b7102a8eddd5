/** Rules about jobs that releases run. */
import { findingIf } from './finding';
import { located } from './located';
import { defineRule, type Rule } from './rule';

const beforeRelease = defineRule({
  id: 'job-before-release',
  severity: 'refusal',
  summary: 'A job that releases run first has a declared image and no schedule.',
  reads: [],
  also: ['jobs'],
  check: ({ jobs }) =>
    located('jobs', jobs).flatMap(({ path, value: { before, image, schedule } }) =>
      before === undefined
        ? []
        : [
            ...findingIf(
              typeof image !== 'string',
              `${path}.before`,
              before,
              'a job whose image is declared under `images`: no release changes a pinned image, so none would run the job',
              'let it run the image of the code that it prepares, or remove `before`',
            ),
            ...findingIf(
              schedule !== undefined,
              `${path}.before`,
              before,
              'a job without `schedule`: a release cannot go on while a run of the schedule is active',
              'describe two jobs, one with `schedule` and one with `before`',
            ),
          ],
    ),
});

export const RELEASE_RULES: readonly Rule[] = [beforeRelease];

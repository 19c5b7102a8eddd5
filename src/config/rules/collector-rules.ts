/** Rules about the OpenTelemetry collector: its container is in the task of each service and worker. */
import { COLLECTOR_KEY } from '../names';
import { RUNNING_SECTIONS, runningOf } from './located';
import { findingIf } from './finding';
import { defineRule, type Rule } from './rule';

const apart = defineRule({
  id: 'collector-apart',
  severity: 'refusal',
  summary: 'With tracing, no service or worker has the name of the collector.',
  reads: ['observability'],
  also: RUNNING_SECTIONS,
  check: ({ observability, ...workloads }) => {
    if (observability.tracing === 'none') return [];
    return runningOf(workloads).flatMap(({ key, path }) =>
      findingIf(
        key === COLLECTOR_KEY,
        path,
        key,
        `any name but "${COLLECTOR_KEY}" with observability.tracing`,
        'rename it: Terrace adds a container of that name to the task',
      ),
    );
  },
});

export const COLLECTOR_RULES: readonly Rule[] = [apart];

/** Rules about the OpenTelemetry collector: its container and its ports are in the task of each service and worker. */
import { COLLECTOR_KEY } from '../names';
import { PORTS } from '../tables/ports';
import { located, RUNNING_SECTIONS, runningOf } from './located';
import { findingIf } from './finding';
import { defineRule, type Rule } from './rule';

const COLLECTOR_PORTS: readonly number[] = [PORTS.collectorGrpc, PORTS.collectorHttp, PORTS.collectorHealth];

const apart = defineRule({
  id: 'collector-apart',
  severity: 'refusal',
  summary: 'With tracing, no service or worker has the name of the collector, and no service its ports.',
  reads: ['observability'],
  also: RUNNING_SECTIONS,
  check: ({ observability, ...workloads }) => {
    if (observability.tracing === 'none') return [];
    return [
      ...runningOf(workloads).flatMap(({ key, path }) =>
        findingIf(
          key === COLLECTOR_KEY,
          path,
          key,
          `any name but "${COLLECTOR_KEY}" with observability.tracing`,
          'rename it: Terrace adds a container of that name to the task',
        ),
      ),
      ...located('services', workloads.services).flatMap(({ path, value: { port } }) =>
        findingIf(
          COLLECTOR_PORTS.includes(port),
          `${path}.port`,
          port,
          `any port but ${COLLECTOR_PORTS.join(', ')} with observability.tracing: the collector in the same task listens on these`,
          'let the container listen on another port',
        ),
      ),
    ];
  },
});

export const COLLECTOR_RULES: readonly Rule[] = [apart];

/** Rules about the sidecars of services and workers. */
import { COLLECTOR_KEY, POOLER_KEY } from '../names';
import { COLLECTOR_PORTS, PORTS } from '../tables/ports';
import { finding, findingIf, repeated } from './finding';
import { located, runningOf, RUNNING_SECTIONS, type Located } from './located';
import { defineRule, type Rule } from './rule';

type Running = ReturnType<typeof runningOf>[number];
type Sidecar = Running['value']['sidecars'][string];

/** Names of containers that Terrace adds to tasks. */
const RESERVED: readonly string[] = [POOLER_KEY, COLLECTOR_KEY];

function sidecarsIn({ path, value }: Running): readonly Located<Sidecar>[] {
  return located(`${path}.sidecars`, value.sidecars);
}

const names = defineRule({
  id: 'sidecar-names',
  severity: 'refusal',
  summary: 'A sidecar has neither the name of its container nor one that Terrace reserves.',
  reads: [],
  also: RUNNING_SECTIONS,
  check: (workloads) =>
    runningOf(workloads).flatMap((running) =>
      sidecarsIn(running).flatMap(({ key, path }) =>
        findingIf(
          key === running.key || RESERVED.includes(key),
          path,
          key,
          `any name but ${[running.key, ...RESERVED].join(', ')}`,
          'rename it: containers of a task have different names',
        ),
      ),
    ),
});

const ports = defineRule({
  id: 'sidecar-ports',
  severity: 'refusal',
  summary: 'All containers of a task listen on different ports: they share one network.',
  reads: ['observability'],
  also: RUNNING_SECTIONS,
  check: ({ observability, ...workloads }) =>
    runningOf(workloads).flatMap((running) => {
      const { path, value } = running;
      const collector = observability.tracing === 'none' ? [] : Object.values(COLLECTOR_PORTS);
      const own = [
        ...collector.map((port) => ({ at: 'the collector of observability.tracing', port })),
        ...('port' in value ? [{ at: `${path}.port`, port: value.port }] : []),
        ...(value.metrics === undefined || ('port' in value && value.metrics.port === value.port)
          ? []
          : [{ at: `${path}.metrics.port`, port: value.metrics.port }]),
        ...(value.pooler === undefined ? [] : [{ at: `${path}.pooler`, port: PORTS.pooler }]),
      ];
      const theirs = sidecarsIn(running).flatMap((sidecar) =>
        sidecar.value.ports.map((port, index) => ({ at: `${sidecar.path}.ports[${index}]`, port })),
      );
      return repeated([...own, ...theirs], ({ port }) => String(port)).map(({ entry, first }) =>
        finding(entry.at, entry.port, `a port that ${first.at} does not have`, 'let one of the two listen on another port'),
      );
    }),
});

const checks = defineRule({
  id: 'sidecar-health',
  severity: 'refusal',
  summary: 'A container waits only for the health of sidecars that have a check.',
  reads: [],
  also: RUNNING_SECTIONS,
  check: (workloads) =>
    runningOf(workloads)
      .flatMap(sidecarsIn)
      .flatMap(({ path, value: { waitFor, health } }) =>
        findingIf(
          waitFor === 'healthy' && health === undefined,
          `${path}.waitFor`,
          waitFor,
          '"start" or "nothing" without `health`',
          'add health: { command }, or remove `waitFor`',
        ),
      ),
});

export const SIDECAR_RULES: readonly Rule[] = [names, ports, checks];

/** Services and workers: sizes, scaling, health, routes. Pure. */
import type { ResolvedService, ResolvedWorker } from '../../config/resolved/environment';
import type { Book } from '../book';
import { card, cards, code, codes, facts, list, type Fact, type Section } from '../elements';
import { html, joined, type Html, type Part } from '../html';
import { duration, rangeInWords, sizeOf } from '../facts/sizes';

export function workloadsSection({ environment }: Book): Section | undefined {
  const { services, workers } = environment.workloads;
  const most = Math.max(1, ...[...services, ...workers].map(({ replicas }) => replicas.max));
  if (services.length + workers.length === 0) return undefined;
  return {
    id: 'workloads',
    title: workers.length === 0 ? 'Services' : 'Services and workers',
    body: cards([...services.map((one) => serviceCard(one, most)), ...workers.map((one) => workerCard(one, most))]),
  };
}

function serviceCard(service: ResolvedService, most: number): Html {
  const { key, routes, port, health } = service;
  return card({
    kind: 'service',
    title: key,
    body: [
      replicasBar(service, most),
      facts([
        ...common(service),
        ['port', port],
        [
          'health',
          html`${code(health.path)} every ${duration(health.intervalSeconds)}; out after ${health.unhealthyThreshold} failures`,
        ],
        ['routes', routes.length === 0 ? 'none: not reachable from outside' : list(routes.map(routeInWords))],
      ]),
    ],
  });
}

function workerCard(worker: ResolvedWorker, most: number): Html {
  return card({ kind: 'worker', title: worker.key, body: [replicasBar(worker, most), facts(common(worker))] });
}

function common(workload: ResolvedService | ResolvedWorker): readonly (Fact | false)[] {
  const { image, variables, scaling, spotPercent, exec, pooler, architecture, mounts } = workload;
  const secrets = Object.keys(variables.secrets);
  return [
    ['size', `${sizeOf(workload)}${architecture === 'arm64' ? ', arm64' : ''}`],
    ['scaling', scalingInWords(scaling)],
    ['image', image.kind === 'declared' ? `${image.key}, as the last release says` : code(image.reference)],
    ['secret variables', codes(secrets)],
    ['directories', codes(mounts.map(({ path }) => path))],
    spotPercent > 0 && ['on Spot', `${spotPercent} %`],
    pooler !== undefined && ['pooler', `PgBouncer, ${pooler.poolSize} connections in each`],
    exec && ['shell', 'can be opened in a running container'],
  ];
}

function scalingInWords(scaling: (ResolvedService | ResolvedWorker)['scaling']): string {
  if (scaling === undefined) return 'none';
  if (scaling.kind === 'list')
    return `one for each ${scaling.entriesPerTask === 1 ? 'entry' : `${scaling.entriesPerTask} entries`} of the Redis list ${scaling.redisList}`;
  if (scaling.kind === 'queue')
    return `one for each ${scaling.messagesPerTask === 1 ? 'message' : `${scaling.messagesPerTask} messages`} in queue ${scaling.queue}`;
  return [
    scaling.cpuPercent !== undefined && `CPU at ${scaling.cpuPercent} %`,
    scaling.memoryPercent !== undefined && `memory at ${scaling.memoryPercent} %`,
    scaling.requestsPerTarget !== undefined && `${scaling.requestsPerTarget} requests a minute each`,
  ]
    .filter((part) => part !== false)
    .join(', ');
}

function routeInWords({ host, paths }: ResolvedService['routes'][number]): Part {
  return [host === undefined ? 'every name' : code(host), paths !== undefined && [' ', joined(paths.map(code), ' ')]];
}

/** A square for each task that always runs, a lighter one for each further task under load. */
function replicasBar({ replicas }: ResolvedService | ResolvedWorker, most: number): Part {
  const { min, max } = replicas;
  if (most > 12) return html`<p class="replicas">${rangeInWords(replicas)} containers</p>`;
  return html`<p class="replicas">
    <span class="squares" aria-hidden="true">
      ${Array.from({ length: max }, (_, index) => html`<i class="${index < min ? 'always' : 'load'}"></i>`)}
    </span>
    ${rangeInWords(replicas)} ${max === 1 ? 'container' : 'containers'}
  </p>`;
}

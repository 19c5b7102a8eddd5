/** Rules about previews: where they can exist, and what keeps their names and routes apart from those of their environment. */
import { previewContainers, runningInPreview } from '../calculations/preview-containers';
import { PREVIEW_PRIORITIES, PREVIEW_RULES, previewRuleCount } from '../calculations/preview-priorities';
import { isProxied } from '../calculations/record-zone';
import { DATABASE_DROP_KEY, LARGEST_PREVIEW_NUMBER, looksLikePreview, looksLikePreviewDatabase, previewHost } from '../names';
import type { ParsedEnvironment } from '../schema/environment';
import { eachOnce, findingIf, listed } from './finding';
import { calledIn, CONTAINER_SECTIONS, containersOf, located, variablesOf } from './located';
import { defineRule, type Finding, type Rule } from './rule';

/** ACM's limit on the first name of a certificate. Source: ACM API, RequestCertificate. */
const LONGEST_NAME = 64;

/** A load balancer's rule has at most five condition values, one of which is the host. Source: Elastic Load Balancing quotas. */
const MOST_PATHS = 4;

const possible = defineRule({
  id: 'preview-possible',
  severity: 'refusal',
  summary: 'An environment with previews is not protected, and its states are in S3 or in local files.',
  reads: ['preview', 'protect', 'backend'],
  check: ({ preview, protect, backend }) => {
    if (preview === undefined) return [];
    return [
      ...findingIf(
        protect,
        'preview',
        preview,
        'nothing with protect: true: a preview runs code that nobody has reviewed',
        'move `preview` to an environment for development',
      ),
      ...findingIf(
        backend.kind === 'cloud',
        'preview',
        preview,
        'nothing with backend: { kind: "cloud" }: each preview would need a workspace that a person creates',
        'keep the states of this environment in S3',
      ),
    ];
  },
});

const reachable = defineRule({
  id: 'preview-reachable',
  severity: 'refusal',
  summary: 'Names of previews lead straight to a public load balancer of the environment, and fit the limits of certificates.',
  reads: ['preview', 'domain', 'edge'],
  also: ['services'],
  check: ({ preview, domain, edge, services }) => {
    if (preview === undefined) return [];
    const [first = ''] = domain?.names ?? [];
    return [
      ...findingIf(
        domain === undefined || !Object.values(services).some(({ routes }) => routes.length > 0),
        'preview',
        preview,
        'nothing without `domain` and a service with `routes`: there is no load balancer to share',
        'remove `preview`, or add names and routes',
      ),
      ...findingIf(
        edge.cdn !== undefined,
        'preview',
        preview,
        'nothing with edge.cdn: its load balancer admits CloudFront only, which does not know the names of previews',
        'have previews in an environment without `edge.cdn`',
      ),
      ...findingIf(
        isProxied({ domain, edge }),
        'preview',
        preview,
        "nothing behind Cloudflare's proxy, whose certificate is not valid for names so deep",
        'have previews in an environment whose names are not proxied',
      ),
      ...findingIf(
        previewHost(LARGEST_PREVIEW_NUMBER, first).length > LONGEST_NAME,
        'domain.names[0]',
        first,
        `a first name of at most ${LONGEST_NAME - previewHost(LARGEST_PREVIEW_NUMBER, '').length} characters: ACM takes ${LONGEST_NAME} with the number of the preview`,
        'put a shorter name first',
      ),
    ];
  },
});

const declared = defineRule({
  id: 'preview-declared',
  severity: 'refusal',
  summary: 'Containers, jobs and images of `preview` are declared in the environment, each once.',
  reads: ['preview'],
  also: [...CONTAINER_SECTIONS, 'images'],
  check: ({ preview, services, workers, jobs, images }) => {
    if (preview === undefined) return [];
    const running = [...Object.keys(services), ...Object.keys(workers)];
    const unknown = (path: string, key: string, known: readonly string[]): readonly Finding[] =>
      findingIf(!known.includes(key), path, key, `one of: ${listed(known)}`, 'correct the name, or remove it');
    return [
      ...(preview.containers ?? []).flatMap((key, index) => unknown(`preview.containers[${index}]`, key, running)),
      ...eachOnce('preview.containers', preview.containers ?? [], 'container'),
      ...preview.jobs.flatMap((key, index) => unknown(`preview.jobs[${index}]`, key, Object.keys(jobs))),
      ...eachOnce('preview.jobs', preview.jobs, 'job'),
      ...Object.keys(preview.images).flatMap((key) => unknown(`preview.images.${key}`, key, Object.keys(images))),
    ];
  },
});

/** The names that an environment has on its database server. */
function identifiersOf(database: ParsedEnvironment['database']): readonly { readonly path: string; readonly name: string }[] {
  if (database === undefined) return [];
  return [
    { path: 'database.name', name: database.name },
    ...Object.keys(database.roles).map((name) => ({ path: `database.roles.${name}`, name })),
  ];
}

const namesDiffer = defineRule({
  id: 'preview-names',
  severity: 'refusal',
  summary: 'Nothing in an environment with previews has a name that begins like one.',
  reads: ['preview', 'domain', 'database'],
  also: [...CONTAINER_SECTIONS, 'buckets', 'queues', 'secrets'],
  check: ({ preview, domain, database, ...sections }) => {
    if (preview === undefined) return [];
    const entries = (['services', 'workers', 'jobs', 'buckets', 'queues', 'secrets'] as const).flatMap((section) =>
      located<unknown>(section, sections[section]),
    );
    return [
      ...entries.flatMap(({ key, path }) =>
        findingIf(
          looksLikePreview(key) || key === DATABASE_DROP_KEY,
          path,
          key,
          `a name that does not begin like "pr-12", and is not ${DATABASE_DROP_KEY}: previews have such names`,
          'rename it',
        ),
      ),
      ...identifiersOf(database).flatMap(({ path, name }) =>
        findingIf(
          looksLikePreviewDatabase(name),
          path,
          name,
          'a name that does not begin like "pr_12": the end of the preview 12 drops the database and the logins with such names',
          'rename it before the first preview',
        ),
      ),
      ...(domain?.names ?? []).flatMap((name, index) =>
        findingIf(
          looksLikePreview(name),
          `domain.names[${index}]`,
          name,
          'a name that does not begin like "pr-12.": the preview 12 has such names',
          'choose another name',
        ),
      ),
    ];
  },
});

const routesLeaveRoom = defineRule({
  id: 'preview-routes',
  severity: 'refusal',
  summary: `Rules of previews fit between the environment's: priorities from ${PREVIEW_PRIORITIES.first} to ${PREVIEW_PRIORITIES.afterLast - 1} are theirs, and lower ones have a host.`,
  reads: ['preview', 'domain'],
  also: ['services'],
  check: ({ preview, domain, services }) => {
    if (preview === undefined) return [];
    const { first, afterLast } = PREVIEW_PRIORITIES;
    const routes = located('services', services).flatMap(({ key, path, value }) =>
      value.routes.map((route, index) => ({ ...route, key, path: `${path}.routes[${index}]` })),
    );
    const running = runningInPreview(preview, services);
    const inPreviews = routes.filter(({ key }) => running.includes(key));
    const rules = previewRuleCount(inPreviews, domain?.names.length ?? 0);
    return [
      ...routes.flatMap(({ path, priority, host }) => [
        ...findingIf(
          priority !== undefined && priority >= first && priority < afterLast,
          `${path}.priority`,
          priority,
          `a priority below ${first}, or from ${afterLast} on: previews have those in between`,
          'change the priority, or remove it',
        ),
        ...findingIf(
          priority !== undefined && priority < first && host === undefined,
          `${path}.priority`,
          priority,
          `a host with a priority below ${first}: this route would receive the requests of previews`,
          'add `host`, or remove `priority`: paths are matched before whole hosts in any case',
        ),
      ]),
      ...inPreviews.flatMap(({ path, paths = [], host }) =>
        findingIf(
          host === undefined && paths.length > MOST_PATHS,
          `${path}.paths`,
          paths,
          `at most ${MOST_PATHS} paths without a host: the load balancer also compares the name of the preview`,
          'split it into two routes',
        ),
      ),
      ...findingIf(
        rules > PREVIEW_RULES,
        'preview',
        `${rules} rules of the load balancer for each preview`,
        `routes that need at most ${PREVIEW_RULES}; a route without a host needs one for each name of \`domain\``,
        'name fewer services in `preview.containers`, or give routes a `host`',
      ),
    ];
  },
});

const callsWithin = defineRule({
  id: 'preview-calls',
  severity: 'refusal',
  summary: 'A container of a preview refers only to services that the preview has as well.',
  reads: ['preview'],
  also: CONTAINER_SECTIONS,
  check: ({ preview, ...sections }) => {
    if (preview === undefined) return [];
    const present = previewContainers(preview, sections);
    return variablesOf(containersOf(sections).filter(({ key }) => present.includes(key))).flatMap(({ path, value }) => {
      const called = typeof value === 'object' && 'from' in value ? calledIn(value.from) : undefined;
      return findingIf(
        called !== undefined && called in sections.services && !present.includes(called),
        `${path}.from`,
        called,
        `a service of the preview, one of: ${listed(present)}`,
        `add "${called}" to preview.containers: previews do not call services of their environment`,
      );
    });
  },
});

export const RULES_OF_PREVIEWS: readonly Rule[] = [possible, reachable, declared, namesDiffer, routesLeaveRoom, callsWithin];

/** Rules about references: everything that a container refers to is declared in the same environment. */
import { managed } from '../calculations/placement';
import { suggest } from '../problems/nearest';
import { CONTAINER_SECTIONS, containersOf, located, permissionsOf, programsOf, variablesOf } from './located';
import { finding, findingIf, listed } from './finding';
import { defineRule, type Finding, type Rule } from './rule';
import type { ParsedEnvironment } from '../schema/environment';

type Facts = Pick<ParsedEnvironment, 'database' | 'cache' | 'buckets' | 'queues'>;

/** The finding when a name is not among the declared ones. */
function unknown(path: string, name: string, declared: Readonly<Record<string, unknown>>, section: string): readonly Finding[] {
  const names = Object.keys(declared);
  return findingIf(!names.includes(name), path, name, listed(names), suggest(name, names, `declare it under \`${section}\``));
}

const factsKnown = defineRule({
  id: 'reference-known',
  severity: 'refusal',
  summary: 'A fact that a variable is taken `from` is declared.',
  reads: ['database', 'cache', 'buckets', 'queues'],
  also: CONTAINER_SECTIONS,
  check: ({ database, cache, buckets, queues, ...workloads }) =>
    variablesOf(containersOf(workloads)).flatMap(({ path, value }) =>
      typeof value === 'object' && 'from' in value
        ? judgeReference(`${path}.from`, value.from, { database, cache, buckets, queues })
        : [],
    ),
});

function judgeReference(path: string, from: string, { database, cache, buckets, queues }: Facts): readonly Finding[] {
  const [kind, ...rest] = from.split('.');
  const name = rest.slice(0, -1).join('.');
  switch (kind) {
    case 'bucket':
      return unknown(path, name, buckets, 'buckets');
    case 'queue':
      return unknown(path, name, queues, 'queues');
    case 'cache':
      return findingIf(cache === undefined, path, from, 'no cache is declared', 'declare `cache`, or remove the variable');
    case 'database':
      if (database === undefined)
        return [finding(path, from, 'no database is declared', 'declare `database`, or remove the variable')];
      return rest[0] === 'replicas'
        ? unknown(path, rest.slice(1, -1).join('.'), managed(database)?.replicas ?? {}, 'database.replicas')
        : [];
    default:
      return [];
  }
}

const imagesKnown = defineRule({
  id: 'image-known',
  severity: 'refusal',
  summary: 'An image that a container runs or a builder pushes is declared.',
  reads: ['images'],
  also: [...CONTAINER_SECTIONS, 'builders'],
  check: ({ images, builders, ...workloads }) => [
    ...programsOf(containersOf(workloads)).flatMap(({ path, value }) =>
      typeof value.image === 'string' ? unknown(`${path}.image`, value.image, images, 'images') : [],
    ),
    ...located('builders', builders).flatMap(({ path, value }) =>
      value.images.flatMap((image, index) => unknown(`${path}.images[${index}]`, image, images, 'images')),
    ),
  ],
});

const targetsKnown = defineRule({
  id: 'permission-target',
  severity: 'refusal',
  summary: 'A permission is on a declared bucket or queue.',
  reads: ['buckets', 'queues'],
  also: [...CONTAINER_SECTIONS, 'builders'],
  check: ({ buckets, queues, builders, ...workloads }) =>
    [...containersOf(workloads), ...located('builders', builders)].flatMap((holder) =>
      permissionsOf(holder).flatMap(({ path, value }) => {
        if ('bucket' in value) return unknown(`${path}.bucket`, value.bucket, buckets, 'buckets');
        return 'queue' in value ? unknown(`${path}.queue`, value.queue, queues, 'queues') : [];
      }),
    ),
});

const sourcesKnown = defineRule({
  id: 'builder-source',
  severity: 'refusal',
  summary: 'A bucket that a builder takes its source from is declared.',
  reads: ['buckets'],
  also: ['builders'],
  check: ({ buckets, builders }) =>
    located('builders', builders).flatMap(({ path, value: { source } }) =>
      source.kind === 'bucket' ? unknown(`${path}.source.bucket`, source.bucket, buckets, 'buckets') : [],
    ),
});

const commandsChosen = defineRule({
  id: 'builder-commands',
  severity: 'refusal',
  summary: 'A builder whose source is in a bucket says where its commands are.',
  reads: [],
  also: ['builders'],
  check: ({ builders }) =>
    located('builders', builders).flatMap(({ path, value: { source, buildspec } }) =>
      findingIf(
        source.kind === 'bucket' && buildspec === undefined,
        `${path}.buildspec`,
        buildspec,
        'the commands of the build, or that they come from the source',
        "write them here (`{ kind: 'inline', text: ... }`): who can write the bucket would choose what runs with the role of the build",
      ),
    ),
});

const commandsOutsideSource = defineRule({
  id: 'builder-source-commands',
  severity: 'risk',
  summary: 'A builder does not take its commands from a bucket.',
  reads: [],
  also: ['builders'],
  check: ({ builders }) =>
    located('builders', builders).flatMap(({ path, value: { source, buildspec } }) =>
      findingIf(
        source.kind === 'bucket' && buildspec?.kind === 'source',
        `${path}.buildspec`,
        buildspec,
        'commands that those who write the source cannot change',
        "write them here (`{ kind: 'inline', text: ... }`)",
      ),
    ),
});

const mountsKnown = defineRule({
  id: 'mount-known',
  severity: 'refusal',
  summary: 'A mounted directory is a declared access point of a declared file system.',
  reads: ['fileSystems'],
  also: CONTAINER_SECTIONS,
  check: ({ fileSystems, ...workloads }) =>
    containersOf(workloads).flatMap(({ path, value }) =>
      value.mounts.flatMap(({ fileSystem, accessPoint }, index) => {
        const at = `${path}.mounts[${index}]`;
        const found = Object.hasOwn(fileSystems, fileSystem) ? fileSystems[fileSystem] : undefined;
        if (found === undefined) return unknown(`${at}.fileSystem`, fileSystem, fileSystems, 'fileSystems');
        return unknown(`${at}.accessPoint`, accessPoint, found.accessPoints, `fileSystems.${fileSystem}.accessPoints`);
      }),
    ),
});

const scalingQueueKnown = defineRule({
  id: 'scaling-queue',
  severity: 'refusal',
  summary: 'The queue that a worker scales on is declared.',
  reads: ['queues'],
  also: ['workers'],
  check: ({ queues, workers }) =>
    located('workers', workers).flatMap(({ path, value: { scaling } }) =>
      scaling !== undefined && 'queue' in scaling ? unknown(`${path}.scaling.queue`, scaling.queue, queues, 'queues') : [],
    ),
});

export const REFERENCE_RULES: readonly Rule[] = [
  factsKnown,
  imagesKnown,
  targetsKnown,
  sourcesKnown,
  commandsChosen,
  commandsOutsideSource,
  mountsKnown,
  scalingQueueKnown,
];

/**
 * Images that Terrace runs and does not build, each with the version that every environment gets. An update is a change of this
 * table: a release, reviewed like any other. Digests are in image-digests.json, which `npm run image-digests` writes: a tag
 * alone is moved by its publisher, so two hosts could run two versions.
 */
import digests from './image-digests.json';

export interface ThirdPartyImage {
  /** Registry and repository. */
  readonly repository: string;
  readonly tag: string;
  /** Where tags and digests are listed. */
  readonly source: string;
}

/** AWS's mirror of Docker's official images: it needs no login, and has no pull limit for callers in AWS. */
const LIBRARY = 'public.ecr.aws/docker/library';

const postgres = (tag: string): ThirdPartyImage => ({
  repository: `${LIBRARY}/postgres`,
  tag,
  source: 'https://gallery.ecr.aws/docker/library/postgres',
});

const redis = (tag: string): ThirdPartyImage => ({
  repository: `${LIBRARY}/redis`,
  tag,
  source: 'https://gallery.ecr.aws/docker/library/redis',
});

/** PostgreSQL on a host, and the client of `database-init`, by major version. */
export const POSTGRES_IMAGES = {
  '14': postgres('14-alpine'),
  '15': postgres('15-alpine'),
  '16': postgres('16-alpine'),
  '17': postgres('17-alpine'),
  '18': postgres('18-alpine'),
} as const satisfies Readonly<Record<string, ThirdPartyImage>>;

/** Redis on a host, by the version that ElastiCache calls it: 7.1 is the open-source release 7.2. */
export const REDIS_IMAGES = {
  '6.2': redis('6.2-alpine'),
  '7.0': redis('7.0-alpine'),
  '7.1': redis('7.2-alpine'),
} as const satisfies Readonly<Record<string, ThirdPartyImage>>;

/** AWS's distribution of the OpenTelemetry collector, for x86_64 and arm64. */
export const COLLECTOR_IMAGE: ThirdPartyImage = {
  repository: 'public.ecr.aws/aws-observability/aws-otel-collector',
  tag: 'v0.43.1',
  source: 'https://github.com/aws-observability/aws-otel-collector/releases',
};

/**
 * PgBouncer, configured by variables alone, for x86_64 and arm64. Another image needs other variables
 * (modules/containers/pooler.ts). Docker Hub limits anonymous pulls, so the data stack has a repository for a copy.
 */
export const PGBOUNCER_IMAGE: ThirdPartyImage = {
  repository: 'docker.io/edoburu/pgbouncer',
  tag: 'v1.24.1-p1',
  source: 'https://hub.docker.com/r/edoburu/pgbouncer/tags',
};

/** Runs the program that copies files between file systems (operations/move/files), for x86_64 and arm64. */
export const PYTHON_IMAGE: ThirdPartyImage = {
  repository: `${LIBRARY}/python`,
  tag: '3.13-alpine',
  source: 'https://gallery.ecr.aws/docker/library/python',
};

/** Every image of the table. */
export const THIRD_PARTY_IMAGES: readonly ThirdPartyImage[] = [
  ...Object.values(POSTGRES_IMAGES),
  ...Object.values(REDIS_IMAGES),
  COLLECTOR_IMAGE,
  PGBOUNCER_IMAGE,
  PYTHON_IMAGE,
];

/** `<repository>:<tag>`: the name of an image in image-digests.json. */
export function taggedName({ repository, tag }: Pick<ThirdPartyImage, 'repository' | 'tag'>): string {
  return `${repository}:${tag}`;
}

/** The reference to run: with the tag for people and, once it is recorded, the digest, which a registry cannot replace. */
export function imageReference(image: ThirdPartyImage, recorded: Readonly<Record<string, string>> = digests): string {
  const name = taggedName(image);
  const digest = recorded[name];
  return digest === undefined ? name : `${name}@${digest}`;
}

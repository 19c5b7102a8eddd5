/**
 * Names for parts of an environment, for descriptions that are shared or computed. All follow from the schema. `Part<Service>` is
 * a service of which any field can be left out.
 */
import type { EnvironmentInput } from './schema/environment';

export type { Part } from './schema/written';

/** A section of an environment file. */
type Section<Name extends keyof EnvironmentInput> = NonNullable<EnvironmentInput[Name]>;

/** An entry of a section whose entries have names. */
type Entry<Name extends keyof EnvironmentInput> = Section<Name> extends Readonly<Record<string, infer E>> ? E : never;

/** Where the states are kept: `backend`. */
export type Backend = Section<'backend'>;

/** A state store: `backend.store` with `kind: 's3'`. */
export type StateStore = Extract<Backend, { readonly kind: 's3' }>['store'];

/** VPC, subnets and the route to the internet: `network`. */
export type Network = Section<'network'>;

/** Host names and their zone: `domain`. */
export type Domain = Section<'domain'>;

/** PostgreSQL: `database`. */
export type Database = Section<'database'>;

/** Redis: `cache`. */
export type Cache = Section<'cache'>;

/** An entry of `buckets`. */
export type Bucket = Entry<'buckets'>;

/** An entry of `fileSystems`. */
export type FileSystem = Entry<'fileSystems'>;

/** An entry of `queues`. */
export type Queue = Entry<'queues'>;

/** An entry of `secrets`. */
export type Secret = Entry<'secrets'>;

/** An entry of `images`. */
export type Image = Entry<'images'>;

/** An entry of `services`. */
export type Service = Entry<'services'>;

/** An entry of `workers`. */
export type Worker = Entry<'workers'>;

/** An entry of `jobs`. */
export type Job = Entry<'jobs'>;

/** An entry of `builders`. */
export type Builder = Entry<'builders'>;

/** An entry of `frontends`. */
export type Frontend = Entry<'frontends'>;

/** What is in front of the services: `edge`. */
export type Edge = Section<'edge'>;

/** Alarms and who is notified: `observability`. */
export type Observability = Section<'observability'>;

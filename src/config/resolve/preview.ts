/** A preview out of the description of its environment and a number. Pure. */
import { managed } from '../calculations/placement';
import { firstPreviewPriority } from '../calculations/preview-priorities';
import { mapValues } from '../calculations/records';
import { containerName, DATABASE_DROP_KEY, DATABASE_INIT_KEY, previewLabel } from '../names';
import type { ResolvedEnvironment, ResolvedJob } from '../resolved/environment';
import type { ResolvedPreview } from '../resolved/preview';
import type { ParsedEnvironment } from '../schema/environment';
import { previewSchema } from '../schema/preview';
import { ownDescription } from './preview-description';
import { resolveData } from './data';
import { databaseInitVariables } from './database-init';
import { resolveIdentity } from './environment';
import { previewDropScript, previewInitScript } from './preview-database';
import { databaseRolesOf, resolveWorkloads } from './workloads';

/** What a preview is derived from. */
export interface PreviewRequest {
  readonly number: number;
  /** Key of a declared image to its tag or digest. @default the tags of the `preview` section */
  readonly images?: Readonly<Record<string, string>>;
}

/** A description with previews. Where it has none any more, those that exist can still be destroyed by their defaults. */
export function withPreviews(parsed: ParsedEnvironment): PreviewedEnvironment {
  return { ...parsed, preview: parsed.preview ?? previewSchema.parse({}) };
}

type PreviewedEnvironment = ParsedEnvironment & { readonly preview: NonNullable<ParsedEnvironment['preview']> };

/** @param parent the same description, resolved */
export function resolvePreview(
  parsed: PreviewedEnvironment,
  parent: ResolvedEnvironment,
  { number, images = {} }: PreviewRequest,
): ResolvedPreview {
  const settings = parsed.preview;
  const label = previewLabel(number);
  const own = ownDescription(parsed, settings, number);
  const workloads = resolveWorkloads(own);
  const data = resolveData(own, workloads);
  const jobs = workloads.jobs.flatMap((job) =>
    job.key === DATABASE_INIT_KEY ? databaseJobs(job, parsed, own, settings.databaseConnections) : [job],
  );
  const identity = resolveIdentity(own);
  const hasDatabase = own.database !== undefined;
  return {
    number,
    label,
    parent,
    identity: { ...identity, tags: { ...identity.tags, environment: parsed.name, preview: label } },
    hosts: own.domain?.names ?? [],
    workloads: { services: workloads.services, workers: workloads.workers, jobs },
    data: {
      database: managed(data.database),
      cache: managed(data.cache),
      buckets: data.buckets.filter(({ purpose }) => purpose !== 'logs'),
      queues: data.queues,
      secrets: data.secrets.filter(({ value }) => value === 'generated'),
      logGroups: data.logGroups,
      logs: data.logs,
    },
    tags: { ...mapValues(settings.images, (tag) => tag.replace('{number}', String(number))), ...images },
    afterDeployment: [...(hasDatabase ? [DATABASE_INIT_KEY] : []), ...settings.jobs],
    beforeDestruction: hasDatabase ? [DATABASE_DROP_KEY] : [],
    firstPriority: firstPreviewPriority(number),
    lifetimeDays: settings.lifetimeDays,
  };
}

/** The job that every environment has to create its logins, with another script, and its counterpart. Both log to one group. */
function databaseJobs(
  job: ResolvedJob,
  { database: parent }: ParsedEnvironment,
  own: ParsedEnvironment,
  connections: number,
): readonly ResolvedJob[] {
  const database = managed(own.database);
  if (parent === undefined || database === undefined) return [job];
  const source = { parent: parent.name, name: database.name, connections, roles: databaseRolesOf(database) };
  const drop: ResolvedJob = {
    ...job,
    key: DATABASE_DROP_KEY,
    name: containerName(own.name, DATABASE_DROP_KEY),
    command: ['sh', '-ceu', previewDropScript(source)],
    variables: databaseInitVariables([], own.region),
    logs: { ...job.logs, streamPrefix: DATABASE_DROP_KEY },
  };
  return [{ ...job, command: ['sh', '-ceu', previewInitScript(source)] }, drop];
}

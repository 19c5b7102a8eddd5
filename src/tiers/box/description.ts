/** Describes a host for the renderers: the environment's description with the facts of this tier. Pure. */
import type { ResolvedBox } from '../../config/tiers/box/resolved';
import type { ResolvedEdge } from '../../config/resolved/edge';
import type { Identity, ResolvedData, ResolvedWorkloads } from '../../config/resolved/environment';
import { containerHost } from '../../config/names';
import { PORTS } from '../../config/tables/ports';
import type { DataHandover } from '../../contracts/handovers';
import { required } from '../../contracts/lookups';
import { environmentFacts, serviceFacts, type EnvironmentFacts } from '../../modules/containers/variable-values';
import type { MarkedReferences } from '../../terraform/marked-references';
import { hostContainers } from './containers';
import { PATHS } from './host/paths';
import type { HostCache, HostDatabase, HostDescription, HostIngress } from './host/types';
import { balancedIngress, hostSites } from './sites';

export interface DescriptionProps {
  readonly identity: Identity;
  readonly box: ResolvedBox;
  readonly workloads: ResolvedWorkloads;
  readonly data: ResolvedData;
  readonly edge: Pick<
    ResolvedEdge,
    'strictTransportSecurity' | 'idleTimeoutSeconds' | 'serviceNames' | 'tierRedirects' | 'hostBasicAuth'
  >;
  readonly handover: DataHandover;
  /** Replaces Terraform's references by marks, which renderers leave alone. */
  readonly references: MarkedReferences;
}

/** The whole host. */
export function describeHost(props: DescriptionProps): HostDescription {
  const { identity, box, workloads, data, edge, handover, references } = props;
  const single = box.instances.max === 1;
  const backups = required(
    data.buckets.find(({ key }) => key === box.backup.bucket),
    `the bucket "${box.backup.bucket}"`,
  );
  const containers = hostContainers(workloads, { data, handover, facts: boxFacts(props), references });
  return {
    ...box,
    ...identity,
    // A volume can be attached to one host only. Several hosts keep no data.
    dataVolumeId: single ? references.mark(required(handover.boxVolume?.id, 'the data volume')) : undefined,
    // Several hosts would all dump the same database at the same second: RDS's own backups remain.
    database: single ? describeDatabase(props) : undefined,
    cache: describeCache(props),
    containers,
    ingress: describeIngress(props),
    idleTimeoutSeconds: props.edge.idleTimeoutSeconds,
    basicAuth: edge.hostBasicAuth && {
      except: edge.hostBasicAuth.except,
      secretArn: references.mark(secretArnOf(handover, edge.hostBasicAuth.secret)),
    },
    sshAllowed: box.sshCidrs.length > 0,
    backup: {
      ...box.backup,
      bucket: backups.name,
      paths: containers.some(({ mounts }) => mounts.length > 0) ? [PATHS.files] : [],
      fullArchiveDays: fullArchiveDays(backups.expireAfterDays),
    },
    registries: box.registries.map(({ server, secret }) => ({
      server,
      secretArn: references.mark(secretArnOf(handover, secret)),
    })),
  };
}

function secretArnOf({ secrets }: DataHandover, key: string): string {
  return required(secrets[key], `the secret "${key}"`).arn;
}

/** Days between two archives of all files, where the bucket keeps backups long enough. */
const FULL_ARCHIVE_DAYS = 7;

/** An archive of changes is of use only together with the whole one before it: that must not expire first. */
function fullArchiveDays(expireAfterDays = Infinity): number {
  return Math.max(1, Math.min(FULL_ARCHIVE_DAYS, Math.floor(expireAfterDays / 2)));
}

/** The facts that variables refer to, with database and cache on the host where they are there. */
function boxFacts({ identity, box, data, workloads, handover }: DescriptionProps): EnvironmentFacts {
  const services = serviceFacts(workloads.services, (key) => containerHost(box.dataStores, key));
  const facts = environmentFacts(identity, data, handover, services);
  const { database, cache } = data;
  return {
    ...facts,
    ...(database?.placement === 'host' && {
      database: { host: database.hostName, port: PORTS.postgres, name: database.name, replicaHosts: {} },
    }),
    ...(cache?.placement === 'host' && {
      cache: { host: cache.hostName, port: PORTS.redis, url: `redis://${cache.hostName}:${PORTS.redis}` },
    }),
  };
}

function describeDatabase({ data: { database }, handover, references }: DescriptionProps): HostDatabase | undefined {
  if (database === undefined) return undefined;
  const { version, name, roles } = database;
  const { host, masterSecretArn, roleSecretArns } = required(handover.database, 'the database');
  if (database.placement === 'managed') {
    return {
      placement: 'managed',
      version,
      name,
      host: references.mark(host),
      port: String(PORTS.postgres),
      masterSecretArn: references.mark(required(masterSecretArn, 'the master login of the database')),
    };
  }
  return {
    placement: 'host',
    version,
    name,
    roles: roles.map((role) => ({
      ...role,
      secretArn: references.mark(required(roleSecretArns[role.name], `the login of the role ${role.name}`)),
    })),
  };
}

function describeCache({ data: { cache }, handover, references }: DescriptionProps): HostCache | undefined {
  if (cache === undefined) return undefined;
  if (cache.placement === 'host') {
    return { placement: 'host', version: cache.version, evictionPolicy: cache.evictionPolicy };
  }
  const { host } = required(handover.cache, 'the cache');
  return { placement: 'managed', host: references.mark(host), port: String(PORTS.redis) };
}

function describeIngress({ box, workloads, edge }: DescriptionProps): HostIngress {
  const sites = hostSites(workloads.services, edge.serviceNames);
  if (box.instances.max > 1) return balancedIngress(workloads.services, sites);
  const redirects = edge.tierRedirects.map(({ from: name, to: target }) => ({ name, target }));
  return { kind: 'direct', origin: box.origin, sites, redirects, strictTransportSecurity: edge.strictTransportSecurity };
}

/** What one environment of a new system adds: tier, network, names and sizes. */
import { CERTIFICATE_AUTHORITIES } from '../../config/tables/certificate-authorities';
import type { Answers, EnvironmentAnswer, ServiceAnswer } from './answers';
import { commented, section, type Fields, type Section, type Value } from './description';
import { SYSTEM_CONSTANT } from './system-description';

/** What the environments that exist already leave to a new one. */
export interface Surroundings {
  /** Networks that no environment uses, one for each new environment. */
  readonly cidrs: readonly string[];
  /** DNS zones whose CAA records an existing environment writes. */
  readonly ownedZones: readonly string[];
}

/** An environment with all that the others decide for it. */
interface Subject extends EnvironmentAnswer {
  readonly answers: Answers;
  readonly cidr: string;
  /** Its first host name; those of further services are below it. */
  readonly root: string;
  /** Whether it writes the zone's CAA records. */
  readonly ownsZone: boolean;
}

/** One description for each environment, in the order of the answers. */
export function environmentDescriptions(answers: Answers, { cidrs, ownedZones }: Surroundings): readonly Section[] {
  const { environments, domain } = answers;
  const zone = domain?.zone ?? '';
  // The names without a prefix are those of the one whose data must not be lost.
  const main = environments.find(({ isProtected }) => isProtected) ?? (environments.length === 1 ? environments[0] : undefined);
  const owner = ownedZones.includes(zone) ? undefined : (main ?? environments[0]);
  return environments.map((environment, index) =>
    describe({
      ...environment,
      answers,
      cidr: cidrs[index] ?? '',
      root: environment === main ? zone : `${environment.shortName}.${zone}`,
      ownsZone: environment === owner,
    }),
  );
}

function describe(subject: Subject): Section {
  const { answers, shortName, tier, isProtected } = subject;
  const isBox = tier === 'box';
  return section(
    {
      name: `${answers.system}-${shortName}`,
      tier,
      protect: isProtected
        ? commented('Data, and what holds it, cannot be deleted.', true)
        : commented('It can be destroyed with its data.', false),
      network: network(subject),
      domain: domain(subject),
      edge: isProtected && !isBox && answers.domain ? firewall() : undefined,
      database: answers.database && (isBox ? databaseOf({ placement: 'host' }) : managedDatabase(isProtected)),
      cache: answers.cache && (isBox ? section({ placement: 'host' }) : managedCache(isProtected)),
      ...(isBox ? box(answers) : {}),
      ...(tier === 'kubernetes' ? cluster(answers, isProtected) : {}),
      services: section(Object.fromEntries(answers.services.map((service) => [service.name, serviceSizes(service, subject)])), {
        isTall: true,
      }),
    },
    { extended: SYSTEM_CONSTANT, isTall: true },
  );
}

function network({ tier, isProtected, cidr }: Subject): Section {
  const nat = tier === 'box' ? 'none' : isProtected ? 'per-az' : 'instance';
  const reasons = {
    none: 'The host has a public address and needs no NAT.',
    instance: 'About $7 a month; a NAT gateway is $36.50.',
    'per-az': 'A NAT gateway in each of two zones: $73 a month.',
  };
  return section({
    cidr: commented('Chosen once: another one replaces the network and everything in it.', cidr),
    nat: commented(reasons[nat], nat),
    flowLogs: isProtected ? section({}) : undefined,
  });
}

function domain({ answers: { domain: answer, environments, services }, root, ownsZone }: Subject): Value | undefined {
  if (answer === undefined) return undefined;
  const hosts = services.map(({ name }, index) => hostOf(name, index, root));
  const hasHost = environments.some(({ tier }) => tier === 'box');
  return section(
    {
      zone: answer.zone,
      provider: answer.provider,
      names: hosts,
      certificateAuthorities: ownsZone
        ? commented(
            `Who may issue certificates for the zone (CAA records)${hasHost ? "; a single host uses Let's Encrypt" : ''}.`,
            [CERTIFICATE_AUTHORITIES.amazon, ...(hasHost ? [CERTIFICATE_AUTHORITIES.letsEncrypt] : [])],
          )
        : commented("Another environment writes the zone's CAA records.", []),
    },
    { isTall: true },
  );
}

/** The first service is at the root, the others below it. */
function hostOf(service: string, index: number, root: string): string {
  return index === 0 ? root : `${service}.${root}`;
}

function firewall(): Section {
  return section({
    waf: section({
      rules: section(
        {
          'bad-inputs': section({ kind: 'managed', priority: 10, group: 'AWSManagedRulesKnownBadInputsRuleSet' }),
        },
        { isTall: true },
      ),
    }),
  });
}

const databaseOf = (fields: Fields): Section => section(fields, { extended: `${SYSTEM_CONSTANT}.database` });

function managedDatabase(isProtected: boolean): Section {
  return isProtected
    ? databaseOf({ placement: 'managed', instanceClass: 'db.t4g.small', multiAz: true })
    : databaseOf({ placement: 'managed', instanceClass: 'db.t4g.micro' });
}

function managedCache(isProtected: boolean): Section {
  return isProtected
    ? section({ placement: 'managed', nodeType: 'cache.t4g.small', replicas: 1 })
    : section({ placement: 'managed', nodeType: 'cache.t4g.micro' });
}

/** Services of 512 MiB that fit next to PostgreSQL, Redis and the new container of a release, by type of the host. */
const HOSTS = [
  ['t3.small', 1],
  ['t3.medium', 5],
  ['t3.large', Infinity],
] as const;

function box({ system, services, email }: Answers): Fields {
  const [instanceType] = HOSTS.find(([, most]) => services.length <= most) ?? HOSTS[2];
  return {
    buckets: commented('Nightly backups of the host.', section({ backups: section({ expireAfterDays: 30 }) })),
    box: section(
      {
        instanceType,
        operatingSystem: 'ubuntu-24.04',
        rootVolumeGb: 12,
        dataVolumeGb: commented('Database, cache and files. It grows, and never shrinks.', 20),
        applicationDirectory: `/opt/${system}`,
        certificateEmail: email,
        backup: section({ bucket: 'backups' }),
      },
      { isTall: true },
    ),
  };
}

function cluster({ services, clusterCidrs, backend }: Answers, isProtected: boolean): Fields {
  const isOpen = clusterCidrs.length > 0;
  const isPlannedByGithub = backend.kind === 's3' && backend.github !== undefined;
  return {
    delivery:
      isPlannedByGithub && !isOpen
        ? commented(
            "GitHub's runners do not reach the API of the cluster (docs/ci.md).",
            section({ planInPullRequests: 'without-cluster' }),
          )
        : undefined,
    kubernetes: section(
      {
        endpoint: isOpen
          ? 'public'
          : commented(
              'The API is reached from the VPC only: deploy from there, or add your networks (docs/kubernetes.md).',
              'private',
            ),
        publicAccessCidrs: isOpen ? clusterCidrs : undefined,
        nodes: section({
          instanceTypes: ['t3.medium'],
          min: isProtected ? 3 : 2,
          max: (isProtected ? 3 : 2) + services.length * (isProtected ? 2 : 1),
        }),
      },
      { isTall: true },
    ),
  };
}

function serviceSizes({ name }: ServiceAnswer, { answers, tier, isProtected, root }: Subject): Section {
  const { domain: answer, services } = answers;
  const index = services.findIndex((service) => service.name === name);
  const grows = isProtected && tier !== 'box';
  return section(
    {
      vcpu: isProtected ? 0.5 : 0.25,
      memoryMib: grows ? 1024 : 512,
      replicas: grows ? section({ min: 2, max: 4 }) : section({ min: 1, max: 1 }),
      scaling: grows ? section({ cpuPercent: 70 }) : undefined,
      routes: answer !== undefined && services.length > 1 ? [section({ host: hostOf(name, index, root) })] : undefined,
    },
    { extended: `${SYSTEM_CONSTANT}.services.${name}`, isTall: true },
  );
}

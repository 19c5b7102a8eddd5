/** Rules about the single host: what it is, who reaches it, what stands on it. */
import { parseCidr } from '../../calculations/cidr';
import { suggest } from '../../problems/nearest';
import { recordZone } from '../../calculations/record-zone';
import { BOX_PACKAGES } from '../../tables/box-packages';
import { CERTIFICATE_AUTHORITIES } from '../../tables/certificate-authorities';
import { architectureOf, isNitro } from '../../tables/ec2-architectures';
import { PORTS } from '../../tables/ports';
import { CONTAINER_SECTIONS, containersOf, hasTier, located } from '../../rules/located';
import { finding, findingIf, listed } from '../../rules/finding';
import { defineRule, type Rule } from '../../rules/rule';

/** Who signs the certificates of a single host. */
const CERTIFICATE_AUTHORITY = CERTIFICATE_AUTHORITIES.letsEncrypt;

/** Networks larger than this are nobody's own: /8 is the largest that an organisation ever got. */
const LARGEST_SSH_PREFIX = 8;

const sectionPresent = defineRule({
  id: 'box-section',
  severity: 'refusal',
  summary: 'Tier box comes with a `box` section that says what the host is.',
  reads: ['tier', 'nextTier', 'box'],
  check: ({ tier, nextTier, box }) =>
    findingIf(
      hasTier({ tier, nextTier }, 'box') && box === undefined,
      'box',
      undefined,
      'a section with instanceType, operatingSystem, volumes and backup when the tier is "box"',
      'add `box`; docs/box.md shows one',
    ),
});

const nitro = defineRule({
  id: 'box-instance-type',
  severity: 'refusal',
  summary: 'The host is of a generation (Nitro) whose volumes carry their own name, by which boot finds the data volume.',
  reads: ['box'],
  check: ({ box }) =>
    findingIf(
      box !== undefined && !isNitro(box.instanceType),
      'box.instanceType',
      box?.instanceType,
      'a type of the t3 generation or later',
      `choose "${box?.instanceType.replace(/^t2\./, 't3.')}" or another of t3, t3a, t4g, m6i, m7g, c7g ...`,
    ),
});

const architectures = defineRule({
  id: 'box-architecture',
  severity: 'refusal',
  summary: 'Containers are built for the processors of the host: t4g, m7g, c7g ... are arm64, the others x86_64.',
  reads: ['tier', 'nextTier', 'box'],
  also: CONTAINER_SECTIONS,
  check: ({ tier, nextTier, box, ...workloads }) => {
    if (box === undefined || !hasTier({ tier, nextTier }, 'box')) return [];
    const host = architectureOf(box.instanceType);
    return containersOf(workloads).flatMap(({ path, value }) =>
      findingIf(
        value.architecture !== host,
        `${path}.architecture`,
        value.architecture,
        `"${host}", which box.instanceType ${box.instanceType} runs`,
        `build the image for ${host} and set it, or choose an instance type of ${value.architecture}`,
      ),
    );
  },
});

const severalHosts = defineRule({
  id: 'box-several-hosts',
  severity: 'refusal',
  summary:
    'Several hosts share nothing on a host: database and cache are managed, uploads lie in buckets, no job has a schedule.',
  reads: ['box', 'database', 'cache'],
  also: CONTAINER_SECTIONS,
  check: ({ box, database, cache, ...workloads }) => {
    const { min, max } = box?.instances ?? { min: 1, max: 1 };
    const order = findingIf(min > max, 'box.instances.min', min, `at most max (${max})`, 'lower it, or raise `max`');
    if (max <= 1) return order;
    const alone = (thing: string, fix: string) => finding('box.instances.max', max, `1 while ${thing}`, fix);
    const managed = (section: string) =>
      `set ${section}.placement to "managed" and move the data first (docs/box.md), or keep one host`;
    const routed = Object.values(workloads.services).some(({ routes }) => routes.length > 0);
    return [
      ...order,
      ...(routed
        ? []
        : [
            alone('no service has a route, by which a load balancer would lead there', 'give a service routes, or keep one host'),
          ]),
      ...(database?.placement === 'host' ? [alone('the database stands on the host', managed('database'))] : []),
      ...(cache?.placement === 'host' ? [alone('the cache stands on the host', managed('cache'))] : []),
      ...containersOf(workloads)
        .filter(({ value }) => value.mounts.length > 0)
        .map(({ path }) => alone(`${path}.mounts keeps files on the host`, 'keep uploads in a bucket, or keep one host')),
      ...located('jobs', workloads.jobs)
        .filter(({ value }) => value.schedule !== undefined)
        .map(({ path }) => alone(`${path} has a schedule, which every host would follow`, 'run it on demand, or keep one host')),
    ];
  },
});

const sshWorld = defineRule({
  id: 'ssh-world',
  severity: 'risk',
  summary: 'Port 22 is open to networks of known people, never to the world; Session Manager needs no open port.',
  reads: ['box'],
  check: ({ box }) =>
    (box?.sshCidrs ?? []).flatMap((text, index) =>
      findingIf(
        (parseCidr(text)?.prefix ?? 0) < LARGEST_SSH_PREFIX,
        `box.sshCidrs[${index}]`,
        text,
        'the network of an office or a person, such as "203.0.113.7/32"',
        'remove it and use Session Manager (`aws ssm start-session`), or name your own address',
      ),
    ),
});

/** Ports that something of the host's own listens on. */
function hostPorts({
  database,
  cache,
}: {
  database?: { placement: string };
  cache?: { placement: string };
}): ReadonlyMap<number, string> {
  return new Map<number, string>([
    [PORTS.ssh, 'SSH'],
    [PORTS.http, 'nginx'],
    [PORTS.https, 'nginx'],
    ...(database?.placement === 'host' ? ([[PORTS.postgres, 'PostgreSQL']] as const) : []),
    ...(cache?.placement === 'host' ? ([[PORTS.redis, 'Redis']] as const) : []),
  ]);
}

const portsDiffer = defineRule({
  id: 'box-host-ports',
  severity: 'refusal',
  summary: 'On one host, no two services listen on the same port, nor on one of the host itself.',
  reads: ['tier', 'nextTier', 'database', 'cache'],
  also: ['services'],
  check: ({ tier, nextTier, database, cache, services }) => {
    if (!hasTier({ tier, nextTier }, 'box')) return [];
    const owners = new Map(hostPorts({ database, cache }));
    return located('services', services).flatMap(({ path, value: { port } }) => {
      const owner = owners.get(port);
      owners.set(port, owner ?? path);
      return findingIf(
        owner !== undefined,
        `${path}.port`,
        port,
        `a port that ${owner ?? ''} does not listen on`,
        'let the container listen on another port: on one host each port is there once',
      );
    });
  },
});

const namesFree = defineRule({
  id: 'box-names',
  severity: 'refusal',
  summary: 'No container is called like those that Terrace runs on the host.',
  reads: ['tier', 'nextTier', 'database', 'cache'],
  also: CONTAINER_SECTIONS,
  check: ({ tier, nextTier, database, cache, ...workloads }) => {
    const taken = [...(database?.placement === 'host' ? ['postgres'] : []), ...(cache?.placement === 'host' ? ['redis'] : [])];
    if (!hasTier({ tier, nextTier }, 'box')) return [];
    return containersOf(workloads).flatMap(({ key, path }) =>
      findingIf(
        taken.includes(key),
        path,
        key,
        `any name but ${listed(taken)}`,
        'rename it: Terrace runs a container of that name',
      ),
    );
  },
});

const noPooler = defineRule({
  id: 'box-pooler',
  severity: 'refusal',
  summary: 'On one host nobody needs a pooler: few containers share the connections of one database.',
  reads: ['tier', 'nextTier'],
  also: ['services', 'workers'],
  check: ({ tier, nextTier, services, workers }) =>
    hasTier({ tier, nextTier }, 'box')
      ? [...located('services', services), ...located('workers', workers)].flatMap(({ path, value: { pooler } }) =>
          findingIf(
            pooler !== undefined,
            `${path}.pooler`,
            pooler,
            'no pooler with tier box',
            'remove it, and add it on the way to Fargate',
          ),
        )
      : [],
});

const backupBucket = defineRule({
  id: 'box-backup-bucket',
  severity: 'refusal',
  summary: 'The bucket that nightly backups go to is declared, and receives no access logs.',
  reads: ['box', 'buckets'],
  check: ({ box, buckets }) => {
    if (box === undefined) return [];
    const { bucket } = box.backup;
    const candidates = Object.entries(buckets).flatMap(([key, { purpose }]) => (purpose === 'application' ? [key] : []));
    return findingIf(
      !candidates.includes(bucket),
      'box.backup.bucket',
      bucket,
      listed(candidates),
      suggest(bucket, candidates, `declare it: buckets: { '${bucket}': { expireAfterDays: 30 } }`),
    );
  },
});

const registryLogins = defineRule({
  id: 'box-registry',
  severity: 'refusal',
  summary: 'A registry that asks for a login has a declared secret with the keys username and password.',
  reads: ['box', 'secrets'],
  check: ({ box, secrets }) =>
    (box?.registries ?? []).flatMap(({ secret }, index) => {
      const path = `box.registries[${index}].secret`;
      const found = Object.hasOwn(secrets, secret) ? secrets[secret] : undefined;
      const names = Object.keys(secrets);
      if (found === undefined)
        return [finding(path, secret, listed(names), suggest(secret, names, 'declare it under `secrets`'))];
      const complete = ['username', 'password'].every((key) => found.keys?.includes(key) === true);
      return findingIf(
        !complete,
        path,
        secret,
        'a secret with the keys username and password',
        `set secrets.${secret}.keys to ['username', 'password']`,
      );
    }),
});

const originIsProxied = defineRule({
  id: 'box-origin',
  severity: 'refusal',
  summary: "A host that admits only Cloudflare has its names in a zone of Cloudflare's.",
  reads: ['box', 'domain'],
  check: ({ box, domain }) =>
    findingIf(
      box?.origin === 'cloudflare' && (domain === undefined || recordZone(domain).provider !== 'cloudflare'),
      'box.origin',
      box?.origin,
      '"public", unless Cloudflare answers for the names',
      'set it to "public", or domain.provider to "cloudflare"',
    ),
});

const authorityAdmitted = defineRule({
  id: 'box-certificate-authority',
  severity: 'refusal',
  summary: "The zone's CAA records admit Let's Encrypt, which signs the certificates of a single host.",
  reads: ['tier', 'nextTier', 'box', 'domain'],
  check: ({ tier, nextTier, box, domain }) => {
    const issued = hasTier({ tier, nextTier }, 'box') && box?.instances.max === 1;
    const admitted = domain?.certificateAuthorities ?? [];
    return findingIf(
      issued && admitted.length > 0 && !admitted.includes(CERTIFICATE_AUTHORITY),
      'domain.certificateAuthorities',
      admitted,
      `a list with "${CERTIFICATE_AUTHORITY}" while a single host serves`,
      `set it to ['${CERTIFICATE_AUTHORITIES.amazon}', '${CERTIFICATE_AUTHORITY}']`,
    );
  },
});

const packagesExist = defineRule({
  id: 'box-packages',
  severity: 'refusal',
  summary: 'PostgreSQL and Redis that are installed as packages have a version that the operating system offers.',
  reads: ['box', 'database', 'cache'],
  check: ({ box, database, cache }) => {
    if (box?.dataStores !== 'packages') return [];
    const { postgres, redis } = BOX_PACKAGES[box.operatingSystem];
    return [
      ...findingIf(
        database?.placement === 'host' && !postgres.includes(database.version),
        'database.version',
        database?.version,
        `${listed(postgres)} as packages of ${box.operatingSystem}`,
        "choose one of these, or box.dataStores: 'containers'",
      ),
      ...findingIf(
        cache?.placement === 'host' && !redis.includes(cache.version),
        'cache.version',
        cache?.version,
        `${listed(redis)} as a package of ${box.operatingSystem}`,
        "choose it, or box.dataStores: 'containers'",
      ),
    ];
  },
});

const buildersElsewhere = defineRule({
  id: 'box-builders',
  severity: 'warning',
  summary: 'Builders belong to the Fargate tier; with a box alone, images are built elsewhere.',
  reads: ['tier', 'nextTier'],
  also: ['builders'],
  check: ({ tier, nextTier, builders }) =>
    located('builders', builders).flatMap(({ path }) =>
      findingIf(
        hasTier({ tier, nextTier }, 'box') && !hasTier({ tier, nextTier }, 'fargate'),
        path,
        tier,
        'a builder is made with the Fargate tier only',
        'build images in CI and push them, or remove the builder',
      ),
    ),
});

export const BOX_RULES: readonly Rule[] = [
  sectionPresent,
  nitro,
  architectures,
  severalHosts,
  sshWorld,
  portsDiffer,
  namesFree,
  noPooler,
  backupBucket,
  registryLogins,
  originIsProxied,
  authorityAdmitted,
  packagesExist,
  buildersElsewhere,
];

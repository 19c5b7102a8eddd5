/** The lists below `/etc/terrace` that scripts read line by line: packages, directories, secrets, images, health paths. */
import { rolePasswordVariable } from '../../../config/calculations/database-roles-sql';
import { hasErrorStatus } from '../../../config/calculations/status-ranges';
import { postgresImage, redisImage } from './compose-stores';
import { containerStores, redisPlacement } from './data-stores';
import { packagesOf } from './operating-systems';
import { imageVariable, PATHS } from './paths';
import { configurationFile, lines, table } from './text';
import { LOGINS_FILE } from './logins';
import { sitesWithCertificates } from './nginx';
import { routedPort } from './nginx-locations';
import { rolloutsFile, secondPorts } from './rollouts';
import type { HostDescription, HostFile } from './types';

/** Every list; one that does not apply to a host is empty. */
export function listFiles(host: HostDescription): readonly HostFile[] {
  const { containers, database, registries, backup } = host;
  const running = containers.filter(({ kind }) => kind !== 'job').map(({ key }) => key);
  const list = (name: string, content: string) => configurationFile(`${PATHS.settings}/${name}`, content);
  return [
    list('packages', lines(packagesOf(host))),
    list('directories.tsv', table(directories(host))),
    list('firewall', lines(['http', 'https', ...(host.sshAllowed ? ['ssh'] : [])])),
    list(
      'secrets.tsv',
      table([...containerSecrets(host), ...databaseSecrets(host), ...registrySecrets(host), ...loginSecrets(host)]),
    ),
    list('images.tsv', table(images(host))),
    list('fixed-images.tsv', table(fixedImages(host))),
    list('registries.tsv', table(registries.map(({ server }, index) => [server, registryFile(index)]))),
    list('applications', lines(running)),
    list('data-stores', lines(containerStores(host))),
    list('health.tsv', table(healthPaths(host))),
    rolloutsFile(host),
    list('sites', lines(sitesWithCertificates(host).map(({ name }) => name))),
    list('site-checks.tsv', table(siteChecks(host))),
    list('backup-paths', lines([host.applicationDirectory, ...backup.paths])),
    ...(database?.placement === 'host'
      ? [list('role-variables', lines(database.roles.map(({ name }) => rolePasswordVariable(name))))]
      : []),
  ];
}

/** Path, owner and mode of each directory that must exist before anything mounts it or writes to it. */
function directories(host: HostDescription): readonly (readonly string[])[] {
  const mounts = new Map(host.containers.flatMap(({ mounts: each }) => each.map((mount) => [mount.source, mount] as const)));
  return [
    [host.applicationDirectory, '0:0', '0755'],
    [PATHS.backups, '0:0', '0700'],
    // Containers give these to their own users at their first start; `apply` creates those of packages.
    // Not PostgreSQL's: without it, its container cannot start on an empty directory (`require_cluster`).
    ...(redisPlacement(host) === 'container' ? [[PATHS.redis, '0:0', '0700']] : []),
    ...host.backup.paths.map((path) => [path, '0:0', '0755']),
    ...[...mounts.values()].map(({ source, owner, permissions }) => [source, owner, permissions]),
  ];
}

/** Key, variable, and the SSM parameter that names the image: the only source of truth, on every tier. */
function images({ containers }: HostDescription): readonly (readonly string[])[] {
  return containers.flatMap(({ key, image }) =>
    'parameterName' in image ? [[key, imageVariable(key), image.parameterName]] : [],
  );
}

/** Key and reference of the images that no release changes. A managed database is dumped with the programs of an image, too. */
function fixedImages({ containers, dataStores, database, cache }: HostDescription): readonly (readonly string[])[] {
  const inContainers = dataStores === 'containers';
  return [
    ...(database !== undefined && (inContainers || database.placement === 'managed')
      ? [['postgres', postgresImage(database.version)]]
      : []),
    ...(cache?.placement === 'host' && inContainers ? [['redis', redisImage(cache.version)]] : []),
    ...containers.flatMap(({ key, image }) => ('reference' in image ? [[key, image.reference]] : [])),
  ];
}

/** Key, port, second port, path and healthy statuses of each service. */
function healthPaths(host: HostDescription): readonly (readonly string[])[] {
  const seconds = secondPorts(host);
  return host.containers.flatMap((container) => {
    if (container.kind !== 'service') return [];
    const { key, port, health } = container;
    return [[key, String(port), String(seconds.get(key) ?? NONE), health.path, health.matcher]];
  });
}

/**
 * Name, path, and the first status that counts as failed, for each name with a certificate. The path is the health path of a
 * service that nginx routes there; where that may answer with an error, or no health path is routed, any answer of an application shows that nginx works.
 */
function siteChecks(host: HostDescription): readonly (readonly string[])[] {
  return sitesWithCertificates(host).map((site) => {
    const healthy = host.containers.find(
      (container) => container.kind === 'service' && routedPort(site, container.health.path) === container.port,
    );
    if (healthy?.kind !== 'service' || host.basicAuth !== undefined) return [site.name, '/', '500'];
    return [site.name, healthy.health.path, hasErrorStatus(healthy.health.matcher) ? '500' : '400'];
  });
}

/** How a secret is written: for Compose, for a shell, for `docker run --env-file`, or as the bare value. */
type Format = 'dotenv' | 'shell' | 'plain' | 'value';

/** File below the runtime directory, format, variable, ARN, and key of the secret's JSON. */
type SecretRow = readonly [file: string, format: Format, name: string, arn: string, key: string];

/** A cell without a value, such as the key where the whole secret is wanted: `read` would skip an empty cell. */
const NONE = '-';

function containerSecrets({ containers }: HostDescription): readonly SecretRow[] {
  return containers.flatMap(({ key, secrets }) =>
    Object.entries(secrets).map(([name, secret]): SecretRow => [`${key}.env`, 'dotenv', name, secret.arn, secret.key ?? NONE]),
  );
}

/** For PostgreSQL on the host, the passwords that roles are given; for a managed one, the master's login. */
function databaseSecrets({ database }: HostDescription): readonly SecretRow[] {
  switch (database?.placement) {
    case undefined:
      return [];
    case 'host':
      return database.roles.map(({ name, secretArn }) => {
        return ['roles.env', 'shell', rolePasswordVariable(name), secretArn, 'password'];
      });
    case 'managed':
      return [
        ['master.env', 'plain', 'PGUSER', database.masterSecretArn, 'username'],
        ['master.env', 'plain', 'PGPASSWORD', database.masterSecretArn, 'password'],
      ];
  }
}

function registrySecrets({ registries }: HostDescription): readonly SecretRow[] {
  return registries.flatMap(({ secretArn }, index): readonly SecretRow[] => [
    [`${registryFile(index)}.username`, 'value', NONE, secretArn, 'username'],
    [`${registryFile(index)}.password`, 'value', NONE, secretArn, 'password'],
  ]);
}

function loginSecrets({ basicAuth }: HostDescription): readonly SecretRow[] {
  return basicAuth === undefined ? [] : [[LOGINS_FILE, 'value', NONE, basicAuth.secretArn, NONE]];
}

function registryFile(index: number): string {
  return `registry-${index}`;
}

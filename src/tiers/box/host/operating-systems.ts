/** What differs between the operating systems: packages, and the names of users and programs. `scripts/library` has the rest. */
import type { HostDescription } from './types';

type OperatingSystem = HostDescription['operatingSystem'];
type Architecture = HostDescription['architecture'];

export interface OperatingSystemFacts {
  /** Packages on every host. */
  readonly packages: readonly string[];
  /** Packages of PostgreSQL with `dataStores: 'packages'`. */
  readonly postgresPackages: (version: string) => readonly string[];
  /** The directory of PostgreSQL's programs. */
  readonly postgresPrograms: (version: string) => string;
  readonly redisPackages: readonly string[];
  readonly redisServer: string;
  readonly redisUser: string;
  readonly nginxUser: string;
}

/**
 * Sources: packages.ubuntu.com (noble) and Amazon Linux 2023 release notes. The AWS CLI is in neither list: Amazon Linux
 * includes it, Ubuntu gets AWS's snap. Only Amazon's repository has the CloudWatch agent.
 */
const OPERATING_SYSTEMS: Readonly<Record<OperatingSystem, OperatingSystemFacts>> = {
  'ubuntu-24.04': {
    packages: [
      'certbot',
      'docker-compose-v2',
      'docker.io',
      'fail2ban',
      'gnupg',
      'jq',
      'nginx',
      'openssl',
      'python3-systemd',
      'ufw',
      'unattended-upgrades',
    ],
    postgresPackages: (version) => [`postgresql-${version}`],
    postgresPrograms: (version) => `/usr/lib/postgresql/${version}/bin`,
    redisPackages: ['redis-server'],
    redisServer: '/usr/bin/redis-server',
    redisUser: 'redis',
    nginxUser: 'www-data',
  },
  'amazon-linux-2023': {
    packages: [
      'amazon-cloudwatch-agent',
      'certbot',
      'dnf-automatic',
      'docker',
      'fail2ban',
      'firewalld',
      'jq',
      'nginx',
      'openssl',
      'rsyslog',
    ],
    postgresPackages: (version) => [`postgresql${version}-server`, `postgresql${version}`],
    postgresPrograms: () => '/usr/bin',
    redisPackages: ['redis6'],
    redisServer: '/usr/bin/redis6-server',
    redisUser: 'redis6',
    nginxUser: 'nginx',
  },
};

/** The facts of this host's operating system. */
export function operatingSystemOf({ operatingSystem }: Pick<HostDescription, 'operatingSystem'>): OperatingSystemFacts {
  return OPERATING_SYSTEMS[operatingSystem];
}

/** The Compose plugin for Amazon Linux, which has no package of it. */
export const COMPOSE_PLUGIN: {
  readonly version: string;
  readonly builds: Readonly<Record<Architecture, { readonly file: string; readonly sha256: string }>>;
} = {
  version: '2.40.3',
  // Source: checksums.txt of the release at github.com/docker/compose.
  builds: {
    x86_64: { file: 'docker-compose-linux-x86_64', sha256: 'dba9d98e1ba5bfe11d88c99b9bd32fc4a0624a30fafe68eea34d61a3e42fd372' },
    arm64: { file: 'docker-compose-linux-aarch64', sha256: 'd26373b19e89160546d15407516cc59f453030d9bc5b43ba7faf16f7b4980137' },
  },
};

/** Every package of this host. */
export function packagesOf(host: HostDescription): readonly string[] {
  const { packages, postgresPackages, redisPackages } = operatingSystemOf(host);
  const asPackages = host.dataStores === 'packages';
  const postgres = asPackages && host.database?.placement === 'host' ? postgresPackages(host.database.version) : [];
  const redis = asPackages && host.cache?.placement === 'host' ? redisPackages : [];
  return [...packages, ...postgres, ...redis].sort();
}

/** What differs between the operating systems: packages, names of users, services and programs. */
import type { Architecture, HostDescription, OperatingSystem } from './types';

export interface OperatingSystemFacts {
  /** Packages on every host. */
  readonly packages: readonly string[];
  /** Packages of PostgreSQL and Redis, where they are not containers. */
  readonly postgresPackages: (version: string) => readonly string[];
  readonly postgresPrograms: (version: string) => string;
  readonly redisPackages: readonly string[];
  readonly redisServer: string;
  readonly redisCli: string;
  readonly redisUser: string;
  /** The unit of the package, which ours replaces. */
  readonly redisUnit: string;
  readonly nginxUser: string;
  readonly sshUnit: string;
  /** The timer with which the certbot package renews; ours does it at the hour the documents name. */
  readonly certbotTimer: string;
  /** The timers that install security updates. */
  readonly updateTimers: readonly string[];
}

/**
 * Sources: packages.ubuntu.com (noble) and Amazon Linux 2023 release notes. The AWS CLI stands in neither list: Amazon Linux
 * brings it, Ubuntu gets AWS's snap. The CloudWatch agent is in Amazon's repository only.
 */
export const OPERATING_SYSTEMS: Readonly<Record<OperatingSystem, OperatingSystemFacts>> = {
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
    redisCli: '/usr/bin/redis-cli',
    redisUser: 'redis',
    redisUnit: 'redis-server.service',
    nginxUser: 'www-data',
    sshUnit: 'ssh.service',
    certbotTimer: 'certbot.timer',
    updateTimers: ['apt-daily.timer', 'apt-daily-upgrade.timer'],
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
    redisCli: '/usr/bin/redis6-cli',
    redisUser: 'redis6',
    redisUnit: 'redis6.service',
    nginxUser: 'nginx',
    sshUnit: 'sshd.service',
    certbotTimer: 'certbot-renew.timer',
    updateTimers: ['dnf-automatic.timer'],
  },
};

/** What is known of this host's operating system. */
export function operatingSystemOf({ operatingSystem }: Pick<HostDescription, 'operatingSystem'>): OperatingSystemFacts {
  return OPERATING_SYSTEMS[operatingSystem];
}

/** Amazon Linux has no package of Compose; the plugin is one file, and this is what it must be. */
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

/**
 * The key that AWS signs the CloudWatch agent's packages with.
 * Source: CloudWatch user guide, "Verifying the signature of the CloudWatch agent package".
 */
export const CLOUDWATCH_AGENT_FINGERPRINT = '937616F3450B7D806CBD9725D58167303B789C72';

/** Where the packages on this host come from. */
export function packagesOf(host: HostDescription): readonly string[] {
  const facts = operatingSystemOf(host);
  const installed = host.dataStores === 'packages';
  const postgres = installed && host.database?.placement === 'host' ? facts.postgresPackages(host.database.version) : [];
  const redis = installed && host.cache?.placement === 'host' ? facts.redisPackages : [];
  return [...facts.packages, ...postgres, ...redis].sort();
}

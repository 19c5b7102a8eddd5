/** The small valid environment on one host, which tests change in one place. */
import type { EnvironmentInput, ResolvedEnvironment } from '../../src/config';
import type { ResolvedBox } from '../../src/config/tiers/box/resolved';
import { example } from './example';

type Box = NonNullable<EnvironmentInput['box']>;

/** What the host is. */
export function boxSection(changes: Partial<Box> = {}): Box {
  return {
    instanceType: 't3.small',
    operatingSystem: 'ubuntu-24.04',
    rootVolumeGb: 12,
    dataVolumeGb: 18,
    applicationDirectory: '/opt/shop',
    certificateEmail: 'admin@shop.example',
    backup: { bucket: 'backups' },
    ...changes,
  };
}

/** The example's services, each in the one container that a host runs. */
function hostServices(): EnvironmentInput['services'] {
  const services = Object.entries(example().services ?? {});
  return Object.fromEntries(
    services.map(([key, service]) => [key, { ...service, replicas: { min: 1, max: 1 }, scaling: undefined }]),
  );
}

/** The example with everything on one host. */
export function boxed(changes: Partial<EnvironmentInput> = {}): EnvironmentInput {
  return example({
    tier: 'box',
    network: { cidr: '10.0.0.0/16', zones: 2, nat: 'none' },
    domain: {
      zone: 'shop.example',
      provider: 'route53',
      names: ['shop.example'],
      certificateAuthorities: ['amazon.com', 'letsencrypt.org'],
    },
    database: { placement: 'host', version: '16', name: 'shop' },
    cache: { placement: 'host' },
    buckets: { backups: { expireAfterDays: 30 } },
    box: boxSection(),
    services: hostServices(),
    ...changes,
  });
}

/** The example on one host, with its data moved to RDS and ElastiCache. */
export function moved(changes: Partial<EnvironmentInput> = {}): EnvironmentInput {
  const { database, cache } = example();
  const acknowledge: EnvironmentInput['acknowledge'] =
    changes.protect === true ? { 'single-zone-database': { 'database.multiAz': 'one zone is enough for a test' } } : {};
  return boxed({ database, cache, acknowledge, ...changes });
}

/** The box of an environment whose tier is one. */
export function boxOf({ tier }: ResolvedEnvironment): ResolvedBox {
  if (tier.kind !== 'box') throw new Error('not on a box');
  return tier.box;
}

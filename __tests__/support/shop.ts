/** A system of tests, on every tier: what tests of the whole program stand on, so that no shipped environment is needed. */
import { environments } from '../../environments';
import type { EnvironmentFiles } from '../../src/cli/command';
import type { EmulatedInput, EnvironmentInput } from '../../src/config';
import { boxed } from './boxed';
import { fileOf, SHARED_ZONE } from './command';
import { example } from './example';
import { rich } from './rich';

const backend: EnvironmentInput['backend'] = {
  kind: 's3',
  store: { name: 'shop', region: 'eu-west-1', bucket: 'shop-terraform-state' },
};

/** An environment on a developer's machine. */
export const LOCAL: EmulatedInput = {
  system: 'shop',
  name: 'shop-local',
  region: 'eu-west-1',
  target: { kind: 'emulator', endpoint: 'http://localhost:4566', image: 'localstack/localstack:4' },
  buckets: { uploads: {} },
  secrets: { jwt: { description: 'signs tokens' } },
};

/** Five environments of one system. */
export const SHOP: EnvironmentFiles = {
  'shop-dev': fileOf({ ...rich(), name: 'shop-dev', domain: SHARED_ZONE }),
  'shop-prod': fileOf({
    ...example({ name: 'shop-prod', backend, protect: true, domain: SHARED_ZONE }),
    acknowledge: {
      'single-zone-database': { 'database.multiAz': 'one zone is enough for a test' },
      'single-nat': { 'network.nat': 'one gateway is enough for a test' },
    },
  }),
  'shop-box': fileOf(boxed({ name: 'shop-box', backend, domain: SHARED_ZONE })),
  'shop-scale': fileOf(
    example({ name: 'shop-scale', backend, tier: 'kubernetes', domain: SHARED_ZONE, workers: {}, ...onKubernetes() }),
  ),
  'shop-local': fileOf(LOCAL),
};

/** Everything that can be synthesised here: the listed environments, as many as there are, and those of tests. */
export const EVERYTHING: EnvironmentFiles = { ...listedBesides('shop'), ...SHOP };

/** Without a system of the same name, which would share its zone and its state store with the one of tests. */
function listedBesides(system: string): EnvironmentFiles {
  return Object.fromEntries(Object.entries(environments).filter(([name]) => !name.startsWith(`${system}-`)));
}

function onKubernetes(): Partial<EnvironmentInput> {
  const { api } = example().services ?? {};
  return api === undefined ? {} : { services: { api: { ...api, user: '1000:1000' } } };
}

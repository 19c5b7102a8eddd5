/** What a synthesis has to write: an app for each environment, state store and shared zone. Loads nothing that builds stacks. */
import type { ResolvedEmulated, ResolvedEnvironment, StoreInUse, ZoneInUse } from '../config';
import { bootstrapStackId, zoneStackName } from '../config/names';
import type { ReadExtensions } from '../extend/extensions';
import type { Loaded } from './load';
import { writeCompose } from './local-compose';

/** Everything that an app is built from, and nothing else: what is kept of an earlier run is found by it. */
export type Subject =
  | { readonly kind: 'environment'; readonly environment: ResolvedEnvironment; readonly extensions?: ReadExtensions }
  | { readonly kind: 'emulated'; readonly emulated: ResolvedEmulated }
  | { readonly kind: 'store'; readonly store: StoreInUse; readonly refreshActions: readonly string[] }
  | { readonly kind: 'zone'; readonly zone: ZoneInUse };

/** One app to build. */
export interface Task {
  readonly name: string;
  /** Tier and region, or the purpose of a store. */
  readonly about: string;
  readonly subject: Subject;
  readonly warnings: ResolvedEnvironment['warnings'];
  /** Texts that look secret, and that the environments of the group acknowledge. */
  readonly acceptedTexts: ResolvedEnvironment['acceptedTexts'];
  /** Plan of the Cloudflare zone of a shared zone. */
  readonly cloudflarePlan?: string;
  /** Writes what belongs to the stacks, and returns notes. */
  readonly after?: (outdir: string) => readonly string[];
}

type ExtensionsByEnvironment = Loaded['extensions'];

/** In the order in which they are written and reported. */
export function tasksOf({ environments, emulated, stores, zones, extensions }: Omit<Loaded, 'refused'>): readonly Task[] {
  return [
    ...environments.map((environment) => environmentTask(environment, extensions)),
    ...emulated.map(emulatedTask),
    ...stores.map((store) => storeTask(store, extensions)),
    ...zones.map(zoneTask),
  ];
}

function environmentTask(environment: ResolvedEnvironment, extensions: ExtensionsByEnvironment): Task {
  const { identity, tier, nextTier, warnings, acceptedTexts } = environment;
  const next = nextTier === undefined ? '' : `, next tier ${nextTier.kind}`;
  return {
    name: identity.environment,
    about: `${tier.kind}${next}, ${identity.region}`,
    subject: { kind: 'environment', environment, extensions: extensions.get(identity.environment) },
    warnings,
    acceptedTexts,
  };
}

function emulatedTask(emulated: ResolvedEmulated): Task {
  const { identity, endpoint } = emulated;
  return {
    name: identity.environment,
    about: `on this machine, with an emulator at ${endpoint}`,
    subject: { kind: 'emulated', emulated },
    warnings: [],
    acceptedTexts: [],
    after: (outdir) => writeCompose(outdir, emulated),
  };
}

function storeTask(store: StoreInUse, extensions: ExtensionsByEnvironment): Task {
  return {
    name: bootstrapStackId(store.store.name),
    about: `the state store of ${store.environments.map(({ identity }) => identity.environment).join(', ')}; deployed once, before them`,
    subject: { kind: 'store', store, refreshActions: refreshActionsOf(store, extensions) },
    warnings: [],
    acceptedTexts: store.environments.flatMap(({ acceptedTexts }) => acceptedTexts),
  };
}

/** What the plan role of a store may read for types that only extensions of its environments have. */
function refreshActionsOf({ environments }: StoreInUse, extensions: ExtensionsByEnvironment): readonly string[] {
  return environments.flatMap(({ identity }) =>
    [...(extensions.get(identity.environment)?.refreshActions.values() ?? [])].flat(),
  );
}

function zoneTask(zone: ZoneInUse): Task {
  const { zone: name, servedBy } = zone.description;
  const group = zoneStackName(name);
  const users = zone.environments.map(({ identity }) => identity.environment).join(', ');
  const serving = typeof servedBy === 'string' ? servedBy : [...new Set(Object.values(servedBy))].join(', ');
  return {
    name: group,
    about: `the zone ${name}, shared by ${users}`,
    subject: { kind: 'zone', zone },
    warnings: [],
    acceptedTexts: zone.environments.flatMap(({ acceptedTexts }) => acceptedTexts),
    cloudflarePlan: zone.description.cloudflare?.plan,
    after: () => [
      `first   npm run deploy -- ${group}   (before the environments)`,
      ...(serving === '' ? [] : [`then    npm run deploy -- ${group}-names   (names lead to ${serving})`]),
    ],
  };
}

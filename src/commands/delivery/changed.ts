/** The stacks that a change touches: the synthesised output before and after it, compared, in deploy order. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResolvedEnvironment, ZoneInUse } from '../../config';
import { bootstrapStackId, zoneStackName } from '../../config/names';
import { EDGE_REGION } from '../../config/tables/regions';
import { deployRank } from '../../contracts/stack-kinds';
import { readManifest, stackFolder } from '../../synthesis/output-folder';
import { MODULE_FILE } from '../../terraform/root-module';

/** An environment or a shared zone with stacks to plan. */
export interface ChangedEnvironment {
  /** The name of the environment, or of the zone's first stack. */
  readonly environment: string;
  readonly region: string;
  readonly protect: boolean;
  /** The state store, whose roles plan and apply; none with Terraform Cloud. */
  readonly store?: string;
  /** In deploy order. */
  readonly stacks: readonly string[];
}

export interface Changes {
  readonly environments: readonly ChangedEnvironment[];
  /** Bootstrap stacks, which a person applies. */
  readonly byHand: readonly string[];
  /** Stacks that no longer exist: their resources stay until a person destroys them. */
  readonly gone: readonly string[];
}

export interface CompareOptions {
  /** The output before the change. Without it, or when the folder is missing, everything counts as changed. */
  readonly before?: string;
  readonly after: string;
  readonly environments: readonly ResolvedEnvironment[];
  readonly zones: readonly ZoneInUse[];
  /** Lists every stack of a touched environment: a change of one may change the outputs that another reads. */
  readonly whole: boolean;
}

/** Compares two output folders. */
export function changesBetween({ before, after, environments, zones, whole }: CompareOptions): Changes {
  const order = deployOrder(after);
  const touched = order.filter((id) => moduleOf(before, id) !== moduleOf(after, id));
  // Zones first: their stack is deployed before those of their environments.
  const groups = [...zones.map(describeZone), ...environments.map(describe)];
  const owner = (id: string): Group | undefined =>
    groups
      .filter(({ environment }) => id === environment || id.startsWith(`${environment}-`))
      .sort((a, b) => b.environment.length - a.environment.length)[0];
  return {
    environments: groups.flatMap((group) => {
      const stacks = touched.filter((id) => owner(id) === group);
      if (stacks.length === 0) return [];
      return [{ ...group, stacks: whole ? order.filter((id) => owner(id) === group) : stacks }];
    }),
    byHand: touched.filter((id) =>
      environments.some(({ backend }) => backend.kind === 's3' && id === bootstrapStackId(backend.store.name)),
    ),
    gone:
      before === undefined
        ? []
        : Object.keys(readManifest(before))
            .filter((id) => !order.includes(id))
            .sort(),
  };
}

/** Every stack of an output folder in deploy order, each after the stacks it reads. */
export function deployOrder(folder: string): readonly string[] {
  const manifest = readManifest(folder);
  const done = new Set<string>();
  const visit = (id: string): void => {
    if (done.has(id)) return;
    for (const dependency of manifest[id]?.dependencies ?? []) visit(dependency);
    done.add(id);
  };
  const ids = Object.keys(manifest).sort();
  for (const id of [...ids].sort((a, b) => deployRank(a) - deployRank(b))) visit(id);
  return [...done];
}

type Group = Omit<ChangedEnvironment, 'stacks'>;

function describe({ identity, protect, backend }: ResolvedEnvironment): Group {
  return { environment: identity.environment, region: identity.region, protect, store: storeOf(backend) };
}

function describeZone({ description: { zone, protect }, backend }: ZoneInUse): Group {
  return { environment: zoneStackName(zone), region: EDGE_REGION, protect, store: storeOf(backend) };
}

const storeOf = (backend: ResolvedEnvironment['backend']): string | undefined =>
  backend.kind === 's3' ? backend.store.name : undefined;

/** The text of the module: synthesis is deterministic, so equal modules are equal bytes. */
function moduleOf(folder: string | undefined, id: string): string | undefined {
  const file = folder === undefined ? undefined : join(stackFolder(folder, id), MODULE_FILE);
  return file !== undefined && existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

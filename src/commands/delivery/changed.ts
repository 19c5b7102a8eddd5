/** The stacks that a change touches: the synthesised output before and after it, compared, in deploy order. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResolvedEnvironment, ZoneInUse } from '../../config';
import { bootstrapStackId, isSharedStack, SHARED_STACK_PREFIXES, zoneStackName } from '../../config/names';
import { deliverySchema } from '../../config/schema/delivery';
import { EDGE_REGION } from '../../config/tables/regions';
import { deployRank } from '../../contracts/stack-kinds';
import { readManifest, stackFolder } from '../../synthesis/output-folder';
import { LOCK_FILE } from '../../terraform/provider-lock-set';
import { MODULE_FILE } from '../../terraform/root-module';
import type { ChangedEnvironment, Changes } from './changes-file';

export interface CompareOptions {
  /** The output before the change. Without it, or when the folder is missing, everything counts as changed. */
  readonly before?: string;
  readonly after: string;
  /** Every environment: the owner of a stack is found among all of them, because one name can be the beginning of another. */
  readonly environments: readonly ResolvedEnvironment[];
  readonly zones: readonly ZoneInUse[];
  /** The environments and zones to list. @default all */
  readonly only?: readonly string[];
  /** Lists every stack of a touched environment, and what reads its outputs: a change of one may change another. */
  readonly whole: boolean;
}

/** Compares two output folders. */
export function changesBetween({ before, after, environments, zones, only, whole }: CompareOptions): Changes {
  const order = deployOrder(after);
  const groups = [...zones.map(describeZone), ...environments.map(describe)];
  const ownerOf = ownersAmong(groups.map(({ environment }) => environment));
  const touched = order.filter((id) => contentOf(before, id) !== contentOf(after, id));
  const selected = whole ? withReaders(touched, order, readManifest(after), ownerOf) : new Set(touched);
  return {
    environments: groups.flatMap((group) => {
      if (only !== undefined && !only.includes(group.environment)) return [];
      const stacks = order.filter((id) => selected.has(id) && ownerOf(id) === group.environment);
      return stacks.length === 0 ? [] : [{ ...group, stacks }];
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

/** A stack belongs to the longest name that begins its id; a bootstrap stack to none. */
export function ownersAmong(names: readonly string[]): (stackId: string) => string | undefined {
  const longestFirst = [...names].sort((one, other) => other.length - one.length);
  return (id) =>
    id.startsWith(SHARED_STACK_PREFIXES.bootstrap)
      ? undefined
      : longestFirst.find((name) => id === name || id.startsWith(`${name}-`));
}

/**
 * Adds the other stacks of every touched environment, and whatever reads an added stack: the environments of a changed zone, and
 * the names of a zone whose environment changes. The stack of a zone is added only when it is touched itself.
 */
function withReaders(
  touched: readonly string[],
  order: readonly string[],
  manifest: ReturnType<typeof readManifest>,
  ownerOf: (id: string) => string | undefined,
): ReadonlySet<string> {
  const selected = new Set(touched);
  for (let size = -1; size !== selected.size;) {
    size = selected.size;
    const owners = new Set([...selected].filter((id) => !isSharedStack(id)).map(ownerOf));
    for (const id of order) {
      const isSibling = !isSharedStack(id) && owners.has(ownerOf(id));
      if (isSibling || (manifest[id]?.dependencies ?? []).some((read) => selected.has(read))) selected.add(id);
    }
  }
  return selected;
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

function describe({ identity, protect, backend, delivery }: ResolvedEnvironment): Group {
  return group({ environment: identity.environment, region: identity.region, protect, backend, delivery });
}

/** A zone is approved as its first environment is; none of its plans calls a cluster. */
function describeZone({ description: { zone, protect }, backend, environments: [first] }: ZoneInUse): Group {
  const { approval } = first?.delivery ?? HOSTED;
  return group({
    environment: zoneStackName(zone),
    region: EDGE_REGION,
    protect,
    backend,
    delivery: { ...HOSTED, approval },
  });
}

const HOSTED = deliverySchema.parse({});

function group({
  backend,
  delivery,
  ...rest
}: Omit<Group, 'store' | 'cloud' | 'delivery'> & Pick<ResolvedEnvironment, 'backend' | 'delivery'>): Group {
  return {
    ...rest,
    ...(backend.kind === 's3' ? { store: backend.store.name } : {}),
    ...(backend.kind === 'cloud' ? { cloud: `${backend.hostname}/${backend.organization}` } : {}),
    delivery: structuredClone(delivery) as Group['delivery'],
  };
}

/** The module and the lock file of its providers: synthesis is deterministic, so equal content is equal bytes. */
function contentOf(folder: string | undefined, id: string): string | undefined {
  if (folder === undefined) return undefined;
  const [module, lock] = [MODULE_FILE, LOCK_FILE].map((file) => {
    const path = join(stackFolder(folder, id), file);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  });
  return module === undefined ? undefined : `${module}\n${lock ?? ''}`;
}

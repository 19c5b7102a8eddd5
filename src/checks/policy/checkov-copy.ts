/**
 * A module as checkov can read it. Pure.
 *
 * checkov 3 stops silently at some of Terraform's newer blocks, and passes open security groups when a key is null; the copy
 * has neither. checkov also does not report files that it could not read, so each copy contains a canary: a resource that
 * must fail. A stack whose canary is in the report was read.
 */
import { nestedBlocks, resourcesOf, type Block, type RootModule } from '../../terraform/root-module';

/** Blocks that do not change what the resources are. */
const UNREADABLE = new Set(['moved', 'import', 'removed', 'ephemeral', 'check', '//']);

/** An unencrypted volume. */
export const CANARY = {
  type: 'aws_ebs_volume',
  name: 'terrace-canary',
  address: 'aws_ebs_volume.terrace-canary',
  /** The check that it must fail. */
  check: 'CKV_AWS_3',
  block: { availability_zone: 'nowhere', size: 1, encrypted: false },
} as const;

export interface CheckovCopy {
  readonly text: string;
  /** The address of the resource that begins at a line, counted from 1: checkov's own names lack the type. */
  readonly addressAt: (line: number) => string | undefined;
}

export function checkovCopy(module: RootModule): CheckovCopy {
  const { terraform, resource, ...rest } = withoutNulls(module) as Record<string, Record<string, unknown> | undefined>;
  const { required_version: _version, ...settings } = terraform ?? {};
  const sections = Object.entries(rest).filter(([name]) => !UNREADABLE.has(name));
  const [earlier] = nestedBlocks(resource?.[CANARY.type]);
  const copy = {
    ...Object.fromEntries(sections),
    terraform: settings,
    resource: { ...resource, [CANARY.type]: { ...earlier, [CANARY.name]: CANARY.block } },
  };
  const text = JSON.stringify(copy, null, 2);
  const lines = resourceLines(text, copy);
  return { text, addressAt: (line) => lines.get(line) };
}

/** Removes nulls and comments at every depth. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((inner) => inner !== null && inner !== undefined).map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value as Block).filter(([key, inner]) => key !== '//' && inner !== null && inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutNulls(inner)]));
}

/** Indented by two, the name of a resource is three levels deep: section, type, name. */
function resourceLines(text: string, module: RootModule): ReadonlyMap<number, string> {
  const names = resourcesOf(module).values();
  const found = new Map<number, string>();
  let inResources = false;
  for (const [index, line] of text.split('\n').entries()) {
    if (/^ {2}"/.test(line)) inResources = line.startsWith('  "resource":');
    if (!inResources || !/^ {6}"/.test(line)) continue;
    const next = names.next();
    if (next.done !== true) found.set(index + 1, next.value.address);
  }
  return found;
}

/**
 * A module as checkov can read it. Pure.
 *
 * checkov 3 breaks off silently at some of Terraform's newer words and passes open security groups when a key is null, so
 * both are taken out of the copy. And because it says nothing of a file that it could not read, each copy gets a canary: a
 * resource that must fail. A stack whose canary sings was read.
 */
import type { RootModule } from '../../terraform/root-module';
import { resourcesOf } from '../../terraform/root-module';

/** Blocks without which the resources are the same. */
const UNREADABLE = new Set(['moved', 'import', 'removed', 'ephemeral', 'check', '//']);

/** An unencrypted disk. */
export const CANARY = {
  type: 'aws_ebs_volume',
  name: 'terrace-canary',
  address: 'aws_ebs_volume.terrace-canary',
  /** What checkov must have against it. */
  check: 'CKV_AWS_3',
  block: { availability_zone: 'nowhere', size: 1, encrypted: false },
} as const;

/** What is handed to checkov, and how its answers are read. */
export interface Prepared {
  readonly text: string;
  /** The address of the resource that begins at a line, counted from 1: checkov's own names leave the type away. */
  readonly addressAt: (line: number) => string | undefined;
}

export function prepare(module: RootModule): Prepared {
  const { terraform, resource, ...rest } = withoutNulls(module) as Record<string, Record<string, unknown> | undefined>;
  const { required_version: _version, ...settings } = terraform ?? {};
  const sections = Object.entries(rest).filter(([name]) => !UNREADABLE.has(name));
  const copy = {
    ...Object.fromEntries(sections),
    terraform: settings,
    resource: {
      ...resource,
      [CANARY.type]: { ...(resource?.[CANARY.type] as object | undefined), [CANARY.name]: CANARY.block },
    },
  };
  const text = JSON.stringify(copy, null, 2);
  const lines = resourceLines(text, copy);
  return { text, addressAt: (line) => lines.get(line) };
}

/** Nulls and comments out of every depth. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((inner) => inner !== null && inner !== undefined).map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([key, inner]) => key !== '//' && inner !== null && inner !== undefined);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutNulls(inner)]));
}

/** Indented by two, a resource's name stands three levels deep: section, type, name. */
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

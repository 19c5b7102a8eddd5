/** Predicates over lists of rules: what expires, what is kept, what is blocked. Absent lists are empty. */
import { isObject, nestedBlocks, type Block } from '../../../terraform/root-module';
import { valueAt } from '../values';
import type { Weaker } from './predicates';

const numberAt = (block: Block, path: string): number => {
  const value = Number(valueAt(block, path) ?? Number.NaN);
  return value > 0 ? value : Number.POSITIVE_INFINITY;
};

const firstText = (values: readonly unknown[]): string | undefined =>
  values.find((value): value is string => typeof value === 'string' && value !== '');

function blocksNamed(value: unknown, ...names: readonly string[]): ReadonlyMap<string, Block> {
  return new Map(
    nestedBlocks(value).map((block, index) => [firstText(names.map((name) => block[name])) ?? String(index), block]),
  );
}

/** What a rule of a bucket's life cycle selects: everything without a prefix, tag or size. */
function selectionOf(rule: Block): string {
  const filter = nestedBlocks(rule.filter)[0] ?? {};
  return JSON.stringify([firstText([rule.prefix, filter.prefix]) ?? '', filter.tag ?? [], filter.and ?? []]);
}

/** After how many days a selection of a bucket expires; infinite for one that does not. */
function expiry(rules: unknown, path: string): ReadonlyMap<string, number> {
  const days = new Map<string, number>();
  for (const rule of nestedBlocks(rules)) {
    if (rule.status !== 'Enabled' && rule.enabled !== true) continue;
    const date = path === 'expiration.days' && typeof valueAt(rule, 'expiration.date') === 'string';
    const selection = selectionOf(rule);
    days.set(selection, Math.min(days.get(selection) ?? Number.POSITIVE_INFINITY, date ? 1 : numberAt(rule, path)));
  }
  return days;
}

const WHOLE = selectionOf({});

function expiresSooner(path: string): Weaker {
  return (before, after) => {
    const earlier = expiry(before, path);
    return [...expiry(after, path)].some(([selection, days]) => {
      const known = Math.min(earlier.get(selection) ?? Number.POSITIVE_INFINITY, earlier.get(WHOLE) ?? Number.POSITIVE_INFINITY);
      return days < known;
    });
  };
}

/** Objects of a bucket expire, or expire sooner than before. */
export const objectsExpireSooner = expiresSooner('expiration.days');

/** Overwritten or deleted objects can be restored for a shorter time. */
export const versionsExpireSooner: Weaker = (before, after) =>
  ['noncurrent_version_expiration.noncurrent_days', 'noncurrent_version_expiration.days'].some((path) =>
    expiresSooner(path)(before, after),
  );

/** An image registry's policy that keeps fewer images, or for a shorter time. */
export const keepsFewerImages: Weaker = (before, after) => {
  const earlier = imagesKept(before);
  return [...imagesKept(after)].some(([selection, count]) => count < (earlier.get(selection) ?? Number.POSITIVE_INFINITY));
};

function imagesKept(policy: unknown): ReadonlyMap<string, number> {
  if (typeof policy !== 'string') return new Map();
  try {
    const { rules } = JSON.parse(policy) as Block;
    return new Map(
      nestedBlocks(rules).map((rule) => {
        const selection = nestedBlocks(rule.selection)[0] ?? {};
        const { countNumber, ...what } = selection;
        return [JSON.stringify(what), Number(countNumber ?? 0)];
      }),
    );
  } catch {
    return new Map();
  }
}

/** A rule of a backup plan that is gone, keeps its copies for a shorter time, runs at another time, or copies no more. */
export const backsUpLess: Weaker = (before, after) => {
  const later = blocksNamed(after, 'rule_name', 'name');
  return [...blocksNamed(before, 'rule_name', 'name')].some(([name, rule]) => {
    const kept = later.get(name);
    if (kept === undefined) return true;
    const isShorter = ['lifecycle.delete_after', 'retain_rule.interval', 'retain_rule.count'].some(
      (path) => numberAt(kept, path) < numberAt(rule, path),
    );
    const isRarer = numberAt(kept, 'create_rule.interval') > numberAt(rule, 'create_rule.interval');
    const isOther = ['schedule', 'target_vault_name'].some((field) => kept[field] !== rule[field]);
    return isShorter || isRarer || isOther || nestedBlocks(kept.copy_action).length < nestedBlocks(rule.copy_action).length;
  });
};

/** A rule of a firewall that is gone or disabled, only counts, lets pass what it blocked, or matches something else. */
export const blocksLess: Weaker = (before, after) => {
  const later = blocksNamed(after, 'ref', 'name', 'description');
  return [...blocksNamed(before, 'ref', 'name', 'description')].some(([name, rule]) => {
    if (strictness(rule) === 0) return false;
    const kept = later.get(name);
    return (
      kept === undefined ||
      strictness(kept) < strictness(rule) ||
      limitOf(kept) > limitOf(rule) ||
      exemptionsOf(kept) > exemptionsOf(rule)
    );
  });
};

/** A new rule in front of the others that lets requests pass them. */
export const letsPass: Weaker = (before, after) => {
  const earlier = blocksNamed(before, 'ref', 'name', 'description');
  return [...blocksNamed(after, 'ref', 'name', 'description')].some(
    ([name, rule]) => passes(rule) && !(earlier.has(name) && passes(earlier.get(name) ?? {})),
  );
};

const CLOUDFLARE_PASSES: readonly unknown[] = ['skip', 'allow'];

function passes({ action }: Block): boolean {
  if (typeof action === 'string') return CLOUDFLARE_PASSES.includes(action);
  return nestedBlocks(action).some(({ allow }) => isPresent(allow));
}

/** 2 for a rule that blocks or challenges, 1 for a managed group, 0 for one that only counts, logs, or is disabled. */
function strictness(rule: Block): number {
  if (rule.enabled === false) return 0;
  if (typeof rule.action === 'string') return /block|challenge|execute/.test(rule.action) ? 2 : 0;
  if (nestedBlocks(rule.override_action).some(({ count }) => isPresent(count))) return 0;
  if (nestedBlocks(rule.override_action).some(({ none }) => isPresent(none))) return 1;
  return nestedBlocks(rule.action).some(({ block, captcha, challenge }) => [block, captcha, challenge].some(isPresent)) ? 2 : 0;
}

/** How many rules of a managed group only count or allow, and whether the rule looks at a part of the requests only. */
function exemptionsOf(rule: Block): number {
  const blocksAt = (path: string): readonly Block[] => nestedBlocks(valueAt(rule, path));
  const isLenient = ({ action_to_use: action }: Block): boolean =>
    nestedBlocks(action).some(({ count, allow }) => isPresent(count) || isPresent(allow));
  const scopes = ['managed_rule_group_statement', 'rate_based_statement'].flatMap((kind) =>
    blocksAt(`statement.${kind}.scope_down_statement`),
  );
  return (
    blocksAt('statement.managed_rule_group_statement.rule_action_override').filter(isLenient).length +
    blocksAt('statement.managed_rule_group_statement.excluded_rule').length +
    Math.min(scopes.length, 1) +
    (rule.expression === 'false' ? 1 : 0)
  );
}

const isPresent = (block: unknown): boolean => (Array.isArray(block) ? block.length > 0 : isObject(block));

function limitOf(rule: Block): number {
  const limit = numberAt(rule, 'statement.rate_based_statement.limit');
  return Number.isFinite(limit) ? limit : Number(valueAt(rule, 'ratelimit.requests_per_period') ?? 0);
}

/** A parameter of a database that demanded TLS or records connections, and does not any more. */
export const demandsLess: Weaker = (before, after) => {
  const later = blocksNamed(after, 'name');
  return [...blocksNamed(before, 'name')].some(
    ([name, { value }]) => DEMANDING.includes(name) && isDemanded(value) && !isDemanded(later.get(name)?.value),
  );
};

const DEMANDING: readonly string[] = [
  'rds.force_ssl',
  'require_secure_transport',
  'tls',
  'ssl',
  'log_connections',
  'log_disconnections',
  'rds.restrict_password_commands',
  'audit_logs',
];

const isDemanded = (value: unknown): boolean => ['1', 'on', 'true', 'enabled'].includes(String(value).toLowerCase());

/** A rule of replication that is gone or disabled. */
export const replicatesLess: Weaker = (before, after) => {
  const later = blocksNamed(after, 'id');
  return [...blocksNamed(before, 'id')].some(([id, { status }]) => status === 'Enabled' && later.get(id)?.status !== 'Enabled');
};

/** A destination of replication that there was not before. */
export const replicatesElsewhere: Weaker = (before, after) => {
  const destinations = (rules: unknown): readonly unknown[] =>
    nestedBlocks(rules).flatMap(({ destination }) =>
      nestedBlocks(destination).map(({ bucket, account }) => `${String(bucket)} ${String(account)}`),
    );
  const earlier = destinations(before);
  return destinations(after).some((destination) => !earlier.includes(destination));
};

/** An endpoint's policy that allows everything where it did not, or is gone, which AWS replaces by one that does. */
export const allowsEverything: Weaker = (before, after) => isLimited(before) && !isLimited(after);

function isLimited(policy: unknown): boolean {
  if (typeof policy !== 'string' || policy === '') return false;
  try {
    const statements = nestedBlocks((JSON.parse(policy) as Block).Statement);
    return !statements.some(
      ({ Effect, Action, Resource, Condition }) =>
        Effect === 'Allow' && Condition === undefined && [Action].flat().includes('*') && [Resource].flat().includes('*'),
    );
  } catch {
    return true;
  }
}

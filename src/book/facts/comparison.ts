/** What differs between the environments of a system. Pure. */
import { about } from '../../cost/money';
import type { ResolvedEnvironment } from '../../config/resolved/environment';
import type { Book } from '../book';
import { tierName } from '../tier-names';
import { allOf } from './references';
import { availabilityOf, recoveriesOf } from './recovery';
import { loadRange, rangeInWords, resourceCount, sizeOf } from './sizes';

export interface ComparisonRow {
  readonly what: string;
  /** One for each environment; what an environment does not have is empty. */
  readonly values: readonly string[];
}

export interface Comparison {
  readonly system: string;
  /** From the smallest tier to the largest, then by cost. */
  readonly environments: readonly string[];
  readonly rows: readonly ComparisonRow[];
}

const TIER_ORDER: readonly string[] = ['box', 'fargate', 'kubernetes'];

/** One comparison for each system, in the order of the books. */
export function comparisonsOf(books: readonly Book[]): readonly Comparison[] {
  const systems = [...new Set(books.map(({ environment }) => environment.identity.system))];
  return systems.map((system) =>
    compare(
      system,
      books.filter(({ environment }) => environment.identity.system === system),
    ),
  );
}

function compare(system: string, unsorted: readonly Book[]): Comparison {
  const rank = ({ environment: { tier } }: Book): number => TIER_ORDER.indexOf(tier.kind);
  const books = [...unsorted].sort(
    (one, other) => rank(one) - rank(other) || one.cost.total.expected - other.cost.total.expected,
  );
  const row = (what: string, valueOf: (book: Book) => string): ComparisonRow => ({ what, values: books.map(valueOf) });
  const workloads = [...new Set(books.flatMap(({ environment }) => containersOf(environment).map(({ key }) => key)))];
  const rows = [
    row('tier', ({ environment }) => tierName(environment.tier.kind)),
    row('region', ({ environment }) => environment.identity.region),
    row('cost a month', ({ cost }) => about(cost.total).replace(/^about | a month$/g, '')),
    row('by load', ({ cost }) => loadRange(cost.total)),
    row('availability', ({ environment }) => availabilityOf(environment)),
    row('RPO of the database', ({ environment }) => databaseOf(environment)?.point ?? ''),
    row('RTO of the database', ({ environment }) => databaseOf(environment)?.time ?? ''),
    row('zones', ({ environment }) => String(environment.network.zones.length)),
    row('hosts or nodes', ({ environment }) => machinesOf(environment)),
    ...workloads.map((key) => row(key, ({ environment }) => containerOf(environment, key))),
    row('database', ({ environment }) => databaseSize(environment)),
    row('cache', ({ environment }) => cacheSize(environment)),
    row('NAT', ({ environment }) => environment.network.nat),
    row('alarms', ({ modules }) => String(allOf(modules, 'aws_cloudwatch_metric_alarm').length)),
    row('resources', ({ modules }) => String(resourceCount(modules))),
    row('protected', ({ environment }) => (environment.protect ? 'yes' : 'no')),
  ];
  return {
    system,
    environments: books.map(({ environment }) => environment.identity.environment),
    rows: rows.filter(({ values }) => values.some((value) => value !== '')),
  };
}

function databaseOf(environment: ResolvedEnvironment) {
  return recoveriesOf(environment).find(({ what }) => what === 'database');
}

function containersOf({ workloads }: ResolvedEnvironment) {
  return [...workloads.services, ...workloads.workers];
}

function containerOf(environment: ResolvedEnvironment, key: string): string {
  const found = containersOf(environment).find((one) => one.key === key);
  return found === undefined ? '' : `${rangeInWords(found.replicas)} × ${sizeOf(found)}`;
}

function machinesOf({ tier }: ResolvedEnvironment): string {
  if (tier.kind === 'box') return `${rangeInWords(tier.box.instances)} × ${tier.box.instanceType}`;
  if (tier.kind !== 'kubernetes') return '';
  return tier.kubernetes.nodeGroups.map((group) => `${rangeInWords(group)} × ${group.instanceTypes.join(' or ')}`).join('; ');
}

function databaseSize({ data: { database } }: ResolvedEnvironment): string {
  if (database === undefined) return '';
  if (database.placement === 'host') return 'on the host';
  const { instanceClass, storageGb, multiAz, replicas } = database;
  return [
    instanceClass,
    `${storageGb} GB`,
    ...(multiAz ? ['Multi-AZ'] : []),
    ...(replicas.length > 0 ? [`${replicas.length} read replica${replicas.length === 1 ? '' : 's'}`] : []),
  ].join(', ');
}

function cacheSize({ data: { cache } }: ResolvedEnvironment): string {
  if (cache === undefined) return '';
  return cache.placement === 'host' ? 'on the host' : `${cache.replicas + 1} × ${cache.nodeType}`;
}

/** The table of prices in prices.json: read once, checked whole, and looked up by key and region. */
import { z } from 'zod';
import { formatProblems, type Problem } from '../../config/problems/problem';
import { problemsOf } from '../../config/problems/zod-problems';
import { REGION_ZONES } from '../../config/tables/regions';
import written from './prices.json';
import { UNITS } from './units';

const FILE = 'src/cost/prices/prices.json';

/** Prices that are the same wherever the resource is. */
export const GLOBAL = 'global';

const day = z.string().regex(/^\d{4}-\d\d-\d\d$/);

const tableSchema = z.strictObject({
  /** The day on which the table was last compared with its sources. */
  checked: day,
  /** The price page of each service, on which a price can be verified. */
  pages: z.record(z.string(), z.url()),
  /** What a price was read from, and the day that this reading is of. */
  evidence: z.record(
    z.string(),
    z.strictObject({ text: z.string().min(5), date: day, confidence: z.enum(['high', 'medium', 'low']) }),
  ),
  /** `<service>/<item>`: unit, and in each region dollars and the evidence. */
  prices: z.record(
    z.string().regex(/^[a-z0-9-]+\/\S+$/),
    z.strictObject({ unit: z.enum(UNITS), usd: z.record(z.string(), z.tuple([z.number().nonnegative(), z.string()])) }),
  ),
});

type PriceTable = z.output<typeof tableSchema>;

/** A price, with its source. */
export interface Price {
  readonly key: string;
  readonly region: string;
  readonly unit: string;
  readonly usd: number;
  /** The page on which it can be verified. */
  readonly page: string;
  /** What it was read from. */
  readonly evidence: string;
  /** The day that the evidence is of. */
  readonly date: string;
  readonly confidence: 'high' | 'medium' | 'low';
}

export class Prices {
  private readonly table: PriceTable;

  /**
   * @param input the content of prices.json
   * @throws Error with every problem of the table: a wrong table gives no price at all
   */
  constructor(input: unknown = written) {
    const parsed = tableSchema.safeParse(input);
    if (!parsed.success) throw new Error(formatProblems(FILE, problemsOf(parsed.error, input, tableSchema)));
    const problems = inconsistencies(parsed.data);
    if (problems.length > 0) throw new Error(formatProblems(FILE, problems));
    this.table = parsed.data;
  }

  /** The price in a region, or the one that holds everywhere; undefined where the table has none. */
  public find(key: string, region: string): Price | undefined {
    const entry = this.table.prices[key];
    const found = entry?.usd[region] === undefined ? GLOBAL : region;
    const [usd, id] = entry?.usd[found] ?? [];
    const evidence = id === undefined ? undefined : this.table.evidence[id];
    if (entry === undefined || usd === undefined || evidence === undefined) return undefined;
    const page = this.table.pages[serviceOf(key)] ?? '';
    return { key, region: found, unit: entry.unit, usd, page, evidence: evidence.text, ...pick(evidence) };
  }

  /** Every price. */
  public all(): readonly Price[] {
    return Object.entries(this.table.prices).flatMap(([key, { usd }]) =>
      Object.keys(usd).flatMap((region) => this.find(key, region) ?? []),
    );
  }

  public get checked(): string {
    return this.table.checked;
  }
}

let shared: Prices | undefined;

/** The table of this checkout. */
export function prices(): Prices {
  shared ??= new Prices();
  return shared;
}

const YEAR_MS = 365 * 24 * 3600 * 1000;

/** Whether the evidence of a price is older than a year. */
export function isOld({ date }: Pick<Price, 'date'>, today: Date): boolean {
  return today.getTime() - Date.parse(date) > YEAR_MS;
}

function pick({ date, confidence }: Pick<Price, 'date' | 'confidence'>): Pick<Price, 'date' | 'confidence'> {
  return { date, confidence };
}

function serviceOf(key: string): string {
  return key.split('/')[0] ?? key;
}

/** What the schema cannot see: pages and evidence that are missing or unused, regions that do not exist. */
function inconsistencies({ pages, evidence, prices }: PriceTable): readonly Problem[] {
  const keys = Object.keys(prices);
  const rows = Object.entries(prices).flatMap(([key, { usd }]) =>
    Object.entries(usd).map(([region, [, id]]) => ({ path: `prices.${key}.usd.${region}`, region, id })),
  );
  const usedEvidence = new Set(rows.map(({ id }) => id));
  return [
    ...keys
      .filter((key) => !(serviceOf(key) in pages))
      .map((key) => problem(`prices.${key}`, serviceOf(key), 'a service with a price page', `add it to pages`)),
    ...Object.entries(prices)
      .filter(([, { usd }]) => Object.keys(usd).length === 0)
      .map(([key]) => problem(`prices.${key}.usd`, '{}', 'a price in one region at least', 'add one, or remove the entry')),
    ...rows
      .filter(({ region }) => region !== GLOBAL && !(region in REGION_ZONES))
      .map(({ path, region }) => problem(path, region, `"${GLOBAL}" or an AWS region`, 'correct the region')),
    ...rows
      .filter(({ id }) => !(id in evidence))
      .map(({ path, id }) => problem(path, id, 'the id of an entry of evidence', 'add the entry, or correct the id')),
    ...Object.keys(evidence)
      .filter((id) => !usedEvidence.has(id))
      .map((id) => problem(`evidence.${id}`, id, 'evidence of some price', 'remove it')),
  ];
}

function problem(path: string, received: string, allowed: string, fix: string): Problem {
  return { path, received, allowed, fix };
}

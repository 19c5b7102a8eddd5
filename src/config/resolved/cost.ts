/** What the estimate of the cost of an environment takes from its description. */

/** A quantity, and where it is from. */
export interface UsageQuantity {
  readonly value: number;
  /** Why this value, where the environment does not state it; left out where it does. */
  readonly assumption?: string;
}

/** Quantities of `usage`, each with its unit in the name. */
export const USAGE_QUANTITIES = [
  'requestsPerMonth',
  'transferOutGb',
  'natGb',
  'storedGb',
  'archivedGb',
  'filesGb',
  'imagesGb',
  'logsGb',
  'messagesPerMonth',
  'emailsPerMonth',
  'jobHoursPerMonth',
  'buildMinutesPerMonth',
  'dailyChangePercent',
] as const;

export type UsageName = (typeof USAGE_QUANTITIES)[number];

export type ResolvedUsage = Readonly<Record<UsageName, UsageQuantity>> & {
  /** Running tasks on average, by service or worker. Left out: a quarter of the way from minimum to maximum. */
  readonly averageTasks: Readonly<Record<string, number>>;
};

/** What a month may cost. */
export interface CostLimit {
  readonly monthlyUsd: number;
  /** What `acknowledge` of the environment names. */
  readonly acknowledged: readonly string[];
}

export interface ResolvedCost {
  readonly usage: ResolvedUsage;
  readonly limit?: CostLimit;
  /** Plan of the Cloudflare zone that the environment configures; left out where it configures none. */
  readonly cloudflarePlan?: string;
  /** The share of the time for which the environment sleeps, and whether its database does; left out where it never sleeps. */
  readonly asleep?: { readonly share: number; readonly database: boolean };
}

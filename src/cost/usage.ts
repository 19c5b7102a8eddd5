/** Usage of what no environment describes: state stores and shared zones. */
import { USAGE_QUANTITIES, type ResolvedUsage, type UsageName } from '../config/resolved/cost';

const LITTLE: Partial<Record<UsageName, number>> = { storedGb: 1, logsGb: 0.1, dailyChangePercent: 2 };

/** A state store holds some megabytes; a zone answers what the environments' requests ask for. */
export const LITTLE_USAGE = {
  ...Object.fromEntries(
    USAGE_QUANTITIES.map((name) => [name, { value: LITTLE[name] ?? 0, assumption: 'a state store or a zone uses little' }]),
  ),
  averageTasks: {},
} as unknown as ResolvedUsage;

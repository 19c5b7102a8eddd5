/** How a deployed environment is: all parts read at the same time, each for itself. */
import { explainAws } from '../../aws/errors';
import { Unavailable } from '../../cli/errors';
import { operationsOf } from '../registry';
import type { Target } from '../target';
import type { Row, TierStatus } from './row';
import { PARTS, type PartName, type Status, type StatusOptions } from './status';

type Reader = (target: Target, options: StatusOptions) => Promise<readonly Row[]>;

const READERS: Readonly<Record<PartName, Reader>> = {
  stacks: async (target, options) => (await import('./stacks.ts')).stackRows(target, options),
  services: async (target, options) => (await tierStatusOf(target, options)).services(),
  jobs: async (target, options) => (await tierStatusOf(target, options)).jobs(),
  alarms: async (target, options) => (await import('./alarms.ts')).alarmRows(target, options),
  certificates: async (target, options) => (await import('./certificates.ts')).certificateRows(target, options),
  backups: async (target, options) => (await import('./backups.ts')).backupRows(target, options),
  cost: async (target, options) => (await import('./cost.ts')).costRows(target, options),
};

/**
 * A part that cannot be read has one row that says why.
 * @throws Unavailable without credentials
 */
export async function readStatus(target: Target, options: StatusOptions): Promise<Status> {
  const { without = [], known = [] } = options;
  const parts = await Promise.all(
    PARTS.filter((name) => !without.includes(name)).map(
      async (name) => known.find((part) => part.name === name) ?? { name, rows: await rowsOf(name, target, options) },
    ),
  );
  const { identity, tier } = target.environment;
  return {
    environment: target.name,
    tier: tier.kind,
    region: identity.region,
    readAt: options.now.toISOString(),
    isFine: parts.every(({ rows }) => rows.every(({ mark }) => mark === 'fine' || mark === 'note')),
    parts,
  };
}

async function rowsOf(name: PartName, target: Target, options: StatusOptions): Promise<readonly Row[]> {
  try {
    return await READERS[name](target, options);
  } catch (error) {
    const explained = explainAws(error, `reading ${name}`);
    // Without credentials nothing can be read.
    if (explained instanceof Unavailable) throw explained;
    const reason = explained.message.replace(/\s+/g, ' ').trim();
    return [{ mark: 'unknown', name: 'not read', text: reason, facts: { reason } }];
  }
}

/** One for each target, so that services and jobs ask a host or a cluster once. */
const tierStatuses = new WeakMap<Target, Promise<TierStatus>>();

function tierStatusOf(target: Target, options: StatusOptions): Promise<TierStatus> {
  const known = tierStatuses.get(target) ?? operationsOf(target).status(target, options.now);
  tierStatuses.set(target, known);
  return known;
}

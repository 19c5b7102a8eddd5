/** The places of the tiers: apart from their interface, which they implement. */
import { CommandError } from '../cli/errors';
import type { DatabasePlace } from './database-place';
import type { Target } from './target';

/**
 * The place next to the database of an environment, on the tier that serves.
 * @throws CommandError for an environment without a database
 */
export async function databasePlaceOf(target: Target): Promise<DatabasePlace> {
  const { database } = target.environment.data;
  if (database === undefined) throw new CommandError(`${target.name} has no database`);
  switch (target.environment.tier.kind) {
    case 'box':
      return (await import('./box/database-place.ts')).boxDatabasePlace(target, database.name);
    case 'fargate':
      return (await import('./fargate/database-place.ts')).fargateDatabasePlace(target);
    case 'kubernetes':
      return (await import('./kubernetes/database-place.ts')).kubernetesDatabasePlace(target);
  }
}

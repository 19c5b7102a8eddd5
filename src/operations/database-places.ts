/** The places of the tiers: apart from their interface, which they implement. */
import { CommandError } from '../cli/errors';
import type { DatabasePlace } from './database-place';
import { operationsOf } from './registry';
import type { Target } from './target';

/**
 * The place next to the database of an environment, on the tier that serves.
 * @throws CommandError for an environment without a database
 */
export async function databasePlaceOf(target: Target): Promise<DatabasePlace> {
  if (target.environment.data.database === undefined) throw new CommandError(`${target.name} has no database`);
  return operationsOf(target).databasePlace(target);
}

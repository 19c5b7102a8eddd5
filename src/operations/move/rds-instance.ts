/** The instance of RDS that a move reads or leads to. */
import type { DBInstance } from '@aws-sdk/client-rds';
import { explained } from '../../aws/errors';
import type { Target } from '../target';

/** @throws CommandError for one that is not there */
export async function rdsInstance({ aws }: Pick<Target, 'aws'>, identifier: string): Promise<DBInstance | undefined> {
  const rds = await aws.rds();
  const { DBInstances: [instance] = [] } = await explained(`looking for the database ${identifier}`, () =>
    rds.describeDBInstances({ DBInstanceIdentifier: identifier }),
  );
  return instance;
}

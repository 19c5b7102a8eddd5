/** The roles of the platform's controllers, bound to the service accounts that the platform stack's charts make. */
import { Construct } from 'constructs';
import type { Statement } from '../../../modules/iam/policy';
import { PLATFORM_ACCOUNTS, type PlatformAccount } from '../platform/accounts';
import { PodIdentity } from './pod-role';
import type { ClusterPlace } from './place';

export interface PlatformIdentitiesProps {
  readonly place: ClusterPlace;
  readonly clusterName: string;
  /** Controller to what it may do; those that are not installed are left out. */
  readonly statements: Readonly<Partial<Record<PlatformAccount, readonly Statement[]>>>;
}

/** One role for each controller that calls AWS. */
export class PlatformIdentities extends Construct {
  constructor(scope: Construct, id: string, { place, clusterName, statements }: PlatformIdentitiesProps) {
    super(scope, id);
    for (const [name, granted] of Object.entries(statements) as [PlatformAccount, readonly Statement[]][]) {
      new PodIdentity(this, name, {
        place,
        clusterName,
        name: `platform-${name}`,
        description: `The platform's ${name}`,
        ...PLATFORM_ACCOUNTS[name],
        statements: granted,
      });
    }
  }
}

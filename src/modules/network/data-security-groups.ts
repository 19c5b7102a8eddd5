/**
 * The security groups of database, cache and file systems.
 *
 * They are created here without rules, so that data does not depend on its readers: each compute stack adds the rules for its own
 * access, and removes them when it is destroyed. A second tier gains access next to the first without a change to data.
 */
import { Construct } from 'constructs';
import { resourceName } from '../../config/names';
import type { ResolvedNetwork } from '../../config/resolved/environment';
import { ClosedSecurityGroup } from '../security-group/security-group';

export interface DataSecurityGroupsProps {
  /** The environment's name. */
  readonly name: string;
  readonly vpcId: string;
  /** Which of them the environment needs. */
  readonly wanted: ResolvedNetwork['dataSecurityGroups'];
}

/** One group without rules for each kind of data that the environment has. */
export class DataSecurityGroups extends Construct {
  public readonly databaseId?: string;
  public readonly cacheId?: string;
  public readonly fileSystemId?: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DataSecurityGroupsProps,
  ) {
    super(scope, id);
    const { database, cache, fileSystems } = props.wanted;
    if (database) this.databaseId = this.group('database', 'Postgres: whoever may connect adds a rule for itself');
    if (cache) this.cacheId = this.group('cache', 'Redis: whoever may connect adds a rule for itself');
    if (fileSystems) this.fileSystemId = this.group('files', 'File systems: whoever mounts them adds a rule for itself');
  }

  private group(id: string, description: string): string {
    const { name, vpcId } = this.props;
    return new ClosedSecurityGroup(this, id, { name: resourceName(name, id, 'securityGroup'), description, vpcId }).id;
  }
}

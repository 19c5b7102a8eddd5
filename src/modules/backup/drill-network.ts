/** The security groups of a drill: what was restored admits the check only, and the check reaches nothing that is live. */
import { Construct } from 'constructs';
import { resourceName } from '../../config/names';
import { PORTS } from '../../config/tables/ports';
import { allowEgress, ClosedSecurityGroup, connect } from '../security-group/security-group';

export interface DrillNetworkProps {
  readonly environment: string;
  readonly vpcId: string;
  readonly endpointSecurityGroupId?: string;
  /** Whether a database is restored. */
  readonly database: boolean;
  /** Whether file systems are. */
  readonly files: boolean;
}

export class DrillNetwork extends Construct {
  /** Of what is restored. */
  public readonly restoredId: string;
  /** Of the containers that check it. */
  public readonly checkId: string;

  constructor(scope: Construct, id: string, props: DrillNetworkProps) {
    super(scope, id);
    const { environment, vpcId, endpointSecurityGroupId, database, files } = props;
    const group = (key: string, name: string, description: string): string =>
      new ClosedSecurityGroup(this, key, { name: resourceName(environment, name, 'securityGroup'), description, vpcId }).id;
    this.restoredId = group('restored', 'drill-restored', 'What a restore drill has restored');
    this.checkId = group('check', 'drill-check', 'Check of what a restore drill has restored');
    const [from, to] = [this.checkId, this.restoredId];
    if (database) connect(this, 'postgres', { from, to, port: PORTS.postgres, description: 'Check to restored Postgres' });
    if (files) connect(this, 'nfs', { from, to, port: PORTS.nfs, description: 'Check to restored files' });
    // The registry of its image, Secrets Manager and CloudWatch Logs have no fixed addresses that a rule could name.
    allowEgress(this, 'https-out', {
      securityGroupId: from,
      peer: { cidr: '0.0.0.0/0' },
      port: PORTS.https,
      description: 'Check to AWS',
    });
    if (endpointSecurityGroupId !== undefined)
      connect(this, 'endpoints', { from, to: endpointSecurityGroupId, port: PORTS.https, description: 'Check to endpoints' });
  }
}

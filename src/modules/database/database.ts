/**
 * PostgreSQL with its logins. `Database` is one on RDS, as a whole. `HostDatabase` runs on the box: only the secrets that
 * applications log in with are created here.
 */
import { Construct } from 'constructs';
import { resourceName } from '../../config/names';
import type { HostDatabase as ResolvedHostDatabase, ManagedDatabase } from '../../config/resolved/environment';
import type { DatabaseHandover, NetworkHandover } from '../../contracts/handovers';
import { ServiceRole } from '../iam/service-role';
import { createDatabaseLogs } from './instance-settings';
import { masterLogin } from './master-login';
import { createParameterGroup, createPrimary, createSubnetGroup } from './primary';
import { Replica, type ReplicaProps } from './replica';
import { createRoleLogins, createRotatedRoleLogins } from './role-logins';
import { RotationFunction } from './rotation-function';

/** The policy AWS prescribes for enhanced monitoring. */
const MONITORING_POLICY = 'arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole';

export interface DatabaseProps {
  readonly database: ManagedDatabase;
  /** Deletion protection, a final snapshot, `prevent_destroy`. */
  readonly protect: boolean;
  /** The environment's key; without one, keys of AWS. It cannot be changed without replacing the database. */
  readonly keyArn?: string;
  /** The environment's name. */
  readonly environment: string;
  readonly region: string;
  readonly accountId: string;
  readonly vpcId: string;
  readonly isolatedSubnetIds: readonly string[];
  /** The database's group, empty but for what its readers add. */
  readonly securityGroupId: string;
  /** Where the rotation function stands. */
  readonly privateSubnetIds: readonly string[];
  /** The group of the VPC's interface endpoints, by which the rotation function may reach Secrets Manager. */
  readonly endpointSecurityGroupId?: string;
  readonly replicaNetworks: NetworkHandover['replicaNetworks'];
  /** Days that PostgreSQL's logs are kept. Left out, RDS makes the log groups and they are kept for ever. */
  readonly logRetentionDays?: number;
}

/** A database on RDS. */
export class Database extends Construct {
  public readonly handover: DatabaseHandover;
  /** The primary's ARN, for backups. */
  public readonly resourceArn: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DatabaseProps,
  ) {
    super(scope, id);
    const { database, protect, keyArn, environment, isolatedSubnetIds, logRetentionDays, securityGroupId } = props;
    const { identifier } = database;
    const monitoringRoleArn = this.monitoringRole();
    const parameterGroupName = createParameterGroup(this, 'parameters', database).name;
    const master = masterLogin(this, { database, keyArn, protect });
    const primary = createPrimary(this, {
      database,
      protect,
      keyArn,
      monitoringRoleArn,
      parameterGroupName,
      subnetGroupName: createSubnetGroup(this, 'subnets', { environment, subnetIds: isolatedSubnetIds }).name,
      securityGroupId,
      password: master.password,
      dependsOn: [...createDatabaseLogs(this, { identifier, retentionDays: logRetentionDays })],
    });
    const rotation = this.rotationFunction();
    const host = primary.address;
    this.resourceArn = primary.arn;
    this.handover = {
      host,
      resourceId: primary.resourceId,
      masterSecretArn: master.publish(primary, rotation),
      roleSecretArns: createRotatedRoleLogins(
        this,
        { database, host, sslMode: 'require', keyArn, protect, instance: primary },
        rotation,
      ),
      replicaHosts: this.replicas({ primary, securityGroupId, parameterGroupName, monitoringRoleArn }),
    };
  }

  private replicas(
    shared: Pick<ReplicaProps, 'primary' | 'securityGroupId' | 'parameterGroupName' | 'monitoringRoleArn'>,
  ): Readonly<Record<string, string>> {
    const { database } = this.props;
    const entries = database.replicas.map((replica) => {
      const { host } = new Replica(this, `replica-${replica.key}`, { ...this.props, ...shared, replica });
      return [replica.key, host] as const;
    });
    return Object.fromEntries(entries);
  }

  /** One function for every secret that is not RDS's own; none when no password of ours rotates. */
  private rotationFunction(): RotationFunction | undefined {
    const { credentials, roles } = this.props.database;
    const { securityGroupId: databaseSecurityGroupId } = this.props;
    const needed = credentials.kind === 'rotated-secret' || roles.some(({ rotateAfterDays }) => rotateAfterDays !== undefined);
    return needed ? new RotationFunction(this, 'rotation', { ...this.props, databaseSecurityGroupId }) : undefined;
  }

  /** The role that RDS sends operating-system metrics with, for the primary and its replicas. */
  private monitoringRole(): string | undefined {
    const { database, environment, region, accountId } = this.props;
    if (database.enhancedMonitoringSeconds === 0) return undefined;
    const instances = [{ name: database.identifier, region }, ...database.replicas];
    return new ServiceRole(this, 'monitoring', {
      name: resourceName(environment, 'database-monitoring', 'iamRole'),
      description: 'RDS enhanced monitoring',
      service: 'monitoring.rds.amazonaws.com',
      trustConditions: {
        StringEquals: { 'aws:SourceAccount': accountId },
        ArnLike: {
          'aws:SourceArn': instances.map((instance) => `arn:aws:rds:${instance.region}:${accountId}:db:${instance.name}`),
        },
      },
      statements: [],
      managedPolicyArns: [MONITORING_POLICY],
    }).arn;
  }
}

export interface HostDatabaseProps {
  readonly database: ResolvedHostDatabase;
  readonly keyArn?: string;
  readonly protect: boolean;
}

/** A database on the box, which creates roles and database as its own superuser: that one logs in by the socket, without a password. */
export class HostDatabase extends Construct {
  public readonly handover: DatabaseHandover;

  constructor(scope: Construct, id: string, props: HostDatabaseProps) {
    super(scope, id);
    const { hostName: host } = props.database;
    this.handover = { host, roleSecretArns: createRoleLogins(this, { ...props, host, sslMode: 'disable' }), replicaHosts: {} };
  }
}

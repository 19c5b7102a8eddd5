/**
 * PostgreSQL with its logins. `Database` is a whole database on RDS. `HostDatabase` runs on the box, so only the secrets of its
 * logins are created here.
 */
import { Construct } from 'constructs';
import { resourceName } from '../../config/names';
import type { HostDatabase as ResolvedHostDatabase, ManagedDatabase } from '../../config/resolved/environment';
import type { DatabaseHandover, NetworkHandover } from '../../contracts/handovers';
import { ServiceRole } from '../iam/service-role';
import { createDatabaseLogs } from './instance-settings';
import { createMasterLogin } from './master-login';
import { createParameterGroup, createPrimary, createSubnetGroup } from './primary';
import { Replica, type ReplicaProps } from './replica';
import { createRoleLogins, createRotatedRoleLogins } from './role-logins';
import { RotationFunctions } from './rotation-functions';

/** The policy that AWS prescribes for enhanced monitoring. */
const MONITORING_POLICY = 'arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole';

export interface DatabaseProps {
  readonly database: ManagedDatabase;
  /** Deletion protection, a final snapshot, `prevent_destroy`. */
  readonly protect: boolean;
  /** The environment's key; without one, AWS-managed keys. Changing it replaces the database. */
  readonly keyArn?: string;
  /** The environment's name. */
  readonly environment: string;
  readonly region: string;
  readonly accountId: string;
  readonly vpcId: string;
  readonly isolatedSubnetIds: readonly string[];
  /** The database's group, whose rules are created by the stacks that connect to it. */
  readonly securityGroupId: string;
  /** For the rotation functions. */
  readonly privateSubnetIds: readonly string[];
  /** The group of the VPC's interface endpoints, through which the rotation functions reach Secrets Manager. */
  readonly endpointSecurityGroupId?: string;
  readonly replicaNetworks: NetworkHandover['replicaNetworks'];
  /** @default RDS and Lambda create the log groups themselves, and they never expire */
  readonly logRetentionDays?: number;
}

/** A database on RDS. */
export class Database extends Construct {
  public readonly handover: DatabaseHandover;
  /** The primary's ARN, for backups. */
  public readonly resourceArn: string;
  public readonly subnetGroupName: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DatabaseProps,
  ) {
    super(scope, id);
    const { database, protect, keyArn, environment, isolatedSubnetIds, logRetentionDays, securityGroupId } = props;
    const { identifier } = database;
    const monitoringRoleArn = this.createMonitoringRole();
    const parameterGroupName = createParameterGroup(this, 'parameters', { database, protect }).name;
    const master = createMasterLogin(this, { database, keyArn, protect });
    this.subnetGroupName = createSubnetGroup(this, 'subnets', { environment, subnetIds: isolatedSubnetIds }).name;
    const primary = createPrimary(this, {
      database,
      protect,
      keyArn,
      monitoringRoleArn,
      parameterGroupName,
      subnetGroupName: this.subnetGroupName,
      securityGroupId,
      password: master.password,
      dependsOn: [...createDatabaseLogs(this, { identifier, retentionDays: logRetentionDays })],
    });
    const rotation = this.createRotationFunctions();
    const host = primary.address;
    const masterSecretArn = master.createLogin(primary, rotation);
    this.resourceArn = primary.arn;
    this.handover = {
      host,
      resourceId: primary.resourceId,
      masterSecretArn,
      roleSecretArns: createRotatedRoleLogins(
        this,
        {
          database,
          host,
          sslMode: 'require',
          keyArn,
          protect,
          instance: primary,
          masterSecretArn: rotation && masterSecretArn,
        },
        rotation,
      ),
      replicaHosts: this.createReplicas({ primary, securityGroupId, parameterGroupName, monitoringRoleArn }),
    };
  }

  /** @returns replica key to its host */
  private createReplicas(
    shared: Pick<ReplicaProps, 'primary' | 'securityGroupId' | 'parameterGroupName' | 'monitoringRoleArn'>,
  ): Readonly<Record<string, string>> {
    const { database } = this.props;
    const entries = database.replicas.map((replica) => {
      const { host } = new Replica(this, `replica-${replica.key}`, { ...this.props, ...shared, replica });
      return [replica.key, host] as const;
    });
    return Object.fromEntries(entries);
  }

  /** None where RDS rotates the master's password: then no other login rotates. */
  private createRotationFunctions(): RotationFunctions | undefined {
    const { database, securityGroupId: databaseSecurityGroupId } = this.props;
    if (database.credentials.kind === 'rds-managed') return undefined;
    return new RotationFunctions(this, 'rotation', { ...this.props, databaseSecurityGroupId });
  }

  /** The role with which RDS publishes operating-system metrics of the primary and its replicas. */
  private createMonitoringRole(): string | undefined {
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

/** A database on the box. The host creates roles and database as the superuser, which logs in through the socket without a password. */
export class HostDatabase extends Construct {
  public readonly handover: DatabaseHandover;

  constructor(scope: Construct, id: string, props: HostDatabaseProps) {
    super(scope, id);
    const { hostName: host } = props.database;
    this.handover = { host, roleSecretArns: createRoleLogins(this, { ...props, host, sslMode: 'disable' }), replicaHosts: {} };
  }
}

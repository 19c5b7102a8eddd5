/**
 * PostgreSQL with its logins. `managed`: RDS, here whole. `host`: it runs on the box, and here are only the secrets that
 * applications log in with.
 */
import type { DbInstance } from '@cdktf/provider-aws/lib/db-instance';
import { Construct } from 'constructs';
import { resourceName } from '../../config/names';
import type { ResolvedDatabase, ResolvedRole } from '../../config/resolved/environment';
import type { DatabaseHandover, NetworkHandover } from '../../contracts/handovers';
import { ServiceRole } from '../iam/service-role';
import { ephemeralPassword } from '../../terraform/ephemeral-password';
import { createDatabaseLogs } from './database-logs';
import { LOGIN_VERSION, LoginSecret, type LoginSecretProps } from './login-secret';
import { masterLogin } from './master-login';
import { createParameterGroup, createPrimary, createSubnetGroup } from './primary';
import { Replica, type ReplicaProps } from './replica';
import { RotationFunction } from './rotation-function';

/** The policy AWS prescribes for enhanced monitoring. */
const MONITORING_POLICY = 'arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole';

export interface DatabaseProps {
  readonly database: ResolvedDatabase;
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
  /** The database's group, empty but for what its readers add. Always there with a managed database. */
  readonly securityGroupId?: string;
  /** Where the rotation function stands. */
  readonly privateSubnetIds: readonly string[];
  /** The group of the VPC's interface endpoints, by which the rotation function may reach Secrets Manager. */
  readonly endpointSecurityGroupId?: string;
  readonly replicaNetworks: NetworkHandover['replicaNetworks'];
  /** Days that PostgreSQL's logs are kept. Left out, RDS makes the log groups and they are kept for ever. */
  readonly logRetentionDays?: number;
}

/** The database of an environment. */
export class Database extends Construct {
  public readonly handover: DatabaseHandover;
  /** The primary's ARN, for backups. Only of a managed database. */
  public readonly resourceArn?: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: DatabaseProps,
  ) {
    super(scope, id);
    if (props.database.placement === 'host') {
      this.handover = this.onHost();
      return;
    }
    const { primary, handover } = this.managed(this.databaseSecurityGroup());
    this.resourceArn = primary.arn;
    this.handover = handover;
  }

  private managed(securityGroupId: string): { readonly primary: DbInstance; readonly handover: DatabaseHandover } {
    const { database, protect, keyArn, environment, isolatedSubnetIds, logRetentionDays } = this.props;
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
    const rotation = this.rotationFunction(securityGroupId);
    return {
      primary,
      handover: {
        host: primary.address,
        resourceId: primary.resourceId,
        masterSecretArn: master.publish(primary, rotation),
        roleSecretArns: this.roleSecrets({ host: primary.address, sslMode: 'require' }, primary, rotation),
        replicaHosts: this.replicas({ primary, securityGroupId, parameterGroupName, monitoringRoleArn }),
      },
    };
  }

  /** The host makes roles and database as its own superuser, who logs in by the socket: there is no master password to keep. */
  private onHost(): DatabaseHandover {
    const host = this.props.database.hostName;
    return {
      host,
      // Only RDS gives one, and only logins by IAM ask for it.
      resourceId: '',
      roleSecretArns: this.roleSecrets({ host, sslMode: 'disable' }),
      replicaHosts: {},
    };
  }

  private roleSecrets(
    place: { readonly host: string; readonly sslMode: 'require' | 'disable' },
    instance?: DbInstance,
    rotation?: RotationFunction,
  ): Readonly<Record<string, string>> {
    const entries = this.props.database.roles.map((role) => {
      const secret = new LoginSecret(this, `role-${dashed(role.name)}`, {
        ...this.secretFrame(),
        name: role.secretName,
        description: `Database login ${role.name} (${role.privileges})`,
        login: { ...place, ...this.roleLogin(role) },
        instance,
      });
      if (role.rotateAfterDays !== undefined) {
        // Not at once: the login is made by database-init, after the first deployment.
        rotation?.rotate(secret, {
          secretArn: secret.arn,
          login: secret.version,
          afterDays: role.rotateAfterDays,
          immediately: false,
        });
      }
      return [role.name, secret.arn] as const;
    });
    return Object.fromEntries(entries);
  }

  private roleLogin({ name, holdsUrl }: ResolvedRole) {
    const password = ephemeralPassword(this, `database-role-${dashed(name)}`);
    return { username: name, password, database: this.props.database.name, holdsUrl };
  }

  private secretFrame(): Pick<LoginSecretProps, 'keyArn' | 'protect' | 'version'> {
    const { keyArn, protect, database } = this.props;
    return { keyArn, protect, version: LOGIN_VERSION[database.placement] };
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
  private rotationFunction(databaseSecurityGroupId: string): RotationFunction | undefined {
    const { credentials, roles } = this.props.database;
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

  private databaseSecurityGroup(): string {
    const { securityGroupId } = this.props;
    if (securityGroupId === undefined)
      throw new Error('a managed database needs the security group that the network stack hands on');
    return securityGroupId;
  }
}

/** A role's name as part of a construct id; PostgreSQL names have underscores, ids hyphens, and neither has both. */
function dashed(role: string): string {
  return role.replaceAll('_', '-');
}

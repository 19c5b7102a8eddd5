/**
 * AWS's own published functions that rotate PostgreSQL passwords.
 *
 * For the master, the function for a single user changes the password of the login in the secret. For applications, the one for
 * alternating users sets a password for the user that is not in use (`app` or `app_clone`), tests it and writes it to the
 * secret: the earlier login stays valid until the next rotation, long after the containers that hold it were restarted. It logs
 * in as the master to do so, which is why its role may also read the master's secret.
 *
 * Both come from the Serverless Application Repository as CloudFormation stacks, with roles that are limited to secrets that
 * name the function. They run in the private subnets, and reach Secrets Manager by endpoint or NAT.
 */
import { CloudwatchLogGroup } from '@cdktf/provider-aws/lib/cloudwatch-log-group';
import {
  SecretsmanagerSecretRotation,
  type SecretsmanagerSecretRotationConfig,
} from '@cdktf/provider-aws/lib/secretsmanager-secret-rotation';
import type { SecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/secretsmanager-secret-version';
import { ServerlessapplicationrepositoryCloudformationStack } from '@cdktf/provider-aws/lib/serverlessapplicationrepository-cloudformation-stack';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { ROTATION_WINDOW } from '../../config/calculations/rotation-schedule';
import { resourceName } from '../../config/names';
import { PORTS } from '../../config/tables/ports';
import { allowEgress, ClosedSecurityGroup, connect } from '../security-group/security-group';
import { replacementOf } from '../../terraform/lifecycle';

/** Published in us-east-1, and deployable from there to every commercial region. */
const APPLICATIONS = 'arn:aws:serverlessrepo:us-east-1:297356227824:applications';
const SINGLE_USER = `${APPLICATIONS}/SecretsManagerRDSPostgreSQLRotationSingleUser`;
const ALTERNATING_USERS = `${APPLICATIONS}/SecretsManagerRDSPostgreSQLRotationMultiUser`;

/** Pinned: the version and parameters of AWS CDK 2. Source: aws-cdk-lib, aws-secretsmanager/lib/secret-rotation.ts. */
const APPLICATION_VERSION = '1.1.671';

/** All punctuation but `-`, `.` and `_`: a new password needs no escaping in URLs, configuration files and shells. */
const EXCLUDED_CHARACTERS = '!"#$%&\'()*+,/:;<=>?@[\\]^`{|}~';

export interface RotationFunctionsProps {
  /** The environment's name. */
  readonly environment: string;
  readonly region: string;
  readonly vpcId: string;
  readonly privateSubnetIds: readonly string[];
  readonly databaseSecurityGroupId: string;
  /** The group of the VPC's interface endpoints, which may include Secrets Manager's. */
  readonly endpointSecurityGroupId?: string;
  /** The key of the secrets; without one, the AWS-managed key. */
  readonly keyArn?: string;
  /** @default Lambda creates the log groups itself, and they never expire */
  readonly logRetentionDays?: number;
}

export interface RotatedSecret {
  readonly secretArn: string;
  /** The version that exists before the first rotation. */
  readonly login: SecretsmanagerSecretVersion;
}

/** One function for the master's secret and one for those of applications, each created when it is first needed. */
export class RotationFunctions extends Construct {
  private readonly securityGroupId: string;
  private readonly networkRules: readonly ITerraformDependable[];
  private alternatingUsersArn?: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RotationFunctionsProps,
  ) {
    super(scope, id);
    this.securityGroupId = this.createSecurityGroup();
    this.networkRules = this.createNetworkRules(this.securityGroupId);
  }

  /** Rotates the master's secret at once, which makes the password useless that Terraform wrote, and then on a schedule. */
  public rotateMaster(scope: Construct, secret: RotatedSecret & { readonly afterDays: number }): void {
    const functionArn = this.createFunction('function', 'database-rotation', { applicationId: SINGLE_USER, parameters: {} });
    this.createRotation(scope, secret, {
      rotationLambdaArn: functionArn,
      rotationRules: { automaticallyAfterDays: secret.afterDays },
      rotateImmediately: true,
    });
  }

  /**
   * Rotates the login of an application on a schedule, a cron expression of Secrets Manager. Not at once: `database-init`
   * creates the login after the first deployment. Its secret must name the master's (`masterarn`).
   */
  public rotateRole(
    scope: Construct,
    secret: RotatedSecret & { readonly schedule: string; readonly masterSecretArn: string },
  ): void {
    this.alternatingUsersArn ??= this.createFunction('alternating-users', 'database-role-rotation', {
      applicationId: ALTERNATING_USERS,
      parameters: {
        masterSecretArn: secret.masterSecretArn,
        ...(this.props.keyArn === undefined ? {} : { masterSecretKmsKeyArn: this.props.keyArn }),
      },
    });
    this.createRotation(scope, secret, {
      rotationLambdaArn: this.alternatingUsersArn,
      rotationRules: { scheduleExpression: secret.schedule, duration: ROTATION_WINDOW },
      rotateImmediately: false,
    });
  }

  private createRotation(
    scope: Construct,
    { secretArn, login }: RotatedSecret,
    settings: Pick<SecretsmanagerSecretRotationConfig, 'rotationLambdaArn' | 'rotationRules' | 'rotateImmediately'>,
  ): void {
    new SecretsmanagerSecretRotation(scope, 'rotation', {
      ...settings,
      secretId: secretArn,
      dependsOn: [login, ...this.networkRules],
      lifecycle: { replaceTriggeredBy: [replacementOf(login)] },
    });
  }

  private createSecurityGroup(): string {
    const { environment, vpcId } = this.props;
    return new ClosedSecurityGroup(this, 'access', {
      name: resourceName(environment, 'database-rotation', 'securityGroup'),
      description: 'Function that rotates database passwords',
      vpcId,
    }).id;
  }

  private createNetworkRules(from: string): readonly ITerraformDependable[] {
    const { databaseSecurityGroupId, endpointSecurityGroupId } = this.props;
    const toDatabase = connect(this, 'database', {
      from,
      to: databaseSecurityGroupId,
      port: PORTS.postgres,
      description: 'Password rotation to Postgres',
    });
    const description = 'Password rotation to Secrets Manager';
    const toEndpoints =
      endpointSecurityGroupId === undefined
        ? []
        : connect(this, 'endpoint', { from, to: endpointSecurityGroupId, port: PORTS.https, description });
    // Without an endpoint for Secrets Manager the function uses NAT, to addresses that AWS may change.
    const toInternet = allowEgress(this, 'internet', {
      securityGroupId: from,
      peer: { cidr: '0.0.0.0/0' },
      port: PORTS.https,
      description,
    });
    return [...toDatabase, ...toEndpoints, toInternet];
  }

  /** @returns the function's ARN */
  private createFunction(
    id: string,
    suffix: string,
    { applicationId, parameters }: { readonly applicationId: string; readonly parameters: Readonly<Record<string, string>> },
  ): string {
    const { environment, region, privateSubnetIds, keyArn } = this.props;
    const name = resourceName(environment, suffix, 'lambdaFunction');
    const application = new ServerlessapplicationrepositoryCloudformationStack(this, id, {
      name,
      applicationId,
      semanticVersion: APPLICATION_VERSION,
      capabilities: ['CAPABILITY_IAM', 'CAPABILITY_RESOURCE_POLICY'],
      parameters: {
        functionName: name,
        endpoint: `https://secretsmanager.${region}.amazonaws.com`,
        excludeCharacters: EXCLUDED_CHARACTERS,
        vpcSubnetIds: privateSubnetIds.join(','),
        vpcSecurityGroupIds: this.securityGroupId,
        ...(keyArn === undefined ? {} : { kmsKeyArn: keyArn }),
        ...parameters,
      },
      dependsOn: [...this.createLogs(id, name)],
    });
    return application.outputs.lookup('RotationLambdaARN');
  }

  /** The log group that Lambda would otherwise create at the first run, without an end to its retention. */
  private createLogs(id: string, functionName: string): readonly ITerraformDependable[] {
    const { logRetentionDays: retentionInDays } = this.props;
    if (retentionInDays === undefined) return [];
    return [new CloudwatchLogGroup(this, `${id}-logs`, { name: `/aws/lambda/${functionName}`, retentionInDays })];
  }
}

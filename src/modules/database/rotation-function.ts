/**
 * AWS's own published function that rotates PostgreSQL passwords, one for every secret of the environment.
 *
 * It comes from the Serverless Application Repository as a CloudFormation stack, with a role that is limited to secrets that
 * name this function. It logs in with a secret's login, sets a new password and writes it back, so it runs in the private
 * subnets and reaches Secrets Manager by endpoint or NAT.
 */
import { SecretsmanagerSecretRotation } from '@cdktf/provider-aws/lib/secretsmanager-secret-rotation';
import type { SecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/secretsmanager-secret-version';
import { ServerlessapplicationrepositoryCloudformationStack } from '@cdktf/provider-aws/lib/serverlessapplicationrepository-cloudformation-stack';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { resourceName } from '../../config/names';
import { PORTS } from '../../config/tables/ports';
import { allowEgress, ClosedSecurityGroup, connect } from '../security-group/security-group';
import { replacementOf } from '../../terraform/lifecycle';

/** Published in us-east-1, and deployable from there to every commercial region. */
const APPLICATION = 'arn:aws:serverlessrepo:us-east-1:297356227824:applications/SecretsManagerRDSPostgreSQLRotationSingleUser';

/** Pinned; the version that AWS CDK 2 deploys. Source: aws-cdk-lib, aws-secretsmanager/lib/secret-rotation.ts. */
const APPLICATION_VERSION = '1.1.671';

/** All punctuation but `-`, `.` and `_`: a new password needs no escaping in URLs, configuration files and shells. */
const EXCLUDED_CHARACTERS = '!"#$%&\'()*+,/:;<=>?@[\\]^`{|}~';

export interface RotationFunctionProps {
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
}

export interface RotatedSecret {
  readonly secretArn: string;
  /** The version that exists before the first rotation. */
  readonly login: SecretsmanagerSecretVersion;
  readonly afterDays: number;
  /** Whether to rotate right after creation. The login must exist in the database by then. */
  readonly immediately: boolean;
}

/** The function with its security group. */
export class RotationFunction extends Construct {
  private readonly arn: string;
  private readonly networkRules: readonly ITerraformDependable[];

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RotationFunctionProps,
  ) {
    super(scope, id);
    const securityGroupId = this.createSecurityGroup();
    this.networkRules = this.createNetworkRules(securityGroupId);
    this.arn = this.createFunction(securityGroupId);
  }

  /** Rotates a secret on a schedule. */
  public rotate(scope: Construct, { secretArn, login, afterDays, immediately }: RotatedSecret): void {
    new SecretsmanagerSecretRotation(scope, 'rotation', {
      secretId: secretArn,
      rotationLambdaArn: this.arn,
      rotationRules: { automaticallyAfterDays: afterDays },
      rotateImmediately: immediately,
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

  private createFunction(securityGroupId: string): string {
    const { environment, region, privateSubnetIds, keyArn } = this.props;
    const name = resourceName(environment, 'database-rotation', 'lambdaFunction');
    const application = new ServerlessapplicationrepositoryCloudformationStack(this, 'function', {
      name,
      applicationId: APPLICATION,
      semanticVersion: APPLICATION_VERSION,
      capabilities: ['CAPABILITY_IAM', 'CAPABILITY_RESOURCE_POLICY'],
      parameters: {
        functionName: name,
        endpoint: `https://secretsmanager.${region}.amazonaws.com`,
        excludeCharacters: EXCLUDED_CHARACTERS,
        vpcSubnetIds: privateSubnetIds.join(','),
        vpcSecurityGroupIds: securityGroupId,
        ...(keyArn === undefined ? {} : { kmsKeyArn: keyArn }),
      },
    });
    return application.outputs.lookup('RotationLambdaARN');
  }
}

/**
 * Clients of AWS, each loaded when it is first asked for. They find credentials as the AWS command line does: variables, profiles
 * (`AWS_PROFILE`), single sign-on, web identities and roles of the machine.
 */
import type { ACM } from '@aws-sdk/client-acm';
import type { AutoScaling } from '@aws-sdk/client-auto-scaling';
import type { Backup } from '@aws-sdk/client-backup';
import type { CloudWatch } from '@aws-sdk/client-cloudwatch';
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import type { CostExplorer } from '@aws-sdk/client-cost-explorer';
import type { EC2 } from '@aws-sdk/client-ec2';
import type { ECR } from '@aws-sdk/client-ecr';
import type { ECS } from '@aws-sdk/client-ecs';
import type { EFS } from '@aws-sdk/client-efs';
import type { EKS } from '@aws-sdk/client-eks';
import type { RDS } from '@aws-sdk/client-rds';
import type { S3 } from '@aws-sdk/client-s3';
import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import type { SFN } from '@aws-sdk/client-sfn';
import type { SQS } from '@aws-sdk/client-sqs';
import type { SSM } from '@aws-sdk/client-ssm';
import type { STS } from '@aws-sdk/client-sts';

export interface AwsOptions {
  readonly region: string;
  /** The address of an emulator, for every service. @default the addresses of AWS */
  readonly endpoint?: string;
}

/** One client a service and instance of this class; every call is repeated by the client itself when AWS throttles it. */
export class AwsClients {
  private readonly made = new Map<string, Promise<unknown>>();

  constructor(public readonly options: AwsOptions) {}

  /** The same clients in another region. */
  public in(region: string): AwsClients {
    return region === this.options.region ? this : new AwsClients({ ...this.options, region });
  }

  public readonly acm = (): Promise<ACM> =>
    this.once('acm', async () => new (await import('@aws-sdk/client-acm')).ACM(this.settings));
  public readonly autoScaling = (): Promise<AutoScaling> =>
    this.once('auto-scaling', async () => new (await import('@aws-sdk/client-auto-scaling')).AutoScaling(this.settings));
  public readonly backup = (): Promise<Backup> =>
    this.once('backup', async () => new (await import('@aws-sdk/client-backup')).Backup(this.settings));
  public readonly cloudWatch = (): Promise<CloudWatch> =>
    this.once('cloudwatch', async () => new (await import('@aws-sdk/client-cloudwatch')).CloudWatch(this.settings));
  public readonly cloudWatchLogs = (): Promise<CloudWatchLogs> =>
    this.once('logs', async () => new (await import('@aws-sdk/client-cloudwatch-logs')).CloudWatchLogs(this.settings));
  /** Of the whole account; each request costs $0.01. Source: https://aws.amazon.com/aws-cost-management/pricing/ */
  public readonly costExplorer = (): Promise<CostExplorer> =>
    this.once('cost-explorer', async () => new (await import('@aws-sdk/client-cost-explorer')).CostExplorer(this.settings));
  public readonly ec2 = (): Promise<EC2> =>
    this.once('ec2', async () => new (await import('@aws-sdk/client-ec2')).EC2(this.settings));
  public readonly ecr = (): Promise<ECR> =>
    this.once('ecr', async () => new (await import('@aws-sdk/client-ecr')).ECR(this.settings));
  public readonly ecs = (): Promise<ECS> =>
    this.once('ecs', async () => new (await import('@aws-sdk/client-ecs')).ECS(this.settings));
  public readonly efs = (): Promise<EFS> =>
    this.once('efs', async () => new (await import('@aws-sdk/client-efs')).EFS(this.settings));
  public readonly eks = (): Promise<EKS> =>
    this.once('eks', async () => new (await import('@aws-sdk/client-eks')).EKS(this.settings));
  public readonly rds = (): Promise<RDS> =>
    this.once('rds', async () => new (await import('@aws-sdk/client-rds')).RDS(this.settings));
  /** Names of buckets are part of the path at an emulator, which has no wildcard in DNS. */
  public readonly s3 = (): Promise<S3> =>
    this.once(
      's3',
      async () =>
        new (await import('@aws-sdk/client-s3')).S3({ ...this.settings, forcePathStyle: this.options.endpoint !== undefined }),
    );
  /**
   * Signs addresses that others send objects to. The usual client adds a checksum, and for an address that is the one of an empty
   * object: S3 would refuse every other.
   */
  public readonly s3ForAddresses = (): Promise<S3> =>
    this.once(
      's3-addresses',
      async () =>
        new (await import('@aws-sdk/client-s3')).S3({
          ...this.settings,
          forcePathStyle: this.options.endpoint !== undefined,
          requestChecksumCalculation: 'WHEN_REQUIRED',
        }),
    );
  public readonly secretsManager = (): Promise<SecretsManager> =>
    this.once('secrets', async () => new (await import('@aws-sdk/client-secrets-manager')).SecretsManager(this.settings));
  public readonly sfn = (): Promise<SFN> =>
    this.once('sfn', async () => new (await import('@aws-sdk/client-sfn')).SFN(this.settings));
  public readonly sqs = (): Promise<SQS> =>
    this.once('sqs', async () => new (await import('@aws-sdk/client-sqs')).SQS(this.settings));
  public readonly ssm = (): Promise<SSM> =>
    this.once('ssm', async () => new (await import('@aws-sdk/client-ssm')).SSM(this.settings));
  public readonly sts = (): Promise<STS> =>
    this.once('sts', async () => new (await import('@aws-sdk/client-sts')).STS(this.settings));

  private get settings(): { readonly region: string; readonly endpoint?: string } {
    const { region, endpoint } = this.options;
    return endpoint === undefined ? { region } : { region, endpoint };
  }

  private once<T>(service: string, make: () => Promise<T>): Promise<T> {
    // The SDK writes to standard error that it ends its support of Node 20: package.json says which versions Terrace runs on.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
    const known = this.made.get(service) as Promise<T> | undefined;
    const client = known ?? make();
    this.made.set(service, client);
    return client;
  }
}

/** What an environment keeps: key, database, cache, buckets, file systems, queues, secrets, images, logs, backups. */
import type { App } from 'cdktf';
import type { Identity, ResolvedData, ResolvedDatabase, ResolvedFileSystem } from '../config/resolved/environment';
import { backupHour } from '../modules/backup/backup-hour';
import { BackupPlan } from '../modules/backup/backup-plan';
import { Cache } from '../modules/cache/cache';
import { Database, HostDatabase } from '../modules/database/database';
import { EnvironmentKey } from '../modules/encryption/environment-key';
import { ImageParameter, releaseCommand } from '../modules/images/image-parameter';
import { pushCommand, Repository } from '../modules/images/repository';
import { LogGroups } from '../modules/logs/log-groups';
import { Queue } from '../modules/messaging/queue';
import { ApplicationSecret, putSecretCommand } from '../modules/secrets/application-secret';
import { Buckets } from '../modules/storage/buckets';
import { DataVolume } from '../modules/storage/data-volume';
import { FileSystem } from '../modules/storage/file-system';
import type { DatabaseHandover, DataHandover, NetworkHandover } from '../contracts/handovers';
import { logKeyArnOf, required } from '../contracts/lookups';
import { outputName } from '../terraform/output-name';
import { Handover } from '../terraform/handover';
import { TerraceStack, type TerraceStackProps } from '../terraform/terrace-stack';

export interface DataStackProps {
  readonly stack: TerraceStackProps;
  readonly identity: Identity;
  readonly protect: boolean;
  readonly data: ResolvedData;
  readonly network: Handover<NetworkHandover>;
}

/** The stack that a tier change never touches. */
export class DataStack extends TerraceStack {
  public readonly handover: Handover<DataHandover>;
  private readonly network: NetworkHandover;
  /** What the environment's backup plan copies. */
  private readonly backedUp: string[] = [];

  constructor(
    app: App,
    private readonly props: DataStackProps,
  ) {
    super(app, props.stack);
    this.network = props.network.in(this);
    const { data } = props;
    const keyArn = data.customerManagedKey ? this.createKey() : undefined;
    this.handover = new Handover<DataHandover>(this, {
      keyArn,
      database: data.database && this.createDatabase(data.database, keyArn),
      cache: this.createCache(keyArn),
      buckets: this.createBuckets(keyArn),
      fileSystems: byKey(data.fileSystems, (fileSystem) => this.createFileSystem(fileSystem, keyArn)),
      queues: this.createQueues(keyArn),
      secrets: this.createSecrets(keyArn),
      images: this.createImages(keyArn),
      logGroups: this.createLogGroups(keyArn),
      boxVolume: this.createBoxVolume(keyArn),
    });
    this.createBackupPlan(keyArn);
  }

  private createKey(): string {
    const { identity, protect } = this.props;
    const key = new EnvironmentKey(this, 'environment', {
      alias: identity.environment,
      description: `Encrypts the data of ${identity.environment}`,
      accountId: this.accountId,
      region: identity.region,
      protect,
    });
    return key.arn;
  }

  private createDatabase(database: ResolvedDatabase, keyArn: string | undefined): DatabaseHandover {
    const { identity, protect, data } = this.props;
    if (database.placement === 'host') return new HostDatabase(this, 'database', { database, protect, keyArn }).handover;
    const { resourceArn, handover } = new Database(this, 'database', {
      database,
      protect,
      keyArn,
      vpcId: this.network.vpcId,
      isolatedSubnetIds: this.network.isolatedSubnetIds,
      privateSubnetIds: this.network.privateSubnetIds,
      securityGroupId: required(this.network.databaseSecurityGroupId, 'the security group of the database'),
      endpointSecurityGroupId: this.network.endpointSecurityGroupId,
      replicaNetworks: this.network.replicaNetworks,
      environment: identity.environment,
      region: identity.region,
      accountId: this.accountId,
      logRetentionDays: data.logs.retentionDays,
    });
    this.backedUp.push(resourceArn);
    this.addOutput('database_endpoint', 'Host of the database; only the security groups of a tier reach it', handover.host);
    return handover;
  }

  private createCache(keyArn: string | undefined): DataHandover['cache'] {
    const { identity, protect, data } = this.props;
    if (data.cache?.placement !== 'managed') return undefined;
    const { host } = new Cache(this, 'cache', {
      cache: data.cache,
      protect,
      keyArn,
      subnetIds: this.network.isolatedSubnetIds,
      securityGroupId: required(this.network.cacheSecurityGroupId, 'the security group of the cache'),
      environment: identity.environment,
    });
    return { host };
  }

  private createBuckets(keyArn: string | undefined): DataHandover['buckets'] {
    const { data, protect } = this.props;
    const buckets = new Buckets(this, 'bucket', {
      buckets: data.buckets,
      logBucket: data.logBucket,
      accessLogs: data.bucketAccessLogs,
      cdnAccessLogs: data.cdnAccessLogs,
      accountId: this.accountId,
      keyArn,
      protect,
    });
    return buckets.handover;
  }

  /** With a backup plan of the environment, AWS's own would copy a second time. */
  private createFileSystem(fileSystem: ResolvedFileSystem, keyArn: string | undefined): DataHandover['fileSystems'][string] {
    const planned = this.props.data.backups !== undefined;
    const { id, arn, accessPoints } = new FileSystem(this, `file-system-${fileSystem.key}`, {
      ...fileSystem,
      automaticBackup: fileSystem.backup && !planned,
      keyArn,
      subnetIds: this.network.isolatedSubnetIds,
      securityGroupId: required(this.network.fileSystemSecurityGroupId, 'the security group of file systems'),
      protect: this.props.protect,
    });
    if (fileSystem.backup) this.backedUp.push(arn);
    return { id, arn, accessPoints };
  }

  private createQueues(keyArn: string | undefined): DataHandover['queues'] {
    const { data, identity, protect } = this.props;
    return byKey(data.queues, (queue) => {
      const { url, arn, name } = new Queue(this, `queue-${queue.key}`, {
        ...queue,
        keyArn,
        region: identity.region,
        accountId: this.accountId,
        protect,
      });
      return { url, arn, name };
    });
  }

  private createSecrets(keyArn: string | undefined): DataHandover['secrets'] {
    const { data, identity, protect } = this.props;
    return byKey(data.secrets, (secret) => {
      const { arn } = new ApplicationSecret(this, `secret-${secret.key}`, { ...secret, keyArn, protect });
      if (secret.value === 'manual') {
        this.addOutput(
          `set_secret_${outputName(secret.key)}`,
          `Run this once, with real values: ${secret.description}`,
          putSecretCommand(identity.region, secret),
        );
      }
      return { arn };
    });
  }

  private createImages(keyArn: string | undefined): DataHandover['images'] {
    const { data, identity, protect } = this.props;
    const registry = `${this.accountId}.dkr.ecr.${identity.region}.amazonaws.com`;
    return byKey(data.images, (image) => {
      const repository = new Repository(this, `image-${image.key}`, { ...image, keyArn, protect });
      const parameter = new ImageParameter(this, `release-${image.key}`, {
        name: image.parameterName,
        initialImage: image.initialImage ?? `${repository.url}:initial`,
        protect,
      });
      const name = outputName(image.key);
      this.addOutput(
        `push_image_${name}`,
        'Run this to build and push an image',
        pushCommand({ region: identity.region, repositoryUrl: repository.url, registry }),
      );
      this.addOutput(
        `release_image_${name}`,
        'Run this to choose the image of the next deployment',
        releaseCommand(identity.region, image.parameterName, repository.url),
      );
      return { repositoryUrl: repository.url, repositoryArn: repository.arn, parameterName: parameter.name };
    });
  }

  private createLogGroups(keyArn: string | undefined): DataHandover['logGroups'] {
    const { data, protect } = this.props;
    const groups = new LogGroups(this, 'logs', {
      groups: data.logGroups,
      retentionDays: data.logs.retentionDays,
      keyArn: logKeyArnOf(data, keyArn),
      protect,
    });
    return groups.handover;
  }

  /** Whatever the tier: it stays until the `box` section goes. */
  private createBoxVolume(keyArn: string | undefined): DataHandover['boxVolume'] {
    const { data, identity, protect } = this.props;
    if (data.boxVolume === undefined) return undefined;
    const { id } = new DataVolume(this, 'box', {
      ...data.boxVolume,
      environment: identity.environment,
      keyArn,
      protect,
      accountId: this.accountId,
      region: identity.region,
    });
    return { id };
  }

  private createBackupPlan(keyArn: string | undefined): void {
    const { data, identity, protect } = this.props;
    if (data.backups === undefined || this.backedUp.length === 0) return;
    const { database } = data;
    new BackupPlan(this, 'backup', {
      environment: identity.environment,
      resourceArns: this.backedUp,
      ...data.backups,
      hour: backupHour(database?.placement === 'managed' ? [database.backupWindow, database.maintenanceWindow] : []),
      keyArn,
      protect,
    });
  }
}

/** A record of what each entry was made into, by its key. */
function byKey<T extends { readonly key: string }, R>(entries: readonly T[], make: (entry: T) => R): Readonly<Record<string, R>> {
  return Object.fromEntries(entries.map((entry) => [entry.key, make(entry)]));
}

/** What an environment keeps: key, database, cache, buckets, file systems, queues, secrets, images, logs, backups. */
import type { App } from 'cdktf';
import { managed } from '../config/calculations/placement';
import { byKey } from '../config/calculations/records';
import type { Identity, ManagedDatabase, ResolvedData, ResolvedDatabase } from '../config/resolved/environment';
import { taggedName } from '../config/tables/third-party-images';
import type { DatabaseHandover, DataHandover, NetworkHandover } from '../contracts/handovers';
import { logKeyArnOf, required } from '../contracts/lookups';
import { DRILLED_DATABASE, drilledFiles } from '../contracts/restore-metrics';
import { Cache } from '../modules/cache/cache';
import { Database, HostDatabase } from '../modules/database/database';
import { EnvironmentKey } from '../modules/encryption/environment-key';
import { ImageParameter } from '../modules/images/image-parameter';
import { mirrorCommand, pushCommand, releaseCommand } from '../modules/images/image-commands';
import { Repository } from '../modules/images/repository';
import { LogGroups } from '../modules/logs/log-groups';
import { BucketNotifications } from '../modules/messaging/bucket-notifications';
import { Queue } from '../modules/messaging/queue';
import { ApplicationSecret, putSecretCommand } from '../modules/secrets/application-secret';
import { bucketArn } from '../modules/storage/bucket-policy';
import { Buckets } from '../modules/storage/buckets';
import { DataVolume } from '../modules/storage/data-volume';
import { FileSystem } from '../modules/storage/file-system';
import { Handover } from '../terraform/handover';
import { createBackups, type CopiedResource } from './data-backups';
import { outputName } from '../terraform/output-name';
import { TerraceStack, type TerraceStackProps } from '../terraform/terrace-stack';

export interface DataStackProps {
  readonly stack: TerraceStackProps;
  readonly identity: Identity;
  readonly protect: boolean;
  readonly data: ResolvedData;
  readonly network: Handover<NetworkHandover>;
  /** Secrets that a person sets once for all previews. Left out without previews. */
  readonly previewSecrets?: ResolvedData['secrets'];
}

/** The version that runs, the one before, and one to come. */
const MIRRORED_VERSIONS = 3;

/** Props that most modules of this stack share. */
interface CommonProps {
  readonly environment: string;
  readonly region: string;
  readonly accountId: string;
  readonly protect: boolean;
  readonly keyArn?: string;
}

type Item<K extends 'fileSystems' | 'queues' | 'secrets' | 'images' | 'mirrors'> = ResolvedData[K][number];

/** The stack that a change of tier never touches. */
export class DataStack extends TerraceStack {
  public readonly handover: Handover<DataHandover>;
  private readonly network: NetworkHandover;
  private readonly common: CommonProps;
  /** By key. */
  private readonly queues = new Map<string, Queue>();
  /** What the environment's backup plan copies. */
  private readonly backedUp: CopiedResource[] = [];
  /** Where instances of the database are; with a managed database. */
  private databaseSubnetGroup?: string;

  constructor(
    app: App,
    private readonly props: DataStackProps,
  ) {
    super(app, props.stack);
    const { data, network, identity, protect } = props;
    this.network = network.in(this);
    const { environment, region } = identity;
    this.common = { environment, region, accountId: this.accountId, protect, keyArn: this.createKey() };
    const buckets = this.createBuckets();
    this.handover = new Handover<DataHandover>(this, {
      keyArn: this.common.keyArn,
      database: data.database && this.createDatabase(data.database),
      cache: this.createCache(),
      buckets,
      fileSystems: byKey(data.fileSystems, (fileSystem) => this.createFileSystem(fileSystem)),
      queues: byKey(data.queues, (queue) => this.createQueue(queue)),
      secrets: byKey(data.secrets, (secret) => this.createSecret(secret)),
      images: byKey(data.images, (image) => this.createImage(image)),
      mirrors: byKey(data.mirrors, (mirror) => this.createMirror(mirror)),
      logGroups: this.createLogGroups(),
      boxVolume: this.createBoxVolume(),
      previewSecrets: props.previewSecrets && byKey(props.previewSecrets, (secret) => this.createPreviewSecret(secret)),
    });
    this.createNotifications(buckets);
    createBackups(this, {
      ...this.common,
      data,
      network: this.network,
      path: identity.path,
      copied: this.backedUp,
      databaseSubnetGroup: this.databaseSubnetGroup,
    });
  }

  private createKey(): string | undefined {
    const { data, identity, protect } = this.props;
    if (data.encryptionKey === 'aws-managed') return undefined;
    const { arn } = new EnvironmentKey(this, 'environment', {
      alias: identity.environment,
      description: `Encrypts the data of ${identity.environment}`,
      accountId: this.accountId,
      region: identity.region,
      protect,
      notifyingBuckets: this.bucketsThatNotify().map(({ name }) => bucketArn(name)),
    });
    return arn;
  }

  private createDatabase(database: ResolvedDatabase): DatabaseHandover {
    if (database.placement === 'host') return new HostDatabase(this, 'database', { ...this.common, database }).handover;
    const { resourceArn, subnetGroupName, handover } = new Database(this, 'database', {
      ...this.common,
      ...this.network,
      database,
      securityGroupId: required(this.network.databaseSecurityGroupId, 'the security group of the database'),
      logRetentionDays: this.props.data.logs.retentionDays,
    });
    this.backedUp.push({ resource: DRILLED_DATABASE, arn: resourceArn });
    this.databaseSubnetGroup = subnetGroupName;
    this.addOutput('database_endpoint', 'Host of the database, reachable only from the security groups of a tier', handover.host);
    this.addRotationOutputs(database);
    return handover;
  }

  private addRotationOutputs({ roles }: ManagedDatabase): void {
    const { region } = this.common;
    for (const { name, secretName, rotateAfterDays } of roles) {
      if (rotateAfterDays === undefined) continue;
      this.addOutput(
        `rotate_login_${outputName(name)}`,
        'Rotates the login now: run it once after database-init, to see that rotation works',
        `aws secretsmanager rotate-secret --region ${region} --secret-id ${secretName}`,
      );
    }
  }

  private createCache(): DataHandover['cache'] {
    const cache = managed(this.props.data.cache);
    if (cache === undefined) return undefined;
    const { host } = new Cache(this, 'cache', {
      ...this.common,
      cache,
      subnetIds: this.network.isolatedSubnetIds,
      securityGroupId: required(this.network.cacheSecurityGroupId, 'the security group of the cache'),
    });
    return { host };
  }

  private createBuckets(): DataHandover['buckets'] {
    const { buckets, logBucket, bucketAccessLogs: accessLogs, cdnAccessLogs } = this.props.data;
    return new Buckets(this, 'bucket', { ...this.common, buckets, logBucket, accessLogs, cdnAccessLogs }).handover;
  }

  /** With a backup plan of the environment, AWS's own would make a second copy. */
  private createFileSystem(fileSystem: Item<'fileSystems'>): DataHandover['fileSystems'][string] {
    const { id, arn, accessPoints } = new FileSystem(this, `file-system-${fileSystem.key}`, {
      ...this.common,
      ...fileSystem,
      automaticBackup: fileSystem.backup && this.props.data.backups === undefined,
      subnetIds: this.network.isolatedSubnetIds,
      securityGroupId: required(this.network.fileSystemSecurityGroupId, 'the security group of file systems'),
    });
    if (fileSystem.backup) this.backedUp.push({ resource: drilledFiles(fileSystem.key), arn });
    return { id, arn, accessPoints };
  }

  private createQueue(queue: Item<'queues'>): DataHandover['queues'][string] {
    const fromBuckets = this.bucketsThatNotify(queue.key).map(({ name }) => bucketArn(name));
    const created = new Queue(this, `queue-${queue.key}`, { ...this.common, ...queue, fromBuckets });
    this.queues.set(queue.key, created);
    return { url: created.url, arn: created.arn, name: created.name };
  }

  /** @param queue only those that notify this one */
  private bucketsThatNotify(queue?: string): ResolvedData['buckets'] {
    return this.props.data.buckets.filter(({ notifications }) =>
      notifications.some((notification) => queue === undefined || notification.queue === queue),
    );
  }

  private createNotifications(buckets: DataHandover['buckets']): void {
    for (const { key, notifications } of this.bucketsThatNotify()) {
      new BucketNotifications(this, `notifications-${key}`, {
        bucketName: required(buckets[key], `the bucket "${key}"`).name,
        notifications,
        queueOf: (queue) => required(this.queues.get(queue), `the queue "${queue}"`),
      });
    }
  }

  private createSecret(secret: Item<'secrets'>): DataHandover['secrets'][string] {
    const { arn } = new ApplicationSecret(this, `secret-${secret.key}`, { ...this.common, ...secret });
    if (secret.value === 'manual') this.addSetOutput(`set_secret_${outputName(secret.key)}`, secret);
    return { arn };
  }

  /** With the key of AWS: containers of previews have no permission on the key of the environment. */
  private createPreviewSecret(secret: Item<'secrets'>): { readonly arn: string } {
    const { arn } = new ApplicationSecret(this, `preview-secret-${secret.key}`, { ...this.common, ...secret, keyArn: undefined });
    this.addSetOutput(`set_preview_secret_${outputName(secret.key)}`, secret);
    return { arn };
  }

  private addSetOutput(name: string, secret: Item<'secrets'>): void {
    const description = `Sets the value, which it reads from the terminal: ${secret.description}`;
    this.addOutput(name, description, putSecretCommand(this.common.region, secret));
  }

  private createImage(image: Item<'images'>): DataHandover['images'][string] {
    const repository = new Repository(this, `image-${image.key}`, { ...this.common, ...image });
    const parameter = new ImageParameter(this, `release-${image.key}`, {
      name: image.parameterName,
      initialImage: image.initialImage ?? `${repository.url}:initial`,
      protect: this.props.protect,
    });
    this.addImageOutputs(image, repository.url);
    return { repositoryUrl: repository.url, repositoryArn: repository.arn, parameterName: parameter.name };
  }

  private addImageOutputs({ key, parameterName, platforms }: Item<'images'>, repositoryUrl: string): void {
    const { region } = this.common;
    const name = outputName(key);
    this.addOutput(
      `push_image_${name}`,
      'Builds and pushes an image; the first tag is "initial"',
      pushCommand({ ...this.registry, repositoryUrl, platforms }),
    );
    this.addOutput(
      `release_image_${name}`,
      'Run this to choose the image of the next deployment',
      releaseCommand(region, parameterName, repositoryUrl),
    );
  }

  /** A person or a pipeline fills it; ECS and the nodes have no right to write into it. */
  private createMirror({ key, repositoryName, image }: Item<'mirrors'>): DataHandover['mirrors'][string] {
    const repository = new Repository(this, `mirror-${key}`, {
      ...this.common,
      repositoryName,
      keepLast: MIRRORED_VERSIONS,
      immutableTags: true,
      scanOnPush: true,
    });
    this.addOutput(
      `mirror_image_${outputName(key)}`,
      `Copies ${taggedName(image)} into ECR: run it before the first deployment of the tier, and when a new version is announced`,
      mirrorCommand({ ...this.registry, repositoryUrl: repository.url, image }),
    );
    return { repositoryUrl: repository.url, repositoryArn: repository.arn };
  }

  private get registry(): { readonly region: string; readonly registry: string } {
    const { accountId, region } = this.common;
    return { region, registry: `${accountId}.dkr.ecr.${region}.amazonaws.com` };
  }

  private createLogGroups(): DataHandover['logGroups'] {
    const { data } = this.props;
    return new LogGroups(this, 'logs', {
      ...this.common,
      groups: data.logGroups,
      retentionDays: data.logs.retentionDays,
      keyArn: logKeyArnOf(data, this.common.keyArn),
    }).handover;
  }

  /** On every tier: it stays until the `box` section is removed. */
  private createBoxVolume(): DataHandover['boxVolume'] {
    const { boxVolume } = this.props.data;
    if (boxVolume === undefined) return undefined;
    const { id } = new DataVolume(this, 'box', { ...this.common, ...boxVolume });
    return { id };
  }
}

/** What a preview keeps for itself: logins, cache, buckets, queues, secrets and logs. It shares images and the database server. */
import { Construct } from 'constructs';
import { byKey } from '../config/calculations/records';
import { resourceName } from '../config/names';
import type { ResolvedPreview } from '../config/resolved/preview';
import type { DataHandover, NetworkHandover } from '../contracts/handovers';
import { Cache } from '../modules/cache/cache';
import { createRoleLogins } from '../modules/database/role-logins';
import { LogGroups } from '../modules/logs/log-groups';
import { Queue } from '../modules/messaging/queue';
import { ApplicationSecret } from '../modules/secrets/application-secret';
import { ClosedSecurityGroup } from '../modules/security-group/security-group';
import { Buckets } from '../modules/storage/buckets';

/** The part of what the data stack of the environment publishes that previews read. */
export type SharedData = Pick<DataHandover, 'keyArn' | 'images' | 'previewSecrets'> & {
  readonly database?: Pick<NonNullable<DataHandover['database']>, 'host' | 'resourceId' | 'masterSecretArn' | 'replicaHosts'>;
};

export interface PreviewDataProps {
  readonly preview: ResolvedPreview;
  readonly accountId: string;
  readonly network: NetworkHandover;
  readonly shared: SharedData;
}

/** Encrypted with keys of AWS: the roles of a preview have no permission on the key of the environment. */
export class PreviewData extends Construct {
  /** What its containers see, in the form in which an environment publishes it. */
  public readonly handover: DataHandover;
  public readonly cacheSecurityGroupId?: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: PreviewDataProps,
  ) {
    super(scope, id);
    const { preview, shared } = props;
    const { data } = preview;
    const common = this.common;
    const cache = this.createCache();
    this.cacheSecurityGroupId = cache?.securityGroupId;
    this.handover = {
      database: this.createLogins(),
      cache: cache && { host: cache.host },
      buckets: new Buckets(this, 'bucket', { ...common, buckets: data.buckets }).handover,
      fileSystems: {},
      queues: byKey(data.queues, (queue) => {
        const { url, arn, name } = new Queue(this, `queue-${queue.key}`, { ...common, ...queue });
        return { url, arn, name };
      }),
      secrets: {
        ...shared.previewSecrets,
        ...byKey(data.secrets, (secret) => {
          const { arn } = new ApplicationSecret(this, `secret-${secret.key}`, { ...common, ...secret, isRecreated: true });
          return { arn };
        }),
      },
      images: shared.images,
      mirrors: {},
      logGroups: new LogGroups(this, 'logs', { ...common, groups: data.logGroups, retentionDays: data.logs.retentionDays })
        .handover,
    };
  }

  private get common() {
    const { preview, accountId } = this.props;
    const { environment, region } = preview.identity;
    return { environment, region, accountId, protect: false } as const;
  }

  /** Without the login of the master, which only two jobs get. */
  private createLogins(): DataHandover['database'] {
    const { preview, shared } = this.props;
    const { database } = preview.data;
    if (database === undefined || shared.database === undefined) return undefined;
    const { host, resourceId, replicaHosts } = shared.database;
    const logins = { ...this.common, database, host, sslMode: 'require', isRecreated: true } as const;
    return { host, resourceId, replicaHosts, roleSecretArns: createRoleLogins(this, logins) };
  }

  private createCache(): { readonly host: string; readonly securityGroupId: string } | undefined {
    const { preview, network } = this.props;
    const { cache } = preview.data;
    if (cache === undefined) return undefined;
    const { environment } = this.common;
    const { id: securityGroupId } = new ClosedSecurityGroup(this, 'cache-security', {
      name: resourceName(environment, 'cache', 'securityGroup'),
      description: 'Redis of a preview: each container that uses it adds a rule for itself',
      vpcId: network.vpcId,
    });
    const { host } = new Cache(this, 'cache', { ...this.common, cache, subnetIds: network.isolatedSubnetIds, securityGroupId });
    return { host, securityGroupId };
  }
}

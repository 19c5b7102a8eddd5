/** RDS, EFS, Backup, S3 and Secrets Manager as restores see them, in memory; and a target whose clients they are. */
import type { ResolvedEnvironment } from '../../src/config';
import type { Target } from '../../src/operations/target';

const notFound = (name: string) => Object.assign(new Error(`${name}: not found`), { name });

interface Instance {
  readonly DBInstanceIdentifier: string;
  DBInstanceStatus: string;
  readonly TagList: readonly { readonly Key: string; readonly Value: string }[];
  readonly Endpoint?: { readonly Address: string };
  [field: string]: unknown;
}

export class RestoringAws {
  public readonly calls: (readonly [name: string, args: any])[] = [];
  public readonly instances = new Map<string, Instance>();
  public readonly fileSystems = new Map<
    string,
    { FileSystemId: string; token: string; Tags: any[]; SizeInBytes: { Value: number } }
  >();
  public points: { RecoveryPointArn: string; CreationDate: Date; Status: string; BackupSizeBytes: number }[] = [];
  /** States that a restored instance passes, before it is available. */
  public states = ['creating', 'backing-up'];
  public window: { EarliestTime?: Date; LatestTime?: Date } = {};
  private job: { id: string; looks: number; token: string } | undefined;

  constructor(live: string) {
    this.instances.set(live, {
      DBInstanceIdentifier: live,
      DBInstanceStatus: 'available',
      DBInstanceClass: 'db.t4g.micro',
      TagList: [],
      DBSubnetGroup: { DBSubnetGroupName: 'subnets' },
      VpcSecurityGroups: [{ VpcSecurityGroupId: 'sg-database' }],
      DBParameterGroups: [{ DBParameterGroupName: 'parameters' }],
    });
  }

  public of(name: string): readonly any[] {
    return this.calls.filter(([called]) => called === name).map(([, args]) => args);
  }

  /** The clients of one target. */
  public clients(): any {
    const record =
      (name: string, answer: (args: any) => unknown) =>
      // An error of the answer becomes that of the call.
      // eslint-disable-next-line @typescript-eslint/require-await
      async (args: any): Promise<unknown> => {
        this.calls.push([name, args]);
        return answer(args);
      };
    const service = (answers: Readonly<Record<string, (args: any) => unknown>>) => {
      const made = Object.fromEntries(Object.entries(answers).map(([name, answer]) => [name, record(name, answer)]));
      return () => Promise.resolve(made);
    };
    return {
      options: { region: 'eu-west-1' },
      sts: service({ getCallerIdentity: () => ({ Account: '123456789012' }) }),
      secretsManager: service({
        getSecretValue: () => ({ SecretString: JSON.stringify({ username: 'postgres', password: 'present' }) }),
      }),
      rds: service({
        describeDBInstanceAutomatedBackups: () => ({ DBInstanceAutomatedBackups: [{ RestoreWindow: this.window }] }),
        describeDBInstances: ({ DBInstanceIdentifier: id }) => this.look(id),
        restoreDBInstanceToPointInTime: (args) => {
          this.instances.set(args.TargetDBInstanceIdentifier, {
            DBInstanceIdentifier: args.TargetDBInstanceIdentifier,
            DBInstanceStatus: this.states[0] ?? 'available',
            TagList: args.Tags,
            Endpoint: { Address: `${args.TargetDBInstanceIdentifier}.rds` },
          });
          return {};
        },
        modifyDBInstance: () => ({}),
        deleteDBInstance: ({ DBInstanceIdentifier: id }) => this.instances.delete(id),
      }),
      backup: service({
        listRecoveryPointsByResource: () => ({ RecoveryPoints: this.points }),
        startRestoreJob: ({ IdempotencyToken: token }) => {
          const before = this.job;
          const job =
            before !== undefined && before.token === token
              ? before
              : { id: `job-${String(token)}`, looks: 0, token: String(token) };
          this.job = job;
          return { RestoreJobId: job.id };
        },
        describeRestoreJob: () => this.lookAtJob(),
      }),
      s3: service({ listBuckets: () => ({ Buckets: [] }) }),
      efs: service({
        describeFileSystems: ({ CreationToken, FileSystemId }) => ({
          FileSystems: [...this.fileSystems.values()].filter(
            ({ token, FileSystemId: id }) =>
              (CreationToken === undefined || token === CreationToken) && (FileSystemId === undefined || id === FileSystemId),
          ),
        }),
        tagResource: ({ ResourceId, Tags }) => this.fileSystems.get(ResourceId)?.Tags.push(...Tags),
        deleteFileSystem: ({ FileSystemId }) => this.fileSystems.delete(FileSystemId),
      }),
    };
  }

  private look(id: string | undefined): unknown {
    if (id === undefined) return { DBInstances: [...this.instances.values()] };
    const instance = this.instances.get(id);
    if (instance === undefined) throw notFound('DBInstanceNotFoundFault');
    const next = this.states[this.states.indexOf(instance.DBInstanceStatus) + 1] ?? 'available';
    const shown = { ...instance };
    if (instance.DBInstanceStatus !== 'available') instance.DBInstanceStatus = next;
    return { DBInstances: [shown] };
  }

  private lookAtJob(): unknown {
    if (this.job === undefined) throw notFound('ResourceNotFoundException');
    this.job.looks += 1;
    if (this.job.looks < 3) return { Status: 'RUNNING', PercentDone: `${this.job.looks * 30}.00%` };
    const id = 'fs-0123abcd';
    if (!this.fileSystems.has(id))
      this.fileSystems.set(id, { FileSystemId: id, token: this.job.token, Tags: [], SizeInBytes: { Value: 4096 } });
    return { Status: 'COMPLETED', CreatedResourceArn: `arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/${id}` };
  }
}

/** @param data what the data stack publishes */
export function restoringTarget(environment: ResolvedEnvironment, aws: unknown, data: object): Target {
  return {
    name: environment.identity.environment,
    environment,
    aws: aws as Target['aws'],
    env: {},
    output: '',
    outputs: () => Promise.resolve(data as Record<string, unknown>),
    published: () => Promise.resolve(data as never),
  };
}

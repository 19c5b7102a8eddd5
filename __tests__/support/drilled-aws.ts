/** AWS while AWS Backup has restored something for a drill: RDS, EFS, ECS, and what Backup is told. */
import { execute, type Aws, type Ended } from './state-machine';

const REGION = 'eu-west-1';
const ACCOUNT = '123456789012';
const PREFIX = 'awsbackup-restore-test-';

export class DrilledAws {
  /** Calls in order, with their arguments. */
  public readonly calls: (readonly [action: string, args: any])[] = [];
  public seconds = 0;
  /** Looks until the new password is there, and a mount target. */
  public slowness = 2;
  /** How the container ends. */
  public exitCode = 0;
  /** Actions that AWS refuses. */
  public readonly refused = new Set<string>();
  private password = -1;
  private mounted = -1;

  public readonly aws: Aws = (action, args) => {
    this.calls.push([action, args]);
    if (this.refused.has(action)) throw new Error(`${action} is refused`);
    switch (action) {
      case 'rds:modifyDBInstance':
        this.password = this.slowness;
        return {};
      case 'rds:describeDBInstances': {
        this.password -= 1;
        const secret = { SecretArn: 'arn:secret', SecretStatus: this.password > 0 ? 'creating' : 'active' };
        const Endpoint = { Address: `${args.DbInstanceIdentifier}.rds` };
        return {
          DbInstances: [
            {
              DbInstanceStatus: 'available',
              MasterUsername: 'postgres',
              Endpoint,
              ...(this.password >= this.slowness - 1 ? {} : { MasterUserSecret: secret }),
            },
          ],
        };
      }
      case 'efs:createMountTarget':
        this.mounted = this.slowness;
        return {};
      case 'efs:describeMountTargets':
        if (this.mounted < 0) return { MountTargets: [] };
        this.mounted = Math.max(0, this.mounted - 1);
        return { MountTargets: [{ MountTargetId: 'fsmt-1', LifeCycleState: this.mounted > 0 ? 'creating' : 'available' }] };
      case 'efs:deleteMountTarget':
        this.mounted = -1;
        return {};
      case 'ecs:registerTaskDefinition':
        return { TaskDefinition: { TaskDefinitionArn: 'arn:task:1' } };
      case 'arn:aws:states:::ecs:runTask.sync':
        if (this.exitCode !== 0) throw new Error('the container has ended with an error');
        return {};
      default:
        return {};
    }
  };

  /** Runs the workflow to its end. */
  public async run(workflow: object, event: object): Promise<Ended> {
    const steps = execute(workflow, event, this.aws);
    for (;;) {
      const step = await steps.next();
      if (step.done === true) return step.value;
      this.seconds += step.value;
    }
  }

  public argumentsOf(action: string): any {
    return this.calls.find(([called]) => called === action)?.[1];
  }
}

export const restoredDatabase = event('RDS', `arn:aws:rds:${REGION}:${ACCOUNT}:db:${PREFIX}1`, 4096);

export const restoredFiles = event('EFS', `arn:aws:elasticfilesystem:${REGION}:${ACCOUNT}:file-system/fs-1`, 0);

/** Source: AWS Backup developer guide, "Monitoring AWS Backup events using Amazon EventBridge". */
function event(resourceType: string, createdResourceArn: string, backupSizeInBytes: number): object {
  return { detail: { restoreJobId: 'job-1', status: 'COMPLETED', resourceType, createdResourceArn, backupSizeInBytes } };
}

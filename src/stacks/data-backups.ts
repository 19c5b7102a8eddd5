/** The backup plan of a data stack, and the restore drill of what it copies. */
import type { Construct } from 'constructs';
import { managed } from '../config/calculations/placement';
import type { ResolvedData } from '../config/resolved/environment';
import type { NetworkHandover } from '../contracts/handovers';
import { logKeyArnOf, required } from '../contracts/lookups';
import type { DrilledResource } from '../contracts/restore-metrics';
import { backupHour } from '../modules/backup/backup-hour';
import { BackupPlan } from '../modules/backup/backup-plan';
import { RestoreDrill } from '../modules/backup/restore-drill';

/** What the plan copies. */
export interface CopiedResource {
  readonly resource: DrilledResource;
  readonly arn: string;
}

export interface BackupsProps {
  readonly environment: string;
  readonly region: string;
  readonly accountId: string;
  readonly protect: boolean;
  readonly keyArn?: string;
  /** Of the environment's log groups. */
  readonly path: string;
  readonly data: ResolvedData;
  readonly network: NetworkHandover;
  readonly copied: readonly CopiedResource[];
  /** Where instances of the database are; with a managed database. */
  readonly databaseSubnetGroup?: string;
}

/** Nothing without `backups`, and where nothing is copied. */
export function createBackups(scope: Construct, props: BackupsProps): void {
  const { data, copied } = props;
  if (data.backups === undefined || copied.length === 0) return;
  const instance = managed(data.database);
  const plan = new BackupPlan(scope, 'backup', {
    ...props,
    ...data.backups,
    resourceArns: copied.map(({ arn }) => arn),
    hour: backupHour(instance === undefined ? [] : [instance.backupWindow, instance.maintenanceWindow]),
  });
  if (data.restoreDrill !== undefined) createDrill(scope, props, data.restoreDrill, plan);
}

function createDrill(
  scope: Construct,
  { data, network, copied, databaseSubnetGroup, path, ...props }: BackupsProps,
  drill: NonNullable<ResolvedData['restoreDrill']>,
  { vaultArn, roleArn }: BackupPlan,
): void {
  const subnetIds = drill.publicAddress ? network.publicSubnetIds : network.privateSubnetIds;
  new RestoreDrill(scope, 'drill', {
    ...props,
    drill,
    resources: copied,
    vaultArn,
    roleArn,
    subnetGroupName: databaseSubnetGroup,
    vpcId: network.vpcId,
    subnetId: required(subnetIds[0], 'a subnet of the restore drill'),
    endpointSecurityGroupId: network.endpointSecurityGroupId,
    log: {
      name: `${path}/restore-drill`,
      retentionDays: data.logs.retentionDays,
      keyArn: logKeyArnOf(data, props.keyArn),
    },
  });
}

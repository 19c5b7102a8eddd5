/** Which workload of a description can lend its roles to a task that sees a folder of a file system. Pure. */
import type { ResolvedEnvironment } from '../../config';
import type { ResolvedWorkload } from '../../config/resolved/environment';
import { mountingWorkloads, type FilesFolder } from '../files-place';

/** Why no task can see the folder, or nothing. */
export function filesProblem(environment: Pick<ResolvedEnvironment, 'workloads'>, folder: FilesFolder): string | undefined {
  const mounting = mountingWorkloads(environment, folder);
  const { fileSystem, accessPoint, writes } = folder;
  if (mounting.length === 0)
    return `no container mounts ${fileSystem}/${accessPoint}${writes ? ' to write to it' : ''}, and the file system admits nobody else`;
  if (mounting.every((workload) => !hasSecret(workload)))
    return `a task gets the addresses of files through a secret of the container that mounts ${fileSystem}/${accessPoint}, and ${mounting.map(({ key }) => key).join(', ')} has none: give it one until the move is finished`;
  return undefined;
}

/** The workload whose roles a task gets. */
export function workloadWithFiles(
  environment: Pick<ResolvedEnvironment, 'workloads'>,
  folder: FilesFolder,
): ResolvedWorkload | undefined {
  return mountingWorkloads(environment, folder).find((one) => hasSecret(one));
}

/** One that is not RDS's own: see `task-secrets.ts`. */
function hasSecret({ variables }: ResolvedWorkload): boolean {
  return Object.values(variables.secrets).some(({ kind }) => kind !== 'database-master');
}

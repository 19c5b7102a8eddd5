/** Where scripts run that see the files of one folder of a file system: that of an access point, which containers mount. */
import type { ResolvedEnvironment } from '../config';
import type { ResolvedFileSystem, ResolvedWorkload } from '../config/resolved/environment';
import type { ScriptOptions, ScriptResult } from './database-place';

/** One access point. */
export interface FilesFolder {
  /** Key of the file system. */
  readonly fileSystem: string;
  /** Key of its access point. */
  readonly accessPoint: string;
  /** Whether scripts write there. */
  readonly writes: boolean;
}

/** A place runs POSIX shell scripts (`sh -eu`) with Python 3.9 or newer on the path, which reach HTTPS and nothing else. */
export interface FilesPlace {
  /** As messages name it: `the host of shop-mvp`. */
  readonly name: string;
  /** The folder, as scripts see it. */
  readonly folder: string;
  /** Who owns everything that is written there, whoever writes: an access point of EFS. Left out where files keep their owners. */
  readonly owner?: { readonly userId: number; readonly groupId: number };
  run(script: string, options: ScriptOptions): Promise<ScriptResult>;
}

/** The access point as the description has it. */
export function accessPointOf(
  { data }: Pick<ResolvedEnvironment, 'data'>,
  { fileSystem, accessPoint }: Pick<FilesFolder, 'fileSystem' | 'accessPoint'>,
): ResolvedFileSystem['accessPoints'][string] | undefined {
  return data.fileSystems.find(({ key }) => key === fileSystem)?.accessPoints[accessPoint];
}

/** Services, workers and jobs with a container that mounts the folder, in a way that lets scripts do what they do. */
export function mountingWorkloads(
  { workloads: { services, workers, jobs } }: Pick<ResolvedEnvironment, 'workloads'>,
  { fileSystem, accessPoint, writes }: FilesFolder,
): readonly ResolvedWorkload[] {
  return [...services, ...workers, ...jobs].filter(({ mounts }) =>
    mounts.some((mount) => mount.fileSystem === fileSystem && mount.accessPoint === accessPoint && !(writes && mount.readOnly)),
  );
}

/** The volumes of a task: directories of file systems, and scratch space where the root file system is read-only. Pure. */
import type { ResolvedContainer, ResolvedSidecar } from '../../config/resolved/environment';
import { POOLER_CONFIG_PATH } from '../../modules/containers/pooler';

export interface MountPoint {
  readonly sourceVolume: string;
  readonly containerPath: string;
  readonly readOnly: boolean;
}

/** A volume of the task: an access point of a file system, or empty space that is deleted with the task. */
export interface TaskVolume {
  readonly name: string;
  readonly accessPoint?: { readonly fileSystem: string; readonly key: string };
}

type Writing = Pick<ResolvedContainer, 'mounts' | 'writablePaths' | 'readOnlyRoot'> & {
  /** Begins the names of its scratch volumes, which no other container mounts. @default '' */
  readonly volumePrefix?: string;
};

/** The scratch volume that the pooler writes its configuration to. */
export const POOLER_VOLUME = 'pooler-config';

/** The pooler's mount point of it. */
export const POOLER_MOUNT: MountPoint = { sourceVolume: POOLER_VOLUME, containerPath: POOLER_CONFIG_PATH, readOnly: false };

/** Every volume that the task's containers mount, each once. */
export function taskVolumes(container: ResolvedContainer, hasPooler: boolean): readonly TaskVolume[] {
  const volumes = [
    ...container.mounts.map((mount) => ({
      name: accessPointVolume(mount),
      accessPoint: { fileSystem: mount.fileSystem, key: mount.accessPoint },
    })),
    ...scratchVolumes(container),
    ...container.sidecars.flatMap((sidecar) => scratchVolumes(ofSidecar(sidecar))),
    ...(hasPooler ? [{ name: POOLER_VOLUME }] : []),
  ];
  return [...new Map(volumes.map((volume) => [volume.name, volume])).values()];
}

/** A sidecar, with scratch volumes of its own. */
export function ofSidecar(sidecar: ResolvedSidecar): Writing {
  return { ...sidecar, volumePrefix: `${sidecar.key}-` };
}

/** The mount points of the workload's own container, or of a sidecar. */
export function mountPoints(container: Writing): readonly MountPoint[] {
  return [
    ...container.mounts.map((mount) => ({
      sourceVolume: accessPointVolume(mount),
      containerPath: mount.path,
      readOnly: mount.readOnly,
    })),
    ...scratchPaths(container).map((path) => ({
      sourceVolume: scratchVolume(container, path),
      containerPath: path,
      readOnly: false,
    })),
  ];
}

function scratchVolumes(container: Writing): readonly TaskVolume[] {
  return scratchPaths(container).map((path) => ({ name: scratchVolume(container, path) }));
}

function scratchPaths({ readOnlyRoot, writablePaths }: Writing): readonly string[] {
  return readOnlyRoot ? writablePaths : [];
}

function accessPointVolume({ fileSystem, accessPoint }: ResolvedContainer['mounts'][number]): string {
  return `${fileSystem}-${accessPoint}`;
}

/** `/var/cache` is `scratch--var--cache`: ECS allows letters, digits, hyphens and underscores. */
function scratchVolume({ volumePrefix = '' }: Writing, path: string): string {
  return `${volumePrefix}scratch${path.replaceAll('/', '--').replaceAll('.', '_')}`;
}

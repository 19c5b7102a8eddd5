/** Scratch space: empty directories where a container with a read-only root file system may write. Pure. */
import type { ResolvedContainer } from '../../../config/resolved/environment';

export interface Volume {
  readonly name: string;
  readonly emptyDir: { readonly sizeLimit: string };
}

export interface VolumeMount {
  readonly name: string;
  readonly mountPath: string;
}

/** The most that one directory holds: as much as the whole container may use of its node's disk. */
const SIZE_LIMIT = '1Gi';

type Writing = Pick<ResolvedContainer, 'readOnlyRoot' | 'writablePaths'>;

/** An empty directory that goes with the pod. */
export function scratchVolume(name: string): Volume {
  return { name, emptyDir: { sizeLimit: SIZE_LIMIT } };
}

/** The volumes that a container's mounts name. */
export function scratchVolumes(container: Writing): readonly Volume[] {
  return scratchMounts(container).map(({ name }) => scratchVolume(name));
}

/** Where the container sees them; nothing where it may write everywhere. Equal paths are mounted once. */
export function scratchMounts({ readOnlyRoot, writablePaths }: Writing): readonly VolumeMount[] {
  if (!readOnlyRoot) return [];
  return [...new Set(writablePaths)].map((mountPath, index) => ({ name: `scratch-${index}`, mountPath }));
}

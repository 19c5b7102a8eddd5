/** Who a container runs as and what it may do: as little as the namespace's `restricted` standard asks for. Pure. */

/** The user of containers that name none: Kubernetes cannot check that an image's own user is not root when it has a name. */
export const DEFAULT_USER = 1000;

/** A user and its group. */
export interface RunAs {
  readonly user: number;
  readonly group: number;
}

export interface PodSecurity {
  readonly runAsNonRoot: true;
  readonly runAsUser: number;
  readonly runAsGroup: number;
  /** Scratch volumes belong to this group and may be written by it. */
  readonly fsGroup: number;
  readonly seccompProfile: { readonly type: 'RuntimeDefault' };
}

export interface ContainerSecurity {
  readonly allowPrivilegeEscalation: false;
  readonly privileged: false;
  readonly readOnlyRootFilesystem: boolean;
  readonly runAsNonRoot: true;
  readonly runAsUser: number;
  readonly runAsGroup: number;
  readonly capabilities: { readonly drop: readonly ['ALL'] };
}

/** `uid[:gid]` as the description writes it; without a group, the one of the same number. */
export function runAsOf(user: string | undefined): RunAs {
  const [uid = String(DEFAULT_USER), gid = uid] = user?.split(':') ?? [];
  return { user: Number(uid), group: Number(gid) };
}

/** The pod's part. */
export function podSecurity({ user, group }: RunAs): PodSecurity {
  return { runAsNonRoot: true, runAsUser: user, runAsGroup: group, fsGroup: group, seccompProfile: { type: 'RuntimeDefault' } };
}

/** The container's part. */
export function containerSecurity({ user, group }: RunAs, readOnlyRootFilesystem: boolean): ContainerSecurity {
  return {
    allowPrivilegeEscalation: false,
    privileged: false,
    readOnlyRootFilesystem,
    runAsNonRoot: true,
    runAsUser: user,
    runAsGroup: group,
    capabilities: { drop: ['ALL'] },
  };
}

/** Linux capabilities of containers on a box. */

/**
 * Those that Docker gives to every container unless it is told otherwise. No other can be added.
 * Source: Docker documentation, "Running containers", runtime privilege and Linux capabilities.
 */
export const DOCKER_CAPABILITIES = [
  'AUDIT_WRITE',
  'CHOWN',
  'DAC_OVERRIDE',
  'FOWNER',
  'FSETID',
  'KILL',
  'MKNOD',
  'NET_BIND_SERVICE',
  'NET_RAW',
  'SETFCAP',
  'SETGID',
  'SETPCAP',
  'SETUID',
  'SYS_CHROOT',
] as const;

export type Capability = (typeof DOCKER_CAPABILITIES)[number];

/**
 * What an image needs that starts as root, gives files to its own user, and continues as that user: most images of the
 * Docker library do. KILL: the init process, which stays root, passes signals on to that user's process.
 */
export const STARTS_AS_ROOT: readonly Capability[] = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'KILL', 'SETGID', 'SETUID'];

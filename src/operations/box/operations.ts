/** What commands do on a box. */
import type { TierOperations } from '../tier-operations';

export const box: TierOperations = {
  containersStack: 'compute-box',
  jobRunner: async (target) => new (await import('./jobs.ts')).BoxJobs(target),
  releaser: async (target) => new (await import('./releases.ts')).BoxReleaser(target),
  openShell: async (target, request) => (await import('./shell.ts')).openBoxShell(target, request),
  databasePlace: async (target) =>
    (await import('./database-place.ts')).boxDatabasePlace(target, target.environment.data.database?.name ?? ''),
  filesProblem: () => undefined,
  filesPlace: async (target, folder) => (await import('./files-place.ts')).boxFilesPlace(target, folder),
  placeNetwork: async (target) => (await import('./host-network.ts')).hostEnd(target),
  tunnelEnd: async (target) => {
    const [host = ''] = await (await import('./host-command.ts')).hostsOf(target);
    return { ssmTarget: host, name: `the host ${host}` };
  },
  status: async (target, now) => new (await import('./status.ts')).BoxStatus(target, now),
  // Its names and alarms say how it is.
  unready: () => Promise.resolve([]),
};

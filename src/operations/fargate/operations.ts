/** What commands do on Fargate. */
import type { TierOperations } from '../tier-operations';
import { filesProblem } from './files-problem';

export const fargate: TierOperations = {
  containersStack: 'compute-fargate',
  jobRunner: async (target) => new (await import('./jobs.ts')).FargateJobs(target),
  releaser: async (target) => new (await import('./releases.ts')).FargateReleaser(target),
  openShell: async (target, request) => (await import('./shell.ts')).openFargateShell(target, request),
  databasePlace: async (target) => (await import('./database-place.ts')).fargateDatabasePlace(target),
  filesProblem,
  filesPlace: async (target, folder) => (await import('./files-place.ts')).fargateFilesPlace(target, folder),
  placeNetwork: async (target) => (await import('./task-network.ts')).taskEnd(target),
  tunnelEnd: async (target) => (await import('./tunnel-end.ts')).tunnelEnd(target),
  status: async (target, now) => new (await import('./status.ts')).FargateStatus(target, now),
  unready: async (target) => (await import('./unready.ts')).unreadyServices(target),
};

/** What commands do on the toy tier: it has nothing to run. */
import { CommandError } from '../../cli/errors';
import type { TierOperations } from '../tier-operations';

const none = (): Promise<never> => Promise.reject(new CommandError('nothing runs on the toy tier'));

export const toy: TierOperations = {
  containersStack: 'compute-toy',
  jobRunner: none,
  releaser: none,
  openShell: none,
  databasePlace: none,
  placeNetwork: none,
  filesProblem: () => 'nothing runs on the toy tier',
  filesPlace: none,
  tunnelEnd: none,
  status: none,
  unready: none,
};

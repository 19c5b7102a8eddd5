/** What a tier has to be able to do for the commands on a deployed environment. Each is loaded when it is asked for. */
import type { StackKind } from '../contracts/stack-kinds';
import type { ResolvedEnvironment } from '../config';
import type { DatabasePlace } from './database-place';
import type { FilesFolder, FilesPlace } from './files-place';
import type { JobRunner } from './job-runs';
import type { NetworkEnd } from './network-end';
import type { Releaser } from './release/releaser';
import type { ShellRequest } from './shell-request';
import type { TierStatus } from './status/row';
import type { Target } from './target';
import type { TunnelEnd } from './tunnel-end';

export interface TierOperations {
  /** Kind of the stack with the containers. */
  readonly containersStack: StackKind;
  readonly jobRunner: (target: Target) => Promise<JobRunner>;
  readonly releaser: (target: Target) => Promise<Releaser>;
  /** @returns the exit code: of the command; of a shell 0 */
  readonly openShell: (target: Target, request: ShellRequest) => Promise<number>;
  /** Of an environment that has a database. */
  readonly databasePlace: (target: Target) => Promise<DatabasePlace>;
  /** Where that place is in its network. */
  readonly placeNetwork: (target: Target) => Promise<NetworkEnd>;
  /** Why no script could see a folder of a file system on this tier, as the description says; undefined where one could. */
  readonly filesProblem: (environment: ResolvedEnvironment, folder: FilesFolder) => string | undefined;
  /** Of an environment that has the folder. */
  readonly filesPlace: (target: Target, folder: FilesFolder) => Promise<FilesPlace>;
  /** Where a tunnel to the database ends. */
  readonly tunnelEnd: (target: Target) => Promise<TunnelEnd>;
  readonly status: (target: Target, now: Date) => Promise<TierStatus>;
  /** Services that do not run as they should, each with what is wrong; empty where none can be seen. */
  readonly unready: (target: Target) => Promise<readonly string[]>;
}

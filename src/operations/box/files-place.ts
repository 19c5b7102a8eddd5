/** Scripts that see the files of a box: as root of its host, where the data volume is mounted. */
import { CommandError } from '../../cli/errors';
import { accessPointOf, type FilesFolder, type FilesPlace } from '../files-place';
import type { Target } from '../target';
import { runAsRoot } from './database-place';
import { scriptHostOf } from './host-command';

/** Where the host has the folders of access points (src/tiers/box/host/paths.ts). */
const FILES = '/data/files';

/** @throws CommandError for a folder that is not declared, and while no host runs */
export async function boxFilesPlace(target: Target, folder: FilesFolder): Promise<FilesPlace> {
  const { fileSystem, accessPoint } = folder;
  const point = accessPointOf(target.environment, folder);
  if (point === undefined)
    throw new CommandError(`${target.name} has no access point ${accessPoint} of a file system ${fileSystem}`);
  const instanceId = await scriptHostOf(target);
  return {
    name: `the host of ${target.name}`,
    folder: `${FILES}/${fileSystem}${point.path}`.replace(/\/+$/, ''),
    run: (script, options) => runAsRoot(target, instanceId, script, options),
  };
}

/** Scripts that see the files of a box: as root of its host, where the data volume is mounted. */
import { CommandError } from '../../cli/errors';
import type { FilesFolder, FilesPlace } from '../files-place';
import type { Target } from '../target';
import { runAsRoot } from './database-place';
import { hostsOf } from './host-command';

/** Where the host has the folders of access points (src/tiers/box/host/paths.ts). */
const FILES = '/data/files';

/** @throws CommandError for a folder that is not declared, and while no host runs */
export async function boxFilesPlace(target: Target, { fileSystem, accessPoint }: FilesFolder): Promise<FilesPlace> {
  const { path } = accessPointOf(target, { fileSystem, accessPoint });
  const [instanceId] = await hostsOf(target);
  if (instanceId === undefined) throw new CommandError(`${target.name} has no host`);
  return {
    name: `the host of ${target.name}`,
    folder: `${FILES}/${fileSystem}${path}`.replace(/\/+$/, ''),
    run: (script, options) => runAsRoot(target, instanceId, script, options),
  };
}

function accessPointOf({ environment, name }: Target, { fileSystem, accessPoint }: Omit<FilesFolder, 'writes'>) {
  const found = environment.data.fileSystems.find(({ key }) => key === fileSystem)?.accessPoints[accessPoint];
  if (found === undefined) throw new CommandError(`${name} has no access point ${accessPoint} of a file system ${fileSystem}`);
  return found;
}

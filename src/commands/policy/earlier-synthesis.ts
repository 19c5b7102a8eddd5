/** The modules of an earlier synthesis, such as the artifact of a CI job. */
import type { EnvironmentFiles } from '../../cli/command';
import { CommandError } from '../../cli/errors';
import { bootstrapStackId, zoneStackName } from '../../config/names';
import { loadEnvironments } from '../../synthesis/load';
import type { ModuleGroup } from '../../synthesis/modules';
import { stackFolder, stackIds } from '../../synthesis/output-folder';
import { readModule, type RootModule } from '../../terraform/root-module';

/**
 * Reads the selected environments, their state stores and their shared zones.
 * @throws CommandError when one of them has no stack in the folder
 */
export async function readGroups(
  files: EnvironmentFiles,
  selected: readonly string[],
  folder: string,
): Promise<readonly ModuleGroup[]> {
  const { environments, stores, zones, refused } = await loadEnvironments(files, { selected });
  if (refused.length > 0) throw new CommandError(refused.map(({ report }) => report).join('\n\n'));
  const groups = [
    ...environments.map((environment) => ({
      name: environment.identity.environment,
      isProtected: environment.protect,
      acceptedTexts: environment.acceptedTexts,
    })),
    ...stores.map(({ store, environments: users }) => ({
      name: bootstrapStackId(store.name),
      isProtected: true,
      acceptedTexts: users.flatMap(({ acceptedTexts }) => acceptedTexts),
    })),
    ...zones.map(({ description: { zone, protect }, environments: users }) => ({
      name: zoneStackName(zone),
      isProtected: protect,
      acceptedTexts: users.flatMap(({ acceptedTexts }) => acceptedTexts),
    })),
  ];
  const names = [...Object.keys(files), ...groups.map(({ name }) => name)];
  return groups.map(({ name, ...group }) => {
    const own = stackIds(folder).filter((id) => ownerOf(id, names) === name);
    if (own.length === 0)
      throw new CommandError(`${folder} has no stack of ${name}: run \`npm run synth -- --output ${folder}\` first`);
    return { name, ...group, modules: Object.fromEntries(own.map((id) => [id, moduleOf(folder, id)])) };
  });
}

function moduleOf(folder: string, id: string): RootModule {
  const module = readModule(stackFolder(folder, id));
  if (module === undefined)
    throw new CommandError(`${stackFolder(folder, id)} has no JSON, which the policies judge: synthesise without --hcl`);
  return module;
}

/** A stack belongs to the longest name that its id starts with. */
function ownerOf(id: string, names: readonly string[]): string | undefined {
  return names.filter((name) => id === name || id.startsWith(`${name}-`)).sort((one, other) => other.length - one.length)[0];
}

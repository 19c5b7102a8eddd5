/** Writes the record of data volumes. */
import type { CommandContext } from '../../cli/command';
import type { RecordedVolumes, ResolvedEnvironment } from '../../config';
import { VOLUMES_FILE } from '../../config/rules/between/recorded-volumes';
import { loadEnvironments } from '../../synthesis/load';
import { writeVolumes } from '../../synthesis/recorded-volumes';

/** Refuses while an environment is invalid, or contradicts the record. @returns the exit code */
export async function recordDataVolumes({ files, io }: CommandContext): Promise<0 | 1> {
  const { environments, refused } = await loadEnvironments(files);
  for (const { report } of refused) io.stderr.write(`${report}\n`);
  if (refused.length > 0) return 1;
  const volumes = volumesOf(environments);
  writeVolumes(volumes);
  for (const [name, { sizeGb, zone }] of Object.entries(volumes)) io.stdout.write(`${name}  ${sizeGb} GB in ${zone}\n`);
  io.stdout.write(`Written to ${VOLUMES_FILE}: commit it.\n`);
  return 0;
}

/** The volumes of the environments, sorted by name. */
export function volumesOf(environments: readonly ResolvedEnvironment[]): RecordedVolumes {
  const entries = environments.flatMap(({ identity, data: { boxVolume } }) =>
    boxVolume === undefined ? [] : [[identity.environment, { sizeGb: boxVolume.sizeGb, zone: boxVolume.zone }] as const],
  );
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

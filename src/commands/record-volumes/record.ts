/** `npm run record-volumes`: writes down what data volumes there are now. */
import { writeFileSync } from 'node:fs';
import type { Io } from '../../cli/io';
import { loadEnvironments, type EnvironmentFiles } from '../../synthesis/load';
import { VOLUMES_FILE, volumesOf, volumesText } from './recorded';

/**
 * Writes the record of every environment; refuses while one of them cannot be read, or contradicts the record.
 * @returns the exit code
 */
export async function recordVolumes(files: EnvironmentFiles, io: Io): Promise<0 | 1> {
  const { environments, refused } = await loadEnvironments(files, Object.keys(files));
  for (const { report } of refused) io.stderr.write(`${report}\n`);
  if (refused.length > 0) return 1;
  const volumes = volumesOf(environments);
  writeFileSync(VOLUMES_FILE, volumesText(volumes));
  for (const [name, { sizeGb, zone }] of Object.entries(volumes)) io.stdout.write(`${name}  ${sizeGb} GB in ${zone}\n`);
  io.stdout.write(`Written to ${VOLUMES_FILE}: commit it.\n`);
  return 0;
}

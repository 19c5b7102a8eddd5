/** The committed record of data volumes: `environments/data-volumes.json`. */
import { existsSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { readJsonFile } from '../cli/json-file';
import type { RecordedVolumes } from '../config';
import { VOLUMES_FILE } from '../config/rules/between/recorded-volumes';

const fileSchema = z.record(z.string(), z.strictObject({ sizeGb: z.number(), zone: z.string() }));

/** The record; empty without a file. @throws CommandError for an invalid file */
export function readVolumes(file: string = VOLUMES_FILE): RecordedVolumes {
  if (!existsSync(file)) return {};
  return readJsonFile(
    file,
    fileSchema,
    'keep the entries of both sides of a merge, or restore the file from version control: it holds the sizes of volumes that exist',
  );
}

export function writeVolumes(volumes: RecordedVolumes, file: string = VOLUMES_FILE): void {
  writeFileSync(file, `${JSON.stringify(volumes, null, 2)}\n`);
}

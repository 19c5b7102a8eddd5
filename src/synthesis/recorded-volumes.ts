/** The committed record of data volumes: `environments/data-volumes.json`. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { CommandError } from '../cli/errors';
import type { RecordedVolumes } from '../config';
import { VOLUMES_FILE } from '../config/rules/between/recorded-volumes';

const fileSchema = z.record(z.string(), z.strictObject({ sizeGb: z.number(), zone: z.string() }));

/** The record; empty without a file. @throws CommandError for an invalid file */
export function readVolumes(file: string = VOLUMES_FILE): RecordedVolumes {
  if (!existsSync(file)) return {};
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new CommandError(`${file} is invalid: restore it from version control`);
  }
}

export function writeVolumes(volumes: RecordedVolumes, file: string = VOLUMES_FILE): void {
  writeFileSync(file, `${JSON.stringify(volumes, null, 2)}\n`);
}

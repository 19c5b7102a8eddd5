/** Puts the Compose file of an environment on a developer's machine beside its stack. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResolvedEmulated } from '../config';
import { renderCompose } from './local-compose';

/** @returns what to do with it, for the report */
export function writeCompose(outdir: string, environment: ResolvedEmulated): readonly string[] {
  const file = join(outdir, 'stacks', `${environment.identity.environment}-data`, 'docker-compose.yml');
  writeFileSync(file, renderCompose(environment));
  return [`start  docker compose -f ${file} up -d   (docs/local.md)`];
}

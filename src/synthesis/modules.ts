/** The modules of environments without their files: for commands that judge a synthesis and write none. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandContext } from '../cli/command';
import { zoneStackName } from '../config/names';
import type { Refused } from './refusals';
import { run, type SynthesisedGroup } from './run';

/** The modules of one environment, state store or shared zone. Emulated environments have none: they are destroyed with their emulator. */
export interface ModuleGroup extends SynthesisedGroup {
  /** Whether it holds data that must not be lost; a state store always does. */
  readonly isProtected: boolean;
}

export interface SynthesisedModules {
  readonly groups: readonly ModuleGroup[];
  readonly failed: readonly Refused[];
}

/** Synthesises into a temporary folder, without the checks of a normal synthesis. */
export async function synthesiseModules({ files, io }: CommandContext, selected: readonly string[]): Promise<SynthesisedModules> {
  const outdir = mkdtempSync(join(tmpdir(), 'terrace-modules-'));
  try {
    const found: SynthesisedGroup[] = [];
    const { failed, environments, zones } = await run({
      files,
      selected,
      outdir,
      format: 'json',
      progress: io.stderr,
      keepEarlier: false,
      assess: (group) => {
        found.push(group);
        return { warnings: [] };
      },
    });
    const unprotected = new Set([
      ...environments.filter(({ protect }) => !protect).map(({ identity }) => identity.environment),
      ...zones.filter(({ description }) => !description.protect).map(({ description }) => zoneStackName(description.zone)),
    ]);
    return { groups: found.map((group) => ({ ...group, isProtected: !unprotected.has(group.name) })), failed };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

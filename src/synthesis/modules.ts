/** The modules of environments without their files: for commands that judge a synthesis and write none. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandContext } from '../cli/command';
import { zoneStackName } from '../config/names';
import type { Modules } from '../terraform/root-module';
import type { Refused } from './load';
import { run } from './run';

/** The modules of one environment, state store or shared zone. Emulated environments have none: they are destroyed with their emulator. */
export interface ModuleGroup {
  readonly name: string;
  /** Whether it holds data that must not be lost; a state store always does. */
  readonly isProtected: boolean;
  readonly modules: Modules;
}

export interface SynthesisedModules {
  readonly groups: readonly ModuleGroup[];
  readonly failed: readonly Refused[];
}

/** Synthesises into a temporary folder, without the checks of a normal synthesis. */
export async function synthesiseModules({ files, io }: CommandContext, selected: readonly string[]): Promise<SynthesisedModules> {
  const outdir = mkdtempSync(join(tmpdir(), 'terrace-modules-'));
  try {
    const found = new Map<string, Modules>();
    const { failed, environments, zones } = await run({
      files,
      selected,
      outdir,
      format: 'json',
      progress: io.stderr,
      removeGone: false,
      inspect: (name, modules) => void found.set(name, modules),
    });
    const unprotected = new Set([
      ...environments.filter(({ protect }) => !protect).map(({ identity }) => identity.environment),
      ...zones.filter(({ description }) => !description.protect).map(({ description }) => zoneStackName(description.zone)),
    ]);
    return { groups: [...found].map(([name, modules]) => ({ name, modules, isProtected: !unprotected.has(name) })), failed };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

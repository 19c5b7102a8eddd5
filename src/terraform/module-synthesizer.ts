/** Writes the module of a stack as JSON, in a fraction of the time that cdktf takes for it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { IStackSynthesizer, ISynthesisSession, TerraformStack } from 'cdktf';
import type { IConstruct } from 'constructs';
import { MODULE_FILE } from './root-module';

/** Symbols of a construct that writes files of its own, such as an asset, and of one with aspects. */
const OF_CDKTF: readonly unknown[] = ['cdktf/customSynthesis', 'cdktf-aspects'];

/** The synthesizer of every stack. What only cdktf knows how to write goes through its own. */
export class ModuleSynthesizer implements IStackSynthesizer {
  /** @param byCdktf the synthesizer that cdktf gave the stack */
  constructor(
    private readonly stack: TerraformStack,
    private readonly byCdktf: IStackSynthesizer,
  ) {}

  /** @throws Error for what a construct finds wrong with itself */
  public synthesize(session: ISynthesisSession): void {
    const { workingDirectory, synthesizedStackPath } = session.manifest.forStack(this.stack);
    const isHcl = basename(synthesizedStackPath) !== MODULE_FILE;
    if (isHcl || this.stack.node.findAll().some(isOfCdktf)) return void this.byCdktf.synthesize(session);
    if (session.skipValidation !== true) this.stack.runAllValidations();
    mkdirSync(join(session.outdir, workingDirectory), { recursive: true });
    writeFileSync(join(session.outdir, synthesizedStackPath), moduleJson(this.stack.toTerraform()));
  }
}

/** Annotations are metadata, as is where an element was created. */
function isOfCdktf(construct: IConstruct): boolean {
  return (
    construct.node.metadata.some(({ type }) => type !== 'stacktrace') ||
    Object.getOwnPropertySymbols(construct).some(({ description }) => OF_CDKTF.includes(description))
  );
}

/** Indented, and sorted by name at every level, so that equal modules are equal files. */
export function moduleJson(module: unknown): string {
  return JSON.stringify(sorted(module), undefined, 2);
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const result: Record<string, unknown> = {};
  for (const name of Object.keys(value).sort()) result[name] = sorted((value as Record<string, unknown>)[name]);
  return result;
}

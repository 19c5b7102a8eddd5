/** A stack's folder for the try-out: the synthesised module, changed only where the emulator requires it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODULE_FILE, providerOf, readModule, type Block, type RootModule } from '../../terraform/root-module';
import type { EmulatorFacts, Gap } from './known-gaps';
import { leaveOut, withoutUnusedProviders, type LeaveOut, type LeftOut } from './leave-out';
import { OVERRIDE_FILE, overrideFor, type ProviderVersions } from './override';
import { prune, type Schemas } from './prune';

export interface WorkCopyOptions {
  readonly endpoint: string;
  readonly emulator?: EmulatorFacts;
  readonly versions: ProviderVersions;
  /** Of the providers in `versions`; without schemas nothing is removed. */
  readonly schemas?: Schemas;
}

/** The differences between a work copy and its stack. */
export interface Differences {
  readonly leftOut: readonly LeftOut[];
  /** Argument to how often it was removed, because the provider's version does not know it. */
  readonly dropped: ReadonlyMap<string, number>;
  /** The module that is applied. */
  readonly module: RootModule;
}

/** The providers that work with an AWS emulator. */
const EMULATED_PROVIDERS: ReadonlySet<string> = new Set(['aws', 'terraform']);

/** The module in a folder that this run has synthesised. */
export function readStack(folder: string): RootModule {
  const module = readModule(folder);
  if (module === undefined) throw new Error(`${folder} has no module`);
  return module;
}

/** Rewrites a stack's folder for the emulator. @returns the differences */
export function prepareWorkCopy(folder: string, options: WorkCopyOptions): Differences {
  const { endpoint, versions, schemas } = options;
  const original = readStack(folder);
  const { module: possible, leftOut } = leaveOut(original, (type, block) => whyImpossible(type, block, original, options));
  const needed = withoutUnusedProviders(possible);
  const { module, dropped } =
    schemas === undefined ? { module: needed, dropped: new Map<string, number>() } : prune(needed, schemas);
  writeModule(folder, module, endpoint, versions);
  return { leftOut, dropped, module };
}

/** Writes a module and its override file into a folder, which is created where it is missing. */
export function writeModule(folder: string, module: RootModule, endpoint: string, versions: ProviderVersions): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, MODULE_FILE), JSON.stringify(module, null, 2));
  if (module.provider?.aws !== undefined) {
    writeFileSync(join(folder, OVERRIDE_FILE), JSON.stringify(overrideFor(module, endpoint, versions), null, 2));
  }
}

function whyImpossible(
  address: string,
  block: Block,
  module: RootModule,
  { emulator, schemas }: Pick<WorkCopyOptions, 'emulator' | 'schemas'>,
): LeaveOut | undefined {
  const [section, type] = address.includes('.')
    ? (address.split('.') as ['data' | 'ephemeral', string])
    : (['resource', address] as const);
  if (!EMULATED_PROVIDERS.has(providerOf(type)))
    return { reason: `the emulator has nothing for the provider ${providerOf(type)}` };
  const unproven = UNPROVEN[address];
  if (unproven !== undefined && unproven.by in (module.resource ?? {})) return unproven;
  const gap = emulator?.gaps.find(
    (candidate) => candidate.kind === 'unsupported' && candidate.type === address && appliesTo(candidate, block),
  );
  if (gap !== undefined)
    return { reason: `${emulator?.name ?? ''} ${emulator?.version ?? ''}: ${gap.reason}`, standIns: gap.standIns };
  if (schemas === undefined || type === 'terraform_remote_state' || schemas[section].has(type)) return undefined;
  return { reason: "the provider's version in use does not know it" };
}

/** Resources that wait for records that are left out, with the type of these records. */
const UNPROVEN: Readonly<Record<string, LeaveOut & { readonly by: string }>> = {
  aws_acm_certificate_validation: {
    by: 'cloudflare_dns_record',
    reason: "the certificate's validation record is at Cloudflare, which is left out",
    standIns: { certificate_arn: '=certificate_arn' },
  },
};

function appliesTo({ where }: Gap, block: Block): boolean {
  return where === undefined || String(block[where.argument]).startsWith(where.startsWith);
}

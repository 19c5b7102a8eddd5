/** A stack's folder in the try-out's own checkout: the synthesised module, changed only where the emulator forces it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EmulatorFacts, Gap } from './known-gaps';
import { leaveOut, withoutUnusedProviders, type LeaveOut, type LeftOut } from './leave-out';
import { providerOf, type Json, type RootModule } from './module-json';
import { OVERRIDE_FILE, overrideFor, type ProviderVersions } from './override';
import { prune, type Schemas } from './prune';

export interface WorkCopyOptions {
  readonly endpoint: string;
  readonly emulator?: EmulatorFacts;
  readonly versions: ProviderVersions;
  /** Of the providers in `versions`; without them nothing is pruned. */
  readonly schemas?: Schemas;
}

/** What a work copy does not hold of the stack. */
export interface Differences {
  readonly leftOut: readonly LeftOut[];
  /** Argument to how often it was taken out, because the provider's version does not know it. */
  readonly dropped: ReadonlyMap<string, number>;
  /** What is left, as it is applied. */
  readonly module: RootModule;
}

/** The providers that an emulator of AWS can stand for. */
const EMULATED_PROVIDERS: ReadonlySet<string> = new Set(['aws', 'terraform']);

const MODULE_FILE = 'cdk.tf.json';

export function readModule(folder: string): RootModule {
  return JSON.parse(readFileSync(join(folder, MODULE_FILE), 'utf8')) as RootModule;
}

/** Rewrites a stack's folder for the emulator and says what is different from now on. */
export function prepareWorkCopy(folder: string, options: WorkCopyOptions): Differences {
  const { endpoint, versions, schemas } = options;
  const original = readModule(folder);
  const { module: possible, leftOut } = leaveOut(original, (type, block) => whyImpossible(type, block, original, options));
  const needed = withoutUnusedProviders(possible);
  const { module, dropped } =
    schemas === undefined ? { module: needed, dropped: new Map<string, number>() } : prune(needed, schemas);
  writeModule(folder, module, endpoint, versions);
  return { leftOut, dropped, module };
}

/** Puts a module and its override file into a folder, which is made when it is not there. */
export function writeModule(folder: string, module: RootModule, endpoint: string, versions: ProviderVersions): void {
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, MODULE_FILE), JSON.stringify(module, null, 2));
  if (module.provider?.aws !== undefined) {
    writeFileSync(join(folder, OVERRIDE_FILE), JSON.stringify(overrideFor(module, endpoint, versions), null, 2));
  }
}

function whyImpossible(
  address: string,
  block: Json,
  module: RootModule,
  { emulator, schemas }: Pick<WorkCopyOptions, 'emulator' | 'schemas'>,
): LeaveOut | undefined {
  const [section, type] = address.includes('.')
    ? (address.split('.') as ['data' | 'ephemeral', string])
    : (['resource', address] as const);
  if (!EMULATED_PROVIDERS.has(providerOf(type)))
    return { reason: `no emulator here stands for the provider ${providerOf(type)}` };
  const unproven = UNPROVEN[address];
  if (unproven !== undefined && unproven.by in (module.resource ?? {})) return unproven;
  const gap = emulator?.gaps.find(
    (candidate) => candidate.kind === 'cannot' && candidate.type === address && isMeant(candidate, block),
  );
  if (gap !== undefined)
    return { reason: `${emulator?.name ?? ''} ${emulator?.version ?? ''}: ${gap.reason}`, standIns: gap.standIns };
  if (schemas === undefined || type === 'terraform_remote_state' || schemas[section].has(type)) return undefined;
  return { reason: "the provider's version at hand does not know it" };
}

/** What waits for records that are left out: type to the type of these records. */
const UNPROVEN: Readonly<Record<string, LeaveOut & { readonly by: string }>> = {
  aws_acm_certificate_validation: {
    by: 'cloudflare_dns_record',
    reason: "the certificate's proof stands at Cloudflare, which is left out",
    standIns: { certificate_arn: '=certificate_arn' },
  },
};

function isMeant({ where }: Gap, block: Json): boolean {
  return where === undefined || String(block[where.argument]).startsWith(where.startsWith);
}

/** One preview of an environment: its stack to files. It is in no list of stacks, so the other commands do not know it. */
import type { CommandContext } from '../cli/command';
import { CommandError } from '../cli/errors';
import { parsePreview, tierHasPreviews, type PreviewRequest, type ResolvedEnvironment, type ResolvedPreview } from '../config';
import { previewName } from '../config/names';
import type { Backend } from '../config/resolved/environment';
import type { Inspect, Modules } from '../terraform/root-module';
import { loadEnvironments } from './load';
import { stackFolder } from './output-folder';
import { copyProviderLocks } from './provider-locks';

export interface PreviewSynthesis {
  readonly preview: ResolvedPreview;
  /** `shop-dev-pr-12` */
  readonly stack: string;
  readonly folder: string;
  readonly modules: Modules;
  readonly notes: readonly string[];
}

export interface PreviewOptions {
  readonly environment: string;
  readonly request: PreviewRequest;
  readonly outdir: string;
  readonly backend?: Backend;
  /** The folder of dependency lock files. */
  readonly providerLocks: string;
  /** Receives the module before it is written. */
  readonly inspect: Inspect;
  /** Whether the environment need not have a `preview` section any more: what exists can be destroyed. */
  readonly allowWithoutSection: boolean;
}

/**
 * @throws CommandError for an environment that does not exist or is refused
 * @throws RefusedModule for a module that must not be written
 */
export async function synthesisePreview({ files }: CommandContext, options: PreviewOptions): Promise<PreviewSynthesis> {
  const { environment, request, outdir, backend, inspect } = options;
  const { environments, refused } = await loadEnvironments(files, { selected: [environment], backend });
  const parent = environments.find(({ identity }) => identity.environment === environment);
  if (parent === undefined)
    throw new CommandError(
      refused.map(({ report }) => report).join('\n') || `${environment} is on a machine of a developer and has no previews`,
    );
  refuseWithout(parent, options.allowWithoutSection);
  const input = await files[environment]?.();
  const parsed = parsePreview(input?.default, request);
  const preview = { ...parsed, parent: { ...parsed.parent, backend: parent.backend } };
  const [{ PreviewStack }, { synthesise }] = await Promise.all([import('../stacks/preview-stack.ts'), import('./synthesise.ts')]);
  let modules: Modules = {};
  const { written } = await synthesise({
    outdir,
    format: 'json',
    taken: new Set(),
    build: (app) => void new PreviewStack(app, preview),
    inspect: (all) => {
      modules = all;
      inspect(environment, all, parent.acceptedTexts);
    },
  });
  const stack = previewName(environment, request.number);
  return {
    preview,
    stack,
    folder: stackFolder(outdir, stack),
    modules,
    notes: copyProviderLocks(options.providerLocks, outdir, written),
  };
}

function refuseWithout({ preview, tier, domain, identity }: ResolvedEnvironment, isAllowed: boolean): void {
  if (preview !== undefined || (isAllowed && tierHasPreviews(tier.kind) && domain !== undefined)) return;
  throw new CommandError(
    [
      `${identity.environment} has no previews: its description has no \`preview\` section`,
      '  fix   add `preview: {}` to an unprotected environment on a tier that has previews, and deploy that first (docs/previews.md)',
    ].join('\n'),
  );
}

/** Chooses what is done: deploy or destroy one preview, list them, or destroy the expired ones. */
import { refuseUnsafeModules } from '../../checks/policy/inspect';
import type { CommandContext } from '../../cli/command';
import { CommandError, Unavailable } from '../../cli/errors';
import { selectNames } from '../../cli/select';
import type { ResolvedEnvironment } from '../../config';
import { previewTarget } from '../../operations/preview-target';
import { backendOverride, loadEnvironments } from '../../synthesis/load';
import { synthesisePreview, type PreviewSynthesis } from '../../synthesis/preview';
import { PROVIDER_LOCKS } from '../../terraform/provider-lock-set';
import { RefusedModule } from '../../terraform/root-module';
import { interruptible } from '../../terraform/runner/interruptible';
import { whyNoTerraform } from '../../terraform/runner/version';
import { deployPreview } from './deploy';
import { destroyPreview } from './destroy';
import { describePreview, listText, resultText, type PreviewResult } from './report';
import { findPreviews, type ExistingPreview } from './states';

export interface PreviewCommandOptions {
  readonly pr?: number;
  readonly image?: Readonly<Record<string, string>>;
  readonly destroy: boolean;
  readonly list: boolean;
  readonly expired: boolean;
  readonly yes: boolean;
  readonly synthOnly: boolean;
  readonly json: boolean;
  readonly output: string;
}

/** @returns the exit code */
export async function previews(
  context: CommandContext,
  environment: string | undefined,
  options: PreviewCommandOptions,
): Promise<number> {
  const asked = [options.pr !== undefined, options.list, options.expired].filter((one) => one).length;
  if (asked !== 1) throw new CommandError('one of --pr <number>, --list and --expired is needed', 2);
  if (options.pr === undefined) return severalPreviews(context, environment, options);
  if (environment === undefined) throw new CommandError('--pr needs the name of an environment', 2);
  selectNames(Object.keys(context.files), [environment]);
  const { pr } = options;
  const results = [await interruptibly(context, (signal) => onePreview(context, { environment, number: pr }, options, signal))];
  print(context, results, options);
  return 0;
}

async function severalPreviews(
  context: CommandContext,
  environment: string | undefined,
  options: PreviewCommandOptions,
): Promise<number> {
  const found = await existing(context, environment, options);
  if (options.list) {
    context.io.stdout.write(options.json ? `${JSON.stringify(found, null, 2)}\n` : listText(found));
    return 0;
  }
  const results: PreviewResult[] = [];
  let failures = 0;
  await interruptibly(context, async (signal) => {
    for (const one of found.filter(({ expired }) => expired)) {
      try {
        results.push(await onePreview(context, one, { ...options, destroy: true }, signal));
      } catch (error) {
        // One that cannot be destroyed does not keep the others.
        if (!(error instanceof CommandError)) throw error;
        failures += 1;
        context.io.stderr.write(`${error.message}\n`);
      }
      if (signal.aborted) break;
    }
  });
  print(context, results, options);
  return failures === 0 ? 0 : 1;
}

function interruptibly<T>({ io }: CommandContext, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  return interruptible(work, (line) => void io.stderr.write(`${line}\n`), {
    first: 'terraform finishes what it is doing, saves its state and stops; a job goes on in AWS',
    later: 'still waiting for terraform, which saves its state and releases its lock',
  });
}

async function existing(
  context: CommandContext,
  environment: string | undefined,
  { output }: PreviewCommandOptions,
): Promise<readonly ExistingPreview[]> {
  const { files, io } = context;
  const selected = selectNames(Object.keys(files), environment === undefined ? [] : [environment]);
  const { environments, refused } = await loadEnvironments(files, { selected, backend: backendOverride(io.env.TERRACE_BACKEND) });
  // A refused environment could have previews that nobody would destroy.
  if (refused.length > 0) throw new CommandError(refused.map(({ report }) => report).join('\n'));
  const withPreviews = environments.filter(({ preview }) => preview !== undefined);
  const now = new Date();
  const found: ExistingPreview[] = [];
  for (const one of withPreviews) found.push(...(await findPreviews(one, { output, now })));
  return found;
}

async function onePreview(
  context: CommandContext,
  which: Pick<ExistingPreview, 'environment' | 'number'>,
  options: PreviewCommandOptions,
  signal: AbortSignal,
): Promise<PreviewResult> {
  const { io } = context;
  const report = (line: string): void => void io.stderr.write(`${line}\n`);
  const synthesis = await synthesised(context, which, options);
  const { stack, preview, folder, notes } = synthesis;
  for (const note of notes) report(note);
  refuseUnknownImages(preview.parent, options.image ?? {});
  const result = describePreview(synthesis);
  if (options.synthOnly) return { ...result, outcome: 'synthesised' };
  const why = await whyNoTerraform({ env: io.env });
  if (why !== undefined) throw new Unavailable(why);
  report(`${options.destroy ? 'destroying' : 'deploying'} ${stack}`);
  const { beforeDestruction: before, afterDeployment: after } = preview;
  const { output } = options;
  const jobs = { target: previewTarget(preview, { output, env: io.env }), label: preview.label };
  const run = { stack, folder, output, jobs, env: io.env, report, apply: options.yes, signal };
  const outcome = await (options.destroy ? destroyPreview({ ...run, before }) : deployPreview({ ...run, after }));
  return { ...result, outcome };
}

async function synthesised(
  context: CommandContext,
  { environment, number }: Pick<ExistingPreview, 'environment' | 'number'>,
  { image, output, destroy }: PreviewCommandOptions,
): Promise<PreviewSynthesis> {
  try {
    return await synthesisePreview(context, {
      environment,
      request: { number, images: image },
      outdir: output,
      backend: backendOverride(context.io.env.TERRACE_BACKEND),
      providerLocks: PROVIDER_LOCKS,
      inspect: refuseUnsafeModules,
      allowWithoutSection: destroy,
    });
  } catch (error) {
    throw error instanceof RefusedModule ? new CommandError(error.message) : error;
  }
}

function refuseUnknownImages({ data, identity }: ResolvedEnvironment, images: Readonly<Record<string, string>>): void {
  const declared = data.images.map(({ key }) => key);
  const unknown = Object.keys(images).filter((name) => !declared.includes(name));
  if (unknown.length === 0) return;
  throw new CommandError(
    `${identity.environment} declares no image ${unknown.join(', ')}; its images are ${declared.join(', ') || 'none'}`,
  );
}

function print({ io }: CommandContext, results: readonly PreviewResult[], { json }: PreviewCommandOptions): void {
  if (json) io.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  else if (results.length === 0) io.stdout.write('no preview has expired\n');
  else io.stdout.write(`${results.map(resultText).join('\n')}\n`);
}

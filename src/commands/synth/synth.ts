/** Synthesises, and reports for a person or for the cdktf CLI. */
import type { CommandContext } from '../../cli/command';
import type { Io } from '../../cli/io';
import { selectNames } from '../../cli/select';
import { synthesisSettings } from '../../operations/synthesis-settings';
import { run, type RunOutcome } from '../../synthesis/run';
import type { Format } from '../../synthesis/written';
import { reportGroup, reportNextSteps, reportTotals } from './report';

export interface SynthOptions {
  readonly hcl: boolean;
  readonly output: string;
  readonly locks: string;
  readonly forCdktf: boolean;
  readonly cache: boolean;
  readonly alone: boolean;
}

/**
 * Every environment, silently. What cannot be written is left out and reported: the cdktf CLI then does not know its stacks, and
 * fails only where they are asked for.
 * @returns 1 when nothing at all could be written
 */
export async function synthesiseForCdktf({ files, io }: CommandContext, options: SynthOptions): Promise<0 | 1> {
  const outcome = await run({
    files,
    selected: Object.keys(files),
    outdir: io.env.CDKTF_OUTDIR ?? options.output,
    progress: { write: () => undefined },
    keepEarlier: false,
    ...settingsOf(options, io.env),
  });
  const refused = outcome.groups.flatMap((group) =>
    group.refused.map(({ id, reason }) => `${id} cannot be written as HCL: ${reason}`),
  );
  for (const report of [...outcome.failed.map((failure) => failure.report), ...refused]) io.stderr.write(`${report}\n`);
  const left = outcome.failed.map(({ name }) => name);
  if (left.length > 0) io.stderr.write(`\nLeft out: ${left.join(', ')}. Commands for these fail; the others work.\n`);
  return outcome.groups.some(({ stacks }) => stacks.length > 0) ? 0 : exitCodeOf(outcome);
}

/** The selected environments, with progress and a report. */
export async function synthesiseForPerson(
  { files, io }: CommandContext,
  patterns: readonly string[],
  options: SynthOptions,
): Promise<0 | 1> {
  const { output } = options;
  const started = performance.now();
  const outcome = await run({
    files,
    selected: selectNames(Object.keys(files), patterns),
    outdir: output,
    progress: io.stderr,
    keepEarlier: true,
    ...settingsOf(options, io.env),
  });
  const { groups, failed, removals, environments } = outcome;
  for (const group of groups) io.stdout.write(`${reportGroup(group, output)}\n\n`);
  if (groups.length > 0) io.stdout.write(`${reportTotals(groups, removals, (performance.now() - started) / 1000)}\n`);
  for (const { report } of failed) io.stderr.write(`\n${report}\n`);
  const missing = failed.map(({ name }) => name).filter((name) => name in files);
  if (missing.length > 0) io.stderr.write(`\nNot synthesised: ${missing.join(', ')}. Earlier output of these is out of date.\n`);
  const [example] = environments;
  if (exitCodeOf(outcome) === 0 && example !== undefined)
    io.stdout.write(`\n${reportNextSteps(example, output, io.env.TERRACE_BACKEND === 'local')}\n`);
  return exitCodeOf(outcome);
}

/** What both have in common. */
function settingsOf({ hcl, locks, cache, alone }: SynthOptions, env: Io['env']) {
  return { format: formatOf(hcl, env), ...synthesisSettings(env, { locks, cache, further: !alone }) };
}

/** The cdktf CLI sets the variable for `cdktf synth --hcl`. */
function formatOf(hcl: boolean, { SYNTH_HCL_OUTPUT }: Io['env']): Format {
  return hcl || SYNTH_HCL_OUTPUT === 'true' || SYNTH_HCL_OUTPUT === '1' ? 'hcl' : 'json';
}

function exitCodeOf({ failed, groups }: RunOutcome): 0 | 1 {
  return failed.length > 0 || groups.some(({ refused }) => refused.length > 0) ? 1 : 0;
}

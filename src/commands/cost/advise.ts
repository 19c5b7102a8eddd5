/** `--advise`: synthesises the environment with each change that may save money, and names the largest savings. */
import type { CommandContext, EnvironmentFiles } from '../../cli/command';
import { CommandError } from '../../cli/errors';
import type { EnvironmentInput } from '../../config';
import { InvalidEnvironment, isEmulated, parseEnvironment } from '../../config';
import { costOf, type Cost } from '../../cost/calculate';
import { inputOf } from '../../cost/input';
import { about, dollars } from '../../cost/money';
import { planSaving } from '../../cost/savings-plan';
import { synthesiseModules } from '../../synthesis/modules';
import { VARIANTS } from './variants';

/** Savings that are named. */
const NAMED = 3;

export interface Saving {
  readonly field: string;
  readonly change: string;
  readonly risk: string;
  /** Expected dollars a month. */
  readonly usd: number;
}

export async function printAdvice(context: CommandContext, selected: readonly string[]): Promise<0> {
  for (const name of selected) {
    const input = await inputNamed(context.files, name);
    if (input === undefined) continue;
    const cost = await costWith(context, name, input);
    if (cost === undefined) throw new CommandError(`${name} cannot be synthesised: run \`npm run synth -- ${name}\` first`);
    const savings = await savingsOf(context, name, input, cost);
    context.io.stdout.write(`${adviceText(cost, savings.slice(0, NAMED))}\n\n`);
  }
  return 0;
}

async function inputNamed(files: EnvironmentFiles, name: string): Promise<EnvironmentInput | undefined> {
  const { default: input } = (await files[name]?.()) ?? {};
  return input === undefined || isEmulated(input) ? undefined : (input as EnvironmentInput);
}

/** The savings, largest first; of several of one field, the largest. */
async function savingsOf(context: CommandContext, name: string, input: EnvironmentInput, cost: Cost): Promise<readonly Saving[]> {
  const savings: Saving[] = [];
  for (const { field, change, risk, apply } of VARIANTS) {
    const variant = apply(input);
    if (variant === undefined) continue;
    const changed = await costWith(context, name, withoutFindings(variant));
    // What has no price cannot be compared.
    if (changed === undefined || changed.unknown.length > cost.unknown.length) continue;
    savings.push({ field, change, risk, usd: cost.total.expected - changed.total.expected });
  }
  const sorted = [...savings, ...planSaving(cost)].filter(({ usd }) => usd >= 0.5).sort((one, other) => other.usd - one.usd);
  return sorted.filter(({ field }, index) => sorted.findIndex((one) => one.field === field) === index);
}

/** Risks of the variant are named with it: it acknowledges those that it has, and only those. */
function withoutFindings(input: EnvironmentInput): EnvironmentInput {
  const { 'single-nat': _nat, 'single-zone-database': _database, ...acknowledge } = input.acknowledge ?? {};
  const variant = { ...input, acknowledge };
  try {
    parseEnvironment(variant);
    return variant;
  } catch (error) {
    if (!(error instanceof InvalidEnvironment)) throw error;
    const added = error.problems
      .filter(({ rule }) => rule === 'single-nat' || rule === 'single-zone-database')
      .map(({ rule, path }) => [rule, { [path]: 'only to compare its cost' }]);
    return { ...variant, acknowledge: { ...acknowledge, ...(Object.fromEntries(added) as EnvironmentInput['acknowledge']) } };
  }
}

/** The cost with another input; undefined where the rules refuse it. */
async function costWith({ files, io }: CommandContext, name: string, input: EnvironmentInput): Promise<Cost | undefined> {
  const quiet = { ...io, stderr: { write: () => undefined } };
  const changed: EnvironmentFiles = { ...files, [name]: async () => ({ ...(await files[name]?.()), default: input }) };
  const { groups } = await synthesiseModules({ files: changed, io: quiet }, [name]);
  const group = groups.find((one) => one.name === name);
  return group === undefined ? undefined : costOf(inputOf(group));
}

function adviceText({ name, total }: Cost, savings: readonly Saving[]): string {
  if (savings.length === 0) return `${name}  ${about(total)}; none of the known changes saves 50 cents.`;
  return [
    `${name}  ${about(total)}; the largest savings:`,
    ...savings.map(({ change, risk, usd }, index) => `  ${index + 1}. ${dollars(usd)} a month  ${change}\n     risk: ${risk}`),
    '  They are not additive: apply one, and ask again.',
  ].join('\n');
}

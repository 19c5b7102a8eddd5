/** Describes a new system: collects the answers, judges the result, and writes its files. Nothing existing is overwritten. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CommandContext, EnvironmentFiles } from '../../cli/command';
import { CommandError } from '../../cli/errors';
import type { Io } from '../../cli/io';
import { readAnswers, type Answers } from './answers';
import { ask, askSystem, canAsk, type Prompts } from './ask';
import { check, surroundingsOf } from './check';
import { dataOf, textOf, type Section } from './description';
import { environmentDescriptions } from './environment-description';
import { formatted } from './format';
import { LIST_FILE, namesIn, withEntries, withoutEntries, type Entry } from './list-file';
import { complete, QUESTIONS, type Question } from './questions';
import { reportJson, reportText, type NewFile, type Outcome } from './report';
import { applyRemovals, removalsOf, sampleSystems } from './samples';
import { SYSTEM_CONSTANT, systemDescription } from './system-description';
import type { Given } from './texts';

export interface NewOptions {
  /** Texts of flags. */
  readonly given: Given;
  /** Whether defaults answer what no flag does. */
  readonly yes: boolean;
  readonly withoutSamples: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
  /** The top of the checkout. */
  readonly root: string;
}

/**
 * @param system undefined when a person is asked for it, or only samples are removed
 * @throws CommandError with exit code 2 for missing answers, 1 for a system that exists or that is refused
 */
export async function describeNewSystem(
  { files, io }: CommandContext,
  system: string | undefined,
  options: NewOptions,
  prompts?: Prompts,
): Promise<0> {
  const { root, dryRun: isDryRun, json, withoutSamples } = options;
  const listed = readFileSync(join(root, LIST_FILE), 'utf8');
  const samples = withoutSamples ? sampleSystems(root) : [];
  const names = namesIn(listed, samples);
  const removals = withoutSamples ? await removalsOf(root, samples, names, files) : [];
  const remaining = Object.fromEntries(Object.entries(files).filter(([name]) => !names.includes(name)));
  const list = withoutEntries(listed, names);
  const isRemovalOnly = system === undefined && withoutSamples;
  const described = isRemovalOnly
    ? undefined
    : await describe({ files: remaining, list, samples }, await answersFor(system, options, io, prompts), root);
  const outcome: Outcome = {
    answers: described?.answers,
    files: described?.files ?? [],
    warnings: described?.warnings ?? [],
    removals: removals.filter(({ path }) => described === undefined || path !== LIST_FILE),
    isDryRun,
  };
  if (!isDryRun) write(root, outcome);
  io.stdout.write(`${json ? reportJson(outcome) : reportText(outcome)}\n`);
  return 0;
}

/** The answers of flags, and of a person or the defaults. */
async function answersFor(name: string | undefined, { given, yes }: NewOptions, io: Io, prompts?: Prompts): Promise<Answers> {
  const asking = yes || (prompts === undefined && !canAsk(io)) ? undefined : (prompts ?? (await import('@inquirer/prompts')));
  const system = name ?? (asking && (await askSystem(asking)));
  if (system === undefined) throw new CommandError('the name of the system is missing: npm run new -- shop', 2);
  const missing: Question[] = [];
  const texts = await complete(system, given, (question, earlier) => {
    if (asking !== undefined) return ask(asking, system, question, earlier);
    if (!yes) missing.push(question);
    return question.defaultOf(system, earlier);
  });
  if (missing.length > 0) throw new CommandError(reportMissing(system, missing, texts), 2);
  const unused = QUESTIONS.filter(({ flag }) => given[flag] !== undefined && texts[flag] === undefined);
  if (unused.length > 0)
    throw new CommandError(
      `${unused.map(({ flag }) => `--${flag}`).join(', ')} does not go with the other answers: leave it out`,
      2,
    );
  return readAnswers(system, texts);
}

function reportMissing(system: string, missing: readonly Question[], texts: Given): string {
  const names = missing.map(({ flag, value }) => `--${flag} ${value}`);
  const width = Math.max(...names.map((name) => name.length));
  return [
    'There is no terminal to ask at, and these answers are missing:',
    ...missing.map(({ flag, text }, index) => `  ${(names[index] ?? '').padEnd(width)}  ${text} (default: ${texts[flag] ?? ''})`),
    `Give them, or accept the defaults: npm run new -- ${system} --yes`,
  ].join('\n');
}

/** What is left of the checkout once the samples are removed. */
interface Checkout {
  readonly files: EnvironmentFiles;
  readonly list: string;
  readonly samples: readonly string[];
}

async function describe({ files, list, samples }: Checkout, answers: Answers, root: string) {
  const { system, environments } = answers;
  const names = environments.map(({ shortName }) => `${system}-${shortName}`);
  refuseExisting(root, { files, samples, list }, system, names);
  const common = systemDescription(answers);
  const own = environmentDescriptions(answers, await surroundingsOf(files, environments.length));
  const data = dataOf(common);
  const warnings = await check(
    files,
    new Map(own.map((description, index) => [names[index] ?? '', dataOf(description, data)] as const)),
  );
  const entries = environments.map(({ shortName }): Entry => [`${system}-${shortName}`, `${system}/${shortName}.ts`]);
  const written = await Promise.all([
    newFile(`environments/${system}/system.ts`, 'what its environments have in common', systemText(system, common)),
    ...own.flatMap((description, index) => {
      const environment = environments[index];
      if (environment === undefined) return [];
      const { shortName, tier, isProtected } = environment;
      const about = `${system}-${shortName}: ${tier}, ${isProtected ? 'protected' : 'not protected'}`;
      return [newFile(`environments/${system}/${shortName}.ts`, about, environmentText(about, description))];
    }),
  ]);
  const listFile = { path: LIST_FILE, about: `lists ${names.join(' and ')}`, text: withEntries(list, entries) };
  return { answers, warnings, files: [...written, listFile] };
}

async function newFile(path: string, about: string, text: string): Promise<NewFile> {
  return { path, about, text: await formatted(path, text) };
}

function systemText(system: string, description: Section): string {
  return [
    `/** ${system}: what its environments have in common. Each adds its own part (docs/environments.md). */`,
    "import { defineSystem } from '../../src/config';",
    '',
    `export const ${SYSTEM_CONSTANT} = defineSystem(${textOf(description)});`,
  ].join('\n');
}

function environmentText(about: string, description: Section): string {
  return [
    `/** ${about}. */`,
    "import { defineEnvironment } from '../../src/config';",
    `import { ${SYSTEM_CONSTANT} } from './system';`,
    '',
    `export default defineEnvironment(${textOf(description)});`,
  ].join('\n');
}

function refuseExisting(root: string, { files, samples }: Checkout, system: string, names: readonly string[]): void {
  const folder = join('environments', system);
  const hint = 'add an environment to it by hand (docs/environments.md), or choose another name';
  const listed = names.find((name) => Object.hasOwn(files, name));
  if (listed !== undefined) throw new CommandError(`${listed} exists already, in ${LIST_FILE}: ${hint}`);
  if (existsSync(join(root, folder)) && !samples.includes(system)) throw new CommandError(`${folder} exists already: ${hint}`);
}

/** The list of environments is last: it names files that then exist. */
function write(root: string, { files, removals }: Outcome): void {
  applyRemovals(root, removals);
  for (const { path, text } of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text, { flag: path === LIST_FILE ? 'w' : 'wx' });
  }
}

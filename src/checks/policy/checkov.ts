/** checkov from PyPI: how it is run, and how its report is read. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { Unavailable } from '../../cli/errors';
import { MODULE_FILE, type Modules } from '../../terraform/root-module';
import { installedCommand, installTool, type PythonTool } from '../../terraform/runner/python-tool';
import { lastLine, runCommand, type RunCommandOptions } from '../../terraform/runner/run-command';
import { CANARY, checkovCopy, type CheckovCopy } from './checkov-copy';
import type { Finding } from './finding';
import type { Outcome } from './judge';

/**
 * A newer version brings new checks, and with them new findings: raise it deliberately, here and in scripts/requirements, which
 * a test compares.
 */
export const CHECKOV_VERSION = '3.3.30';

const CHECKOV: PythonTool = {
  name: 'checkov',
  version: CHECKOV_VERSION,
  requirement: 'checkov',
  command: 'checkov',
  hashes: join('scripts', 'requirements', 'checkov.txt'),
  folder: join('.terrace', 'venv', `checkov-${CHECKOV_VERSION}`),
};

export interface CheckovOptions {
  readonly env: RunCommandOptions['env'];
  readonly progress: (text: string) => void;
  /** Whether checkov may be downloaded where it is not installed. */
  readonly install: boolean;
}

/**
 * Judges every stack in one run of checkov.
 * @throws Unavailable when checkov is not installed and cannot be
 * @throws Error when checkov has not read everything: a stack that was not read has no findings
 */
export async function runCheckov(modules: Modules, checkovOptions: CheckovOptions): Promise<Outcome> {
  const { env, progress } = checkovOptions;
  const checkov = installedCommand(CHECKOV) ?? (await install(checkovOptions));
  const folder = mkdtempSync(join(tmpdir(), 'terrace-policy-'));
  try {
    const copies = new Map(Object.entries(modules).map(([stack, module]) => [stack, checkovCopy(module)]));
    for (const [stack, { text }] of copies) {
      mkdirSync(join(folder, stack));
      writeFileSync(join(folder, stack, MODULE_FILE), text);
    }
    progress(`checkov ${CHECKOV_VERSION} reads ${copies.size} stacks`);
    const options = ['--framework', 'terraform_json', '--skip-download', '--soft-fail', '--compact', '--output', 'json'];
    const { code, stdout, stderr } = await runCommand(checkov, [...options, '--directory', folder], { env });
    if (code !== 0) throw new Error(`checkov ended with ${code}: ${lastLine(stderr)}`);
    return readReport(stdout, copies);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function install({ env, progress, install: mayInstall }: CheckovOptions): Promise<string> {
  if (!mayInstall) throw new Unavailable(`checkov ${CHECKOV_VERSION} is not installed; \`npm run policy\` installs it`);
  progress(`installing checkov ${CHECKOV_VERSION} into ${CHECKOV.folder}`);
  const problem = await installTool(CHECKOV, { env });
  if (problem !== undefined) throw new Unavailable(problem);
  return installedCommand(CHECKOV) ?? CHECKOV.command;
}

const checkSchema = z.looseObject({
  check_id: z.string(),
  check_name: z.string().nullable(),
  file_path: z.string(),
  file_line_range: z.tuple([z.number(), z.number()]),
  resource: z.string(),
});

const reportSchema = z.looseObject({
  check_type: z.literal('terraform_json'),
  results: z.looseObject({ passed_checks: z.array(checkSchema), failed_checks: z.array(checkSchema) }),
  summary: z.looseObject({ passed: z.number(), parsing_errors: z.number() }),
});

type Check = z.infer<typeof checkSchema>;

type Copies = ReadonlyMap<string, CheckovCopy>;

/** Reads checkov's report. The exit code does not show which files were skipped, so the canary of each stack must be in it. */
export function readReport(stdout: string, copies: Copies): Outcome {
  const { results, summary } = parseReport(stdout);
  if (summary.parsing_errors > 0) throw new Error(`checkov could not read ${summary.parsing_errors} of the prepared files`);
  if (summary.passed === 0) throw new Error('checkov passed nothing at all, so it has read nothing');
  const failed = results.failed_checks.map((check) => toFinding(check, copies));
  const read = new Set(
    failed.filter(({ check, address }) => check === CANARY.check && address === CANARY.address).map(({ stack }) => stack),
  );
  const unread = [...copies.keys()].filter((stack) => !read.has(stack));
  if (unread.length > 0)
    throw new Error(`checkov has not read ${unread.join(', ')}: the report lacks the resource that must fail there`);
  const passed = results.passed_checks.map((check) => toFinding(check, copies)).filter(isNotCanary);
  return {
    failed: failed.filter(isNotCanary),
    passed: Object.fromEntries(
      [...copies.keys()].map((stack) => [stack, passed.filter((check) => check.stack === stack).length]),
    ),
  };
}

function parseReport(stdout: string): z.infer<typeof reportSchema> {
  try {
    return reportSchema.parse(JSON.parse(stdout));
  } catch {
    throw new Error("checkov's report is not in the expected format, or says that nothing was read");
  }
}

function toFinding({ check_id, check_name, file_path, file_line_range: [line], resource }: Check, copies: Copies): Finding {
  const stack = file_path.split('/').at(-2) ?? '';
  return { check: check_id, name: check_name ?? check_id, stack, address: copies.get(stack)?.addressAt(line) ?? resource };
}

function isNotCanary({ address }: Finding): boolean {
  return address !== CANARY.address;
}

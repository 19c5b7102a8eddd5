/** checkov, from PyPI into a virtual environment of its own, and what it says. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { runCommand } from '../../terraform/runner/run-command';
import type { Modules } from '../../terraform/root-module';
import type { Finding } from './finding';
import { CANARY, prepare, type Prepared } from './prepare';
import { Unavailable } from './unavailable';

/** A later one brings new checks, and so new findings: raise it on purpose. */
export const CHECKOV_VERSION = '3.3.30';

/** Below this folder, ignored by git, virtual environments are kept between runs. */
const VENVS = join('.terrace', 'venv');

export interface CheckovOutcome {
  readonly failed: readonly Finding[];
  /** Stack id to the number of checks that its resources passed. */
  readonly passed: Readonly<Record<string, number>>;
}

/**
 * Judges every stack in one run of checkov.
 * @throws Unavailable when checkov cannot be installed
 * @throws Error when checkov has not read everything: an unread stack has no findings
 */
export async function runCheckov(modules: Modules, tell: (text: string) => void): Promise<CheckovOutcome> {
  const checkov = await install(tell);
  const folder = mkdtempSync(join(tmpdir(), 'terrace-policy-'));
  try {
    const prepared = new Map(Object.entries(modules).map(([stack, module]) => [stack, prepare(module)]));
    for (const [stack, { text }] of prepared) {
      mkdirSync(join(folder, stack));
      writeFileSync(join(folder, stack, 'cdk.tf.json'), text);
    }
    tell(`checkov ${CHECKOV_VERSION} reads ${prepared.size} stacks`);
    const options = ['--framework', 'terraform_json', '--skip-download', '--soft-fail', '--compact', '--output', 'json'];
    const { code, stdout, stderr } = await runCommand(checkov, [...options, '--directory', folder]);
    if (code !== 0) throw new Error(`checkov ended with ${code}: ${lastLine(stderr)}`);
    return readReport(stdout, prepared);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The command, installed first where it is not there yet. */
async function install(tell: (text: string) => void): Promise<string> {
  const folder = join(VENVS, `checkov-${CHECKOV_VERSION}`);
  const command = join(folder, 'bin', 'checkov');
  if (existsSync(command)) return command;
  tell(`installing checkov ${CHECKOV_VERSION} into ${folder}, once`);
  mkdirSync(VENVS, { recursive: true });
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `checkov==${CHECKOV_VERSION}`];
  const steps: readonly (readonly [string, readonly string[]])[] = [
    ['python3', ['-m', 'venv', folder]],
    [join(folder, 'bin', 'python'), pip],
  ];
  for (const [program, args] of steps) {
    const { code, stderr } = await runCommand(program, args);
    if (code === 0) continue;
    // Half an installation would be taken for a whole one the next time.
    rmSync(folder, { recursive: true, force: true });
    throw new Unavailable(
      `checkov ${CHECKOV_VERSION} cannot be installed: ${lastLine(stderr) || `${program} ended with ${code}`}`,
    );
  }
  return command;
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

/** Reads what checkov has printed; the exit code says nothing of files that it skipped. */
export function readReport(stdout: string, prepared: ReadonlyMap<string, Prepared>): CheckovOutcome {
  const { results, summary } = parseReport(stdout);
  if (summary.parsing_errors > 0) throw new Error(`checkov could not read ${summary.parsing_errors} of the prepared files`);
  if (summary.passed === 0) throw new Error('checkov passed nothing at all, so it has read nothing');
  const failed = results.failed_checks.map((check) => toFinding(check, prepared));
  const heard = new Set(
    failed.filter(({ check, address }) => check === CANARY.check && address === CANARY.address).map(({ stack }) => stack),
  );
  const unread = [...prepared.keys()].filter((stack) => !heard.has(stack));
  if (unread.length > 0)
    throw new Error(`checkov has not read ${unread.join(', ')}: it did not see the disk that must fail there`);
  const passed = results.passed_checks.map((check) => toFinding(check, prepared)).filter(isOurs);
  return {
    failed: failed.filter(isOurs),
    passed: Object.fromEntries(
      [...prepared.keys()].map((stack) => [stack, passed.filter((check) => check.stack === stack).length]),
    ),
  };
}

function parseReport(stdout: string): z.infer<typeof reportSchema> {
  try {
    return reportSchema.parse(JSON.parse(stdout));
  } catch {
    throw new Error("checkov's report is not understood, or says that nothing was read");
  }
}

function toFinding(
  { check_id, check_name, file_path, file_line_range: [line], resource }: Check,
  prepared: ReadonlyMap<string, Prepared>,
): Finding {
  const stack = file_path.split('/').at(-2) ?? '';
  return { check: check_id, name: check_name ?? check_id, stack, address: prepared.get(stack)?.addressAt(line) ?? resource };
}

function isOurs({ address }: Finding): boolean {
  return address !== CANARY.address;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}

/** The cost before a change: from a file, or by synthesising a Git revision in a worktree. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CommandError } from '../../cli/errors';
import type { Io } from '../../cli/io';
import { costReportSchema, type CostReport } from '../../cost/report/json';

/**
 * @param before a file that `--json` wrote, or a Git revision
 * @param patterns the environments, as they were asked for; those that the revision does not have are new
 * @returns undefined where the revision has no `npm run cost`: everything counts as new
 * @throws CommandError when neither can be read
 */
export function readBefore(before: string, patterns: readonly string[], io: Io): CostReport | undefined {
  if (existsSync(before)) return parseReport(before, readFileSync(before, 'utf8'));
  return reportOfRevision(before, patterns, io);
}

function parseReport(source: string, text: string): CostReport {
  try {
    return costReportSchema.parse(JSON.parse(text));
  } catch {
    throw new CommandError(`${source} has no cost of an earlier version: write it by \`npm run --silent cost -- --json\``);
  }
}

function reportOfRevision(revision: string, patterns: readonly string[], io: Io): CostReport | undefined {
  const commit = git(['rev-parse', '--verify', '--quiet', `${revision}^{commit}`], revision);
  const folder = mkdtempSync(join(tmpdir(), 'terrace-cost-'));
  const tree = join(folder, 'tree');
  try {
    git(['worktree', 'add', '--detach', '--quiet', tree, commit], revision);
    if (!existsSync(join(tree, 'src/commands/cost'))) {
      io.stderr.write(`${revision} has no \`npm run cost\`: everything counts as new\n`);
      return undefined;
    }
    symlinkSync(resolve('node_modules'), join(tree, 'node_modules'));
    return parseReport(revision, costIn(tree, revision, patterns));
  } finally {
    rmSync(folder, { recursive: true, force: true });
    git(['worktree', 'prune'], revision);
  }
}

function costIn(tree: string, revision: string, patterns: readonly string[]): string {
  const run = (args: readonly string[]): string =>
    execFileSync(process.execPath, ['scripts/terrace.mjs', 'cost', '--json', ...args], {
      cwd: tree,
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  try {
    return run(patterns);
  } catch (error) {
    const reason = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    if (reason.includes('no environment matches')) return run([]);
    throw new CommandError(`the cost of ${revision} cannot be calculated:\n${reason}`);
  }
}

function git(args: readonly string[], revision: string): string {
  try {
    return execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  } catch {
    throw new CommandError(`"${revision}" is neither a file nor a Git revision of this checkout`);
  }
}

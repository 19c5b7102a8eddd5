/** A program from PyPI in a virtual environment, pinned to a version and kept between runs. */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { lastLine, runCommand, type RunCommandOptions } from './run-command';

export interface PythonTool {
  readonly name: string;
  readonly version: string;
  /** With pip's extras: `moto[server]`. */
  readonly requirement: string;
  /** Below `bin/`. */
  readonly command: string;
  /** A file with the tool and everything it needs, each by its hash: nothing else is installed. @default the version alone */
  readonly hashes?: string;
  /** The virtual environment. */
  readonly folder: string;
}

/** The path of the command; undefined when it is not installed. */
export function installedCommand({ folder, command }: PythonTool): string | undefined {
  const path = resolve(folder, 'bin', command);
  return existsSync(path) ? path : undefined;
}

/** Installs the tool. @returns why it cannot be installed; undefined when it is */
export async function installTool(tool: PythonTool, options: RunCommandOptions = {}): Promise<string | undefined> {
  const { name, version, requirement, hashes } = tool;
  const folder = resolve(tool.folder);
  mkdirSync(dirname(folder), { recursive: true });
  const what = hashes === undefined ? [`${requirement}==${version}`] : ['--require-hashes', '--requirement', resolve(hashes)];
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...what];
  const steps: readonly (readonly [string, readonly string[]])[] = [
    ['python3', ['-m', 'venv', folder]],
    [join(folder, 'bin', 'python'), pip],
  ];
  for (const [program, args] of steps) {
    const { code, stderr } = await runCommand(program, args, options);
    if (code === 0) continue;
    // The next run would take half an installation for a complete one.
    rmSync(folder, { recursive: true, force: true });
    return `${name} ${version} cannot be installed: ${lastLine(stderr) || `${program} ended with ${code}`}`;
  }
  return undefined;
}

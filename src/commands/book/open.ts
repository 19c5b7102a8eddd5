/** Opens a file with the program that the desktop has for it. */
import { spawnSync } from 'node:child_process';
import { Unavailable } from '../../cli/errors';
import type { Io } from '../../cli/io';

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/** @throws Unavailable without such a program; the file is written all the same */
export function openFile(file: string, env: Io['env'], platform: NodeJS.Platform = process.platform): void {
  const [program, ...options] = OPENERS[platform] ?? ['xdg-open'];
  const { error, status } = spawnSync(program, [...options, file], { stdio: 'ignore', env: { ...env } });
  if (error !== undefined || status !== 0) throw new Unavailable(`${program} cannot open ${file}; open it in a browser`);
}

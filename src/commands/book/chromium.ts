/** Chromium of this machine: what turns a picture into pixels. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import type { Picture } from '../../book/book';
import { Unavailable } from '../../cli/errors';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The program's path; undefined where none is installed. @param path the variable `PATH` */
export function findChromium(path: string): string | undefined {
  return PROGRAMS.flatMap((program) => path.split(delimiter).map((folder) => join(folder, program))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Chromium refuses to start as root with its sandbox; it only ever loads files that this program wrote. */
export function sandboxOptions(): readonly string[] {
  return process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

/**
 * Writes a picture at twice its size.
 * @param path the variable `PATH`
 * @throws Unavailable without Chromium
 */
export function savePng(file: string, { svg, width, height }: Pick<Picture, 'svg' | 'width' | 'height'>, path: string): string {
  const program = findChromium(path);
  if (program === undefined) throw new Unavailable(`none of ${PROGRAMS.join(', ')} is installed; --svg needs none`);
  const folder = mkdtempSync(join(tmpdir(), 'terrace-picture-'));
  try {
    const source = join(folder, 'picture.svg');
    writeFileSync(source, svg);
    const { status, stderr } = spawnSync(
      program,
      [
        '--headless',
        ...sandboxOptions(),
        '--disable-gpu',
        '--hide-scrollbars',
        '--force-device-scale-factor=2',
        `--user-data-dir=${join(folder, 'profile')}`,
        `--window-size=${Math.ceil(width)},${Math.ceil(height)}`,
        `--screenshot=${resolve(file)}`,
        `file://${source}`,
      ],
      { encoding: 'utf8', timeout: 60_000 },
    );
    if (status !== 0) throw new Unavailable(`${program} did not draw the picture: ${stderr.trim().split('\n').at(-1) ?? ''}`);
    return file;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

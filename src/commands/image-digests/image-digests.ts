/** Which third-party images have a digest, and recording what their tags mean today. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { CommandContext } from '../../cli/command';
import { CommandError } from '../../cli/errors';
import { taggedName, THIRD_PARTY_IMAGES, type ThirdPartyImage } from '../../config/tables/third-party-images';
import { digestOf } from './registry';

export interface ImageDigestsOptions {
  readonly update: boolean;
  /** The URL of a registry to ask instead of each image's own. */
  readonly mirror?: string;
}

/** The committed digests, relative to the top of the checkout; synthesis reads them when the program is built. */
export const DIGESTS_FILE = 'src/config/tables/image-digests.json';

const fileSchema = z.record(z.string(), z.string().regex(/^sha256:[0-9a-f]{64}$/));

/**
 * @returns 0 when every image has a digest, 1 when one has none
 * @throws Unavailable when a registry cannot be reached; the file is then unchanged
 */
export async function checkImageDigests({ io }: Pick<CommandContext, 'io'>, options: ImageDigestsOptions): Promise<0 | 1> {
  const recorded = readDigests();
  const current = options.update ? await askRegistries(options.mirror, (line) => io.stderr.write(`${line}\n`)) : recorded;
  if (options.update) writeFileSync(DIGESTS_FILE, `${JSON.stringify(current, null, 2)}\n`);
  const names = THIRD_PARTY_IMAGES.map(taggedName);
  for (const name of names) io.stdout.write(`${name}  ${describeDigest(recorded[name], current[name])}\n`);
  return names.every((name) => current[name] !== undefined) ? 0 : 1;
}

/** @throws CommandError for an invalid file, such as one with merge conflicts */
function readDigests(): Readonly<Record<string, string>> {
  if (!existsSync(DIGESTS_FILE)) throw new CommandError(`${DIGESTS_FILE} is missing: run this at the top of the checkout`);
  try {
    return fileSchema.parse(JSON.parse(readFileSync(DIGESTS_FILE, 'utf8')));
  } catch {
    throw new CommandError(`${DIGESTS_FILE} is invalid: restore it from version control, or write {} and run with --update`);
  }
}

async function askRegistries(mirror: string | undefined, report: (line: string) => void): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const image of THIRD_PARTY_IMAGES) {
    report(`asking for ${taggedName(image)}`);
    digests[taggedName(image)] = await digestOf(locate(image, mirror));
  }
  return digests;
}

/** Docker Hub's registry has another host than its references. */
function locate({ repository, tag }: ThirdPartyImage, mirror: string | undefined) {
  const slash = repository.indexOf('/');
  const host = repository.slice(0, slash);
  const registry = mirror ?? `https://${host === 'docker.io' ? 'registry-1.docker.io' : host}`;
  return { registry, path: repository.slice(slash + 1), tag };
}

function describeDigest(before: string | undefined, now: string | undefined): string {
  if (now === undefined) return 'no digest: the tag decides';
  if (before === now) return now;
  return before === undefined ? `${now} (new)` : `${now} (was ${before})`;
}

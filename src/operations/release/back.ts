/** The way back: to the images of before, or out of a release that was left half-way. */
import { CommandError } from '../../cli/errors';
import { rolledBy } from './releaser';
import { releaserOf } from '../releases';
import { checkAccount, type Target } from '../target';
import { earlierValues, versionsOf } from './parameters';
import { planRelease, publishedImages, type PlanOptions, type ReleasePlan } from './plan';
import { readRecord, recordName, refuseHeld, type Stored } from './record';
import { existingVersions, versionIn } from './repository';

/**
 * - `release`: to the earlier images, as a release of them, without jobs.
 * - `take-back`: of what a release that was left half-way has changed.
 */
export interface BackPlan {
  readonly way: 'release' | 'take-back';
  readonly plan: ReleasePlan;
}

/** @param keys of images; may be left out where only one is declared, and for a release that was left half-way */
export async function planBack(
  target: Target,
  keys: readonly string[],
  options: Pick<PlanOptions, 'releaser'> = {},
): Promise<BackPlan> {
  await checkAccount(target);
  const stored = await readRecord(target.aws, recordName(target.environment.identity));
  if (stored !== undefined) refuseHeld(stored);
  if (stored?.record.phase === 'rolling') return { way: 'take-back', plan: await planTakeBack(target, stored, keys, options) };
  const versions = await earlierVersions(target, chosen(target, keys));
  return { way: 'release', plan: await planRelease(target, versions, { ...options, jobs: false }) };
}

/** @throws CommandError, wrong usage, where it is not clear what is to go back */
function chosen({ environment, name }: Target, keys: readonly string[]): readonly string[] {
  if (keys.length > 0) return keys;
  const declared = environment.data.images.map(({ key }) => key);
  if (declared.length === 1) return declared;
  throw new CommandError(
    `--back needs the images that are to go back\n  allowed  ${declared.join(', ')}\n  see      npm run release -- ${name} --list`,
    2,
  );
}

/** The nearest earlier value of each parameter whose image still exists. @throws CommandError for all images without one */
async function earlierVersions(target: Target, keys: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  const problems: string[] = [];
  for (const [key, image] of await publishedImages(target, keys)) {
    const earlier = earlierValues(await versionsOf(target.aws, image.parameterName));
    const versions = earlier.flatMap((value) => versionIn(image, value) ?? []);
    const existing = await existingVersions(target.aws, image, versions);
    const version = versions.find((one) => existing.has(one));
    if (version === undefined) problems.push(`${key}: ${noEarlier(earlier.length)}`);
    else found[key] = version;
  }
  if (problems.length > 0)
    throw new CommandError(`${problems.join('\n')}\n  fix   name a tag: npm run release -- ${target.name} <image>=<tag>`);
  return found;
}

function noEarlier(count: number): string {
  return count === 0
    ? 'there is no earlier release to go back to'
    : `none of the ${count} earlier images exists any more (\`keepLast\`, docs/images.md)`;
}

async function planTakeBack(
  target: Target,
  stored: Stored,
  keys: readonly string[],
  { releaser: given }: Pick<PlanOptions, 'releaser'>,
): Promise<ReleasePlan> {
  const { record } = stored;
  const left = Object.keys(record.images);
  const others = keys.filter((key) => !left.includes(key));
  if (others.length > 0)
    throw new CommandError(
      `a release of ${left.join(', ')} was left half-way, and is taken back first: npm run release -- ${target.name} --back`,
    );
  const published = await publishedImages(target, left);
  const releaser = given ?? (await releaserOf(target));
  const rolled = rolledBy(target, left);
  const problems = await releaser.check(rolled);
  if (problems.length > 0) throw new CommandError(problems.join('\n'));
  return {
    changes: [...published].map(([key, { parameterName }]) => ({
      key,
      parameterName,
      from: record.images[key]?.from ?? '',
      to: record.images[key]?.to ?? '',
    })),
    unchanged: [],
    rolled,
    jobs: [],
    continues: record,
    stored,
    notes: [],
    releaser,
    by: record.by,
  };
}

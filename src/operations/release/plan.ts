/** What a release would do, and everything that keeps it from starting, found before anything is changed. */
import { explained, isAwsError } from '../../aws/errors';
import { CommandError } from '../../cli/errors';
import { rolledBy, type Releaser, type Rolled } from './releaser';
import { releaserOf } from '../releases';
import { checkAccount, type Target } from '../target';
import { newest, versionsOf } from './parameters';
import { readRecord, recordName, refuseHeld, imagesText, type RecordedImages, type ReleaseRecord, type Stored } from './record';
import { findImage, referenceOf, type Repository } from './repository';

/** An image that changes. */
export interface ImageChange {
  readonly key: string;
  readonly parameterName: string;
  readonly from: string;
  readonly to: string;
}

export interface ReleasePlan {
  readonly changes: readonly ImageChange[];
  /** Images that run already. */
  readonly unchanged: readonly string[];
  /** What runs the changed images. */
  readonly rolled: readonly Rolled[];
  /** Jobs that run first, with the new image, in this order. */
  readonly jobs: readonly string[];
  /** The record of a release that was left, when this one continues it. */
  readonly continues?: ReleaseRecord;
  /** What is stored now: a record that nobody holds, which this release takes. */
  readonly stored?: Stored;
  /** What a person should know; keeps nothing from starting. */
  readonly notes: readonly string[];
  readonly releaser: Releaser;
  /** The ARN of who releases. */
  readonly by: string;
}

/** What the data stack publishes of an image. */
export type PublishedImage = Repository & { readonly parameterName: string };

export interface PlanOptions {
  /** Whether jobs with `before: 'release'` run: not on the way back. */
  readonly jobs: boolean;
  /** @default the one of the tier */
  readonly releaser?: Releaser;
}

/** @throws CommandError for a key that is not declared, or while the data stack is not deployed */
export async function publishedImages(target: Target, keys: readonly string[]): Promise<ReadonlyMap<string, PublishedImage>> {
  const { environment, name, published } = target;
  const declared = environment.data.images.map(({ key }) => key);
  const unknown = keys.filter((key) => !declared.includes(key));
  if (unknown.length > 0)
    throw new CommandError(
      `${name} declares no image ${unknown.join(', ')}\n  allowed  ${declared.join(', ') || 'none: it declares no images'}`,
    );
  const data = await published('data');
  if (data === undefined) throw new CommandError(`${name}-data is not deployed\n  fix   deploy the environment (docs/deploy.md)`);
  const images = keys.map((key) => [key, data.images[key]] as const);
  const missing = images.flatMap(([key, image]) => (image === undefined ? [key] : []));
  if (missing.length > 0) throw new CommandError(`${missing.join(', ')}: declared, but not deployed\n  fix   apply ${name}-data`);
  return new Map(images.flatMap(([key, image]) => (image === undefined ? [] : [[key, image] as const])));
}

/**
 * @param versions image key to its tag or digest
 * @throws CommandError with everything that keeps it from starting
 */
export async function planRelease(
  target: Target,
  versions: Readonly<Record<string, string>>,
  { jobs, releaser: given }: PlanOptions,
): Promise<ReleasePlan> {
  await checkAccount(target);
  const published = await publishedImages(target, Object.keys(versions));
  const stored = await readRecord(target.aws, recordName(target.environment.identity));
  if (stored !== undefined) refuseHeld(stored);

  const problems: string[] = [...(await sleepProblems(target))];
  const found = new Map<string, ImageChange>();
  for (const [key, image] of published) {
    const version = versions[key] ?? '';
    const checked = await checkImage(target, key, image, version);
    if ('problem' in checked) problems.push(checked.problem);
    const from = newest(await versionsOf(target.aws, image.parameterName)).value;
    const to = 'reference' in checked ? checked.reference : referenceOf(image, version);
    found.set(key, { key, parameterName: image.parameterName, from, to });
  }
  const { continues, problem } = continuation(target, stored, found);
  if (problem !== undefined) problems.push(problem);

  const releaser = given ?? (await releaserOf(target));
  const all = rolledBy(target, [...found.keys()]);
  problems.push(...(await releaser.check(all)));
  if (problems.length > 0) throw new CommandError(problems.join('\n'));

  const changes = await changesOf([...found.values()], continues, releaser, all);
  const keys = changes.map(({ key }) => key);
  return {
    changes,
    unchanged: [...found.keys()].filter((key) => !keys.includes(key)),
    rolled: rolledBy(target, keys),
    jobs: jobs && continues?.phase !== 'rolling' ? jobsBefore(target, keys, continues?.jobs) : [],
    continues,
    stored,
    notes: notesOf(target),
    releaser,
    by: await callerOf(target),
  };
}

/** The reference to release, or why not. */
async function checkImage(
  { aws, environment }: Target,
  key: string,
  image: PublishedImage,
  version: string,
): Promise<{ readonly reference: string } | { readonly problem: string }> {
  const found = await findImage(aws, image, version);
  if (found === undefined)
    return { problem: `${key}: ${image.repositoryUrl} has no image ${version}\n  fix   push it first (docs/images.md)` };
  const { platforms = [], immutableTags = true } = environment.data.images.find((one) => one.key === key) ?? {};
  const missing = platforms.filter((platform) => !found.platforms.includes(platform));
  if (missing.length > 0)
    return {
      problem: `${key}: ${version} is built for ${found.platforms.join(', ')}, and containers of the environment run on ${missing.join(', ')}\n  fix   docker buildx build --platform ${platforms.join(',')} ...`,
    };
  // A tag that can be pushed again means another image later, on a host or for a task that starts then.
  return { reference: referenceOf(image, immutableTags ? version : found.digest) };
}

/** A release that was left half-way is continued by the same images, and keeps others from starting. */
function continuation(
  { name }: Target,
  stored: Stored | undefined,
  found: ReadonlyMap<string, ImageChange>,
): { readonly continues?: ReleaseRecord; readonly problem?: string } {
  if (stored === undefined) return {};
  const { images, phase } = stored.record;
  // Of the images of a command, a record names those that did not run yet.
  const isSame =
    Object.entries(images).every(([key, { to }]) => found.get(key)?.to === to) &&
    [...found.values()].every(({ key, from, to }) => key in images || from === to);
  if (isSame) return { continues: stored.record };
  if (phase === 'jobs') return {};
  return {
    problem: `a release was left half-way: ${imagesText(images)}, since ${stored.record.since}\n  fix   finish it: npm run release -- ${name} ${argumentsOf(images)}\n        or take it back: npm run release -- ${name} --back`,
  };
}

/** What a person types to continue. */
export function argumentsOf(images: RecordedImages): string {
  return Object.entries(images)
    .map(([key, { to }]) => `${key}=${to.includes('@') ? to.slice(to.indexOf('@') + 1) : to.slice(to.lastIndexOf(':') + 1)}`)
    .join(' ');
}

/** What has to be done: all of a release that is continued, otherwise what does not run yet. */
async function changesOf(
  found: readonly ImageChange[],
  continued: ReleaseRecord | undefined,
  releaser: Releaser,
  rolled: readonly Rolled[],
): Promise<readonly ImageChange[]> {
  const left = continued?.phase === 'rolling' ? continued.images : {};
  const isKept = new Set(found.filter(({ key, from, to }) => !(key in left) && from === to).map(({ key }) => key));
  const affected = rolled.filter(({ containers }) => Object.values(containers).some((key) => isKept.has(key)));
  const running = affected.length === 0 ? new Map<string, ReadonlySet<string>>() : await releaser.running(affected);
  return found.flatMap((change) => {
    const recorded = left[change.key];
    if (recorded !== undefined) return [{ ...change, from: recorded.from }];
    if (change.from !== change.to) return [change];
    // The parameter was written without a release: what runs is what to go back to.
    const [from] = [...(running.get(change.key) ?? [])].filter((reference) => reference !== change.to);
    return from === undefined ? [] : [{ ...change, from }];
  });
}

/** In the order in which they are written. @param done those that have ended with 0 */
function jobsBefore({ environment }: Target, images: readonly string[], done: readonly string[] = []): readonly string[] {
  return environment.workloads.jobs.flatMap(({ key, image, before }) =>
    before === 'release' && image.kind === 'declared' && images.includes(image.key) && !done.includes(key) ? [key] : [],
  );
}

async function sleepProblems({ aws, name, environment }: Target): Promise<readonly string[]> {
  if (environment.sleep === undefined) return [];
  const { parameterName } = environment.sleep;
  const ssm = await aws.ssm();
  const wanted = await explained(`asking whether ${name} is asleep`, async () => {
    try {
      return (await ssm.getParameter({ Name: parameterName })).Parameter?.Value;
    } catch (error) {
      // Before the first deployment of the stack that puts it to sleep.
      if (isAwsError(error, 'ParameterNotFound')) return undefined;
      throw error;
    }
  });
  if (wanted !== 'asleep') return [];
  return [
    `${name} is asleep: no task of a release would start\n  fix   wake it, and wait until its services run: the output \`wake\` of ${name}-sleep (docs/sleep.md)`,
  ];
}

function notesOf({ environment: { tier, nextTier } }: Target): readonly string[] {
  if (nextTier === undefined) return [];
  return [
    `the tier that serves rolls, ${tier.kind}; ${nextTier.kind} has the images with its next deployment, a host within five minutes`,
  ];
}

async function callerOf({ aws }: Target): Promise<string> {
  const sts = await aws.sts();
  const { Arn: arn = '' } = await explained('asking who releases', () => sts.getCallerIdentity({}));
  return arn;
}

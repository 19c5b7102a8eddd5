/** The releases of images, from the history of their parameters. */
import type { Target } from '../target';
import { earlierValues, newest, versionsOf } from './parameters';
import { publishedImages } from './plan';
import { existingVersions, versionIn } from './repository';

export interface ListedRelease {
  readonly reference: string;
  /** Tag or digest; left out for an image of another repository, such as the first one. */
  readonly version?: string;
  /** ISO 8601. */
  readonly at?: string;
  /** The ARN of who wrote it. */
  readonly by?: string;
  readonly isCurrent: boolean;
  /** Whether the repository still has the image; left out for an image of another repository. */
  readonly exists?: boolean;
  /** Whether `--back` comes by it: false for what was taken back. */
  readonly isOnTheWayBack: boolean;
}

export interface ListedImage {
  readonly key: string;
  readonly parameterName: string;
  /** The newest first. */
  readonly releases: readonly ListedRelease[];
}

/** Of each image, the latest releases are shown. */
const SHOWN = 20;

/** @param keys @default every image */
export async function listReleases(target: Target, keys: readonly string[]): Promise<readonly ListedImage[]> {
  const wanted = keys.length > 0 ? keys : target.environment.data.images.map(({ key }) => key);
  const listed: ListedImage[] = [];
  for (const [key, image] of await publishedImages(target, wanted)) {
    const versions = await versionsOf(target.aws, image.parameterName);
    const current = newest(versions).version;
    const way = new Set(earlierValues(versions));
    const shown = versions.slice(-SHOWN).reverse();
    const tags = shown.flatMap(({ value }) => versionIn(image, value) ?? []);
    const existing = await existingVersions(target.aws, image, [...new Set(tags)]);
    const releases = shown.map(({ value, version, at, by }): ListedRelease => {
      const tag = versionIn(image, value);
      return {
        reference: value,
        version: tag,
        at: at?.toISOString(),
        by,
        isCurrent: version === current,
        exists: tag === undefined ? undefined : existing.has(tag),
        isOnTheWayBack: way.has(value),
      };
    });
    listed.push({ key, parameterName: image.parameterName, releases });
  }
  return listed;
}

/** Images in the ECR repositories of an environment: whether one exists, and for which platforms it is built. */
import type { BatchGetImageCommandOutput, ImageIdentifier } from '@aws-sdk/client-ecr';
import { z } from 'zod';
import type { AwsClients } from '../../aws/clients';
import { explained } from '../../aws/errors';
import { CommandError } from '../../cli/errors';

/** What the data stack publishes of an image. */
export interface Repository {
  readonly repositoryUrl: string;
  readonly repositoryArn: string;
}

export interface FoundImage {
  readonly digest: string;
  /** In Docker's notation: `linux/amd64`, `linux/arm64`. */
  readonly platforms: readonly string[];
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Without these, ECR answers with a format of 2016 that names no platform. */
const ACCEPTED = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];

/** At most this many are asked for in one call. Source: ECR API reference, BatchGetImage. */
const BATCH = 100;

const platform = z.object({ os: z.string(), architecture: z.string() });
const manifest = z.object({
  manifests: z.array(z.object({ platform: platform.optional() })).optional(),
  config: z.object({ digest: z.string() }).optional(),
});

/** `<repository>:<tag>`, or with a digest `<repository>@<digest>`. */
export function referenceOf({ repositoryUrl }: Pick<Repository, 'repositoryUrl'>, version: string): string {
  return `${repositoryUrl}${DIGEST.test(version) ? '@' : ':'}${version}`;
}

/** The tag or digest of a reference; undefined for one of another repository. */
export function versionIn({ repositoryUrl }: Pick<Repository, 'repositoryUrl'>, reference: string): string | undefined {
  if (!reference.startsWith(repositoryUrl)) return undefined;
  const [, version] = /^(?::([\w][\w.-]{0,127})|@sha256:[0-9a-f]{64})$/.exec(reference.slice(repositoryUrl.length)) ?? [];
  return version ?? (reference[repositoryUrl.length] === '@' ? reference.slice(repositoryUrl.length + 1) : undefined);
}

/** @param version tag or digest; undefined when the repository has no such image */
export async function findImage(aws: AwsClients, repository: Repository, version: string): Promise<FoundImage | undefined> {
  const [image] = (await imagesOf(aws, repository, [version])).images ?? [];
  const { imageId, imageManifest: text = '' } = image ?? {};
  if (imageId?.imageDigest === undefined) return undefined;
  const { manifests, config } = manifest.parse(JSON.parse(text));
  if (manifests !== undefined) {
    // Attestations are listed with the platform `unknown/unknown`.
    const platforms = manifests.flatMap((one) => (one.platform === undefined ? [] : [nameOf(one.platform)]));
    return { digest: imageId.imageDigest, platforms: platforms.filter((name) => name !== 'unknown/unknown') };
  }
  if (config === undefined) throw new CommandError(`${repository.repositoryUrl} ${version} is no image of containers`);
  return { digest: imageId.imageDigest, platforms: [await platformIn(aws, repository, config.digest)] };
}

/** Which of these tags and digests the repository has. */
export async function existingVersions(
  aws: AwsClients,
  repository: Repository,
  versions: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (let start = 0; start < versions.length; start += BATCH) {
    const batch = versions.slice(start, start + BATCH);
    const { images = [] } = await imagesOf(aws, repository, batch);
    for (const { imageId } of images)
      for (const version of [imageId?.imageTag, imageId?.imageDigest]) if (version !== undefined) found.add(version);
  }
  return found;
}

async function imagesOf(
  aws: AwsClients,
  repository: Repository,
  versions: readonly string[],
): Promise<BatchGetImageCommandOutput> {
  const ecr = await aws.ecr();
  const imageIds = versions.map((version): ImageIdentifier =>
    DIGEST.test(version) ? { imageDigest: version } : { imageTag: version },
  );
  return explained(`looking for images in ${repository.repositoryUrl}`, () =>
    ecr.batchGetImage({ ...placeOf(repository), imageIds, acceptedMediaTypes: ACCEPTED }),
  );
}

/** An image for a single platform names it in its configuration, which is stored like a layer. */
async function platformIn(aws: AwsClients, repository: Repository, digest: string): Promise<string> {
  const ecr = await aws.ecr();
  const doing = `reading the platform of an image in ${repository.repositoryUrl}`;
  const { downloadUrl = '' } = await explained(doing, () =>
    ecr.getDownloadUrlForLayer({ ...placeOf(repository), layerDigest: digest }),
  );
  const answer = await explained(doing, () => fetch(downloadUrl));
  if (!answer.ok) throw new CommandError(`${doing}: ECR answers ${answer.status}`);
  return nameOf(platform.parse(await answer.json()));
}

function nameOf({ os, architecture }: z.output<typeof platform>): string {
  return `${os}/${architecture}`;
}

/** `arn:aws:ecr:<region>:<account>:repository/<name>` */
function placeOf({ repositoryArn }: Repository): { readonly registryId: string; readonly repositoryName: string } {
  const [, registryId = '', repositoryName = ''] = /^arn:[^:]+:ecr:[^:]+:([^:]+):repository\/(.+)$/.exec(repositoryArn) ?? [];
  return { registryId, repositoryName };
}

/** The shell commands that fill repositories and choose what runs. Pure: values may be Terraform references. */
import type { ResolvedImage } from '../../config/resolved/environment';
import { imageReference, type ThirdPartyImage } from '../../config/tables/third-party-images';

export interface RegistryProps {
  readonly region: string;
  /** The registry's host: the URL without the repository's name. */
  readonly registry: string;
  /** The repository's URL, which may be a Terraform reference. */
  readonly repositoryUrl: string;
}

function loginCommand({ region, registry }: RegistryProps): string {
  return `aws ecr get-login-password --region ${region} | docker login --username AWS --password-stdin ${registry}`;
}

export interface PushCommandProps extends RegistryProps {
  /** The platforms of the containers; an image that no container runs is built for the machine that builds it. */
  readonly platforms: ResolvedImage['platforms'];
}

/** Logs Docker in to the registry, builds the image `<tag>` in the current folder for its platforms, and pushes it. */
export function pushCommand({ platforms, ...props }: PushCommandProps): string {
  const platform = platforms.length === 0 ? '' : ` --platform ${platforms.join(',')}`;
  return `${loginCommand(props)} && docker buildx build${platform} --tag ${props.repositoryUrl}:<tag> --push .`;
}

export interface MirrorCommandProps extends RegistryProps {
  readonly image: ThirdPartyImage;
}

/** Copies a third-party image with all its platforms, without pulling it to the machine. */
export function mirrorCommand({ image, ...props }: MirrorCommandProps): string {
  const copy = `docker buildx imagetools create --tag ${props.repositoryUrl}:${image.tag} ${imageReference(image)}`;
  return `${loginCommand(props)} && ${copy}`;
}

/** Makes the image `<tag>` the one of the next deployment. */
export function releaseCommand(region: string, parameterName: string, repositoryUrl: string): string {
  return `aws ssm put-parameter --region ${region} --name ${parameterName} --overwrite --value ${repositoryUrl}:<tag>`;
}

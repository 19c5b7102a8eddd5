/** The commands with which a person pushes an image and releases it. Pure. */

export interface ImageCommandProps {
  readonly region: string;
  /** The repository's URL, which may be a Terraform reference. */
  readonly repositoryUrl: string;
  /** The registry's host: the URL without the repository's name. */
  readonly registry: string;
}

/** Logs Docker in and pushes the image `<tag>` of this machine. */
export function pushCommand({ region, repositoryUrl, registry }: ImageCommandProps): string {
  return [
    `aws ecr get-login-password --region ${region} | docker login --username AWS --password-stdin ${registry}`,
    `docker build --tag ${repositoryUrl}:<tag> .`,
    `docker push ${repositoryUrl}:<tag>`,
  ].join(' && ');
}

/** Makes the image `<tag>` the one that runs from the next deployment on. */
export function releaseCommand(region: string, parameterName: string, repositoryUrl: string): string {
  return `aws ssm put-parameter --region ${region} --name ${parameterName} --overwrite --value ${repositoryUrl}:<tag>`;
}

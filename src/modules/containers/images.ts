/** The image that each task runs: read from the parameter that releases write, never from the environment file. */
import { DataAwsSsmParameter } from '@cdktf/provider-aws/lib/data-aws-ssm-parameter';
import { Construct } from 'constructs';
import type { ResolvedContainer } from '../../config/resolved/environment';
import type { ThirdPartyImage } from '../../config/tables/third-party-images';
import type { DataHandover } from '../../contracts/handovers';

/** An image as a task needs it. */
export interface TaskImage {
  readonly reference: string;
  /** The repository that the execution role may pull from; none for images of other registries. */
  readonly repositoryArn?: string;
}

/** `<account>.dkr.ecr.<region>.amazonaws.com/<repository>`, with tag or digest or without. */
const ECR_REFERENCE = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com\/([^:@]+)/;

/** Reads each image parameter once, for the first task that runs the image. */
export class Images extends Construct {
  private readonly known = new Map<string, TaskImage>();

  constructor(
    scope: Construct,
    id: string,
    private readonly images: DataHandover['images'],
    /** Key of an image to the tag or digest that runs instead of what the last release wrote. */
    private readonly tags: Readonly<Record<string, string>> = {},
  ) {
    super(scope, id);
  }

  /** The image that a container runs: what the last release wrote, or the pinned one. */
  public find(image: ResolvedContainer['image']): TaskImage {
    return image.kind === 'pinned' ? pinnedImage(image.reference) : this.declared(image.key);
  }

  private declared(key: string): TaskImage {
    const known = this.known.get(key) ?? this.read(key);
    this.known.set(key, known);
    return known;
  }

  private read(key: string): TaskImage {
    const image = this.images[key];
    if (image === undefined) throw new Error(`a container runs the image "${key}", which the data stack does not have`);
    const tag = this.tags[key];
    if (tag !== undefined)
      return { reference: `${image.repositoryUrl}${isDigest(tag) ? '@' : ':'}${tag}`, repositoryArn: image.repositoryArn };
    const parameter = new DataAwsSsmParameter(this, key, { name: image.parameterName });
    // `value` is marked as sensitive and would hide the whole task definition in every plan.
    return { reference: parameter.insecureValue, repositoryArn: image.repositoryArn };
  }
}

function isDigest(tag: string): boolean {
  return tag.startsWith('sha256:');
}

/** An image that the environment pins; of a private ECR repository, the role that pulls it needs the repository's ARN. */
export function pinnedImage(reference: string): TaskImage {
  const [, account, region, repository] = ECR_REFERENCE.exec(reference) ?? [];
  return account === undefined
    ? { reference }
    : { reference, repositoryArn: `arn:aws:ecr:${region}:${account}:repository/${repository}` };
}

/** The copy of a third-party image: its tag stays the same, and the repository's tags cannot be overwritten. */
export function mirroredImage({ tag }: ThirdPartyImage, mirror: DataHandover['mirrors'][string]): TaskImage {
  return { reference: `${mirror.repositoryUrl}:${tag}`, repositoryArn: mirror.repositoryArn };
}

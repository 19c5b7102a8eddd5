/** One ECR repository: scanned, with immutable tags, and with a limit to the images it keeps. */
import { EcrLifecyclePolicy } from '@cdktf/provider-aws/lib/ecr-lifecycle-policy';
import { EcrRepository } from '@cdktf/provider-aws/lib/ecr-repository';
import { Construct } from 'constructs';
import type { ResolvedImage } from '../../config/resolved/environment';
import { keepWhenProtected } from '../../terraform/lifecycle';

/** Days for which layers without a tag stay. */
const UNTAGGED_DAYS = 7;

export interface RepositoryProps extends Pick<ResolvedImage, 'repositoryName' | 'keepLast' | 'immutableTags' | 'scanOnPush'> {
  /** The environment's key; without one, AES-256 with keys of ECR. Changing it replaces the repository. */
  readonly keyArn?: string;
  /** `prevent_destroy`; without it a destroy deletes the images too. */
  readonly protect: boolean;
}

/** A repository for the images of one name. */
export class Repository extends Construct {
  public readonly url: string;
  public readonly arn: string;

  constructor(
    scope: Construct,
    id: string,
    { repositoryName, keepLast, immutableTags, scanOnPush, keyArn, protect }: RepositoryProps,
  ) {
    super(scope, id);
    const repository = new EcrRepository(this, 'repository', {
      name: repositoryName,
      imageTagMutability: immutableTags ? 'IMMUTABLE' : 'MUTABLE',
      imageScanningConfiguration: { scanOnPush },
      encryptionConfiguration: [keyArn === undefined ? { encryptionType: 'AES256' } : { encryptionType: 'KMS', kmsKey: keyArn }],
      forceDelete: !protect,
      lifecycle: keepWhenProtected(protect),
    });
    new EcrLifecyclePolicy(this, 'lifecycle', { repository: repository.name, policy: lifecyclePolicy(keepLast) });
    this.url = repository.repositoryUrl;
    this.arn = repository.arn;
  }
}

/** ECR requires that the rule for any image comes last. */
function lifecyclePolicy(keepLast: number): string {
  return JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        description: `untagged images go after ${UNTAGGED_DAYS} days`,
        selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: UNTAGGED_DAYS },
        action: { type: 'expire' },
      },
      {
        rulePriority: 2,
        description: `the last ${keepLast} images stay`,
        selection: { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: keepLast },
        action: { type: 'expire' },
      },
    ],
  });
}

/** The SSM parameter that says which image runs: written here once, then only by releases. */
import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter';
import { Construct } from 'constructs';
import { keepWhenProtected } from '../../terraform/lifecycle';

export interface ImageParameterProps {
  /** `/<system>/<environment>/images/<key>` */
  readonly name: string;
  /** What the first deployment runs. Changing it later changes nothing. */
  readonly initialImage: string;
  /** `prevent_destroy`: the parameter is the only record of what runs. */
  readonly protect: boolean;
}

/** A parameter whose value Terraform leaves alone after the first apply. */
export class ImageParameter extends Construct {
  public readonly name: string;

  constructor(scope: Construct, id: string, { name, initialImage, protect }: ImageParameterProps) {
    super(scope, id);
    const parameter = new SsmParameter(this, 'parameter', {
      name,
      description: 'The image that runs. Written by releases; Terraform wrote only the first value.',
      type: 'String',
      tier: 'Standard',
      // `value` would be hidden in plans as if it were a secret; an image name is none.
      insecureValue: initialImage,
      lifecycle: { ...keepWhenProtected(protect), ignoreChanges: ['insecure_value'] },
    });
    this.name = parameter.name;
  }
}

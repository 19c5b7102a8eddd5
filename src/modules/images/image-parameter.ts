/** The SSM parameter that names the image that runs. Terraform writes it once; afterwards only releases do. */
import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter';
import { Construct } from 'constructs';
import { keepWhenProtected } from '../../terraform/lifecycle';

export interface ImageParameterProps {
  /** `/<system>/<environment>/images/<key>` */
  readonly name: string;
  /** The image of the first deployment. Changing it later has no effect. */
  readonly initialImage: string;
  /** `prevent_destroy`: the parameter is the only record of what runs. */
  readonly protect: boolean;
}

/** A parameter whose value Terraform ignores after the first apply. */
export class ImageParameter extends Construct {
  public readonly name: string;

  constructor(scope: Construct, id: string, { name, initialImage, protect }: ImageParameterProps) {
    super(scope, id);
    const parameter = new SsmParameter(this, 'parameter', {
      name,
      description: 'The image that runs. Written by releases; Terraform wrote only the first value.',
      type: 'String',
      tier: 'Standard',
      // Plans hide `value` as if it were a secret, which the name of an image is not.
      insecureValue: initialImage,
      lifecycle: { ...keepWhenProtected(protect), ignoreChanges: ['insecure_value'] },
    });
    this.name = parameter.name;
  }
}

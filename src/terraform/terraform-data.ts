/**
 * `terraform_data`, which Terraform itself has.
 *
 * cdktf's `DataResource` runs `terraform version` during synth, a third of a second for each, and fails without the binary.
 */
import { TerraformResource } from 'cdktf';
import type { Construct } from 'constructs';

/** A resource without anything in the cloud, which is replaced whenever a value changes. Its `id` is another one then. */
export class TerraformData extends TerraformResource {
  /** @param triggersReplace values by name, which may be unknown until the apply */
  constructor(
    scope: Construct,
    id: string,
    private readonly triggersReplace: Readonly<Record<string, string>>,
  ) {
    super(scope, id, { terraformResourceType: 'terraform_data', terraformGeneratorMetadata: { providerName: 'terraform' } });
  }

  public get id(): string {
    return this.getStringAttribute('id');
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return { triggers_replace: { ...this.triggersReplace } };
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return {
      triggers_replace: { value: { ...this.triggersReplace }, isBlock: false, type: 'map', storageClassType: 'stringMap' },
    };
  }
}

/** What a hook adds to a stack: constructs below this one, and overrides of what is there. */
import { Construct } from 'constructs';
import { fitName } from '../config/names';
import type { TerraceStack } from '../terraform/terrace-stack';
import { ExtensionMistake } from './mistake';
import { overrideResource, type Overrides } from './override';

/** The id of the scope. Addresses of extensions begin with it, so they never are those of Terrace: `aws_sns_topic.extension_orders`. */
export const EXTENSION_SCOPE = 'extension';

/** The scope for the resources of a hook: `new SnsTopic(extension, 'orders', { ... })`. */
export class StackExtension extends Construct {
  private readonly overridden = new Set<string>();

  constructor(
    private readonly extended: TerraceStack,
    private readonly environment: string,
  ) {
    super(extended, EXTENSION_SCOPE);
  }

  /** The account of the environment, for ARNs. */
  public get accountId(): string {
    return this.extended.accountId;
  }

  /**
   * The permissions boundary that every role needs as `permissionsBoundary`, otherwise the apply role may not create it; undefined
   * where no workflow applies the environment.
   */
  public get permissionsBoundaryArn(): string | undefined {
    return this.extended.permissionsBoundaryArn;
  }

  /**
   * `<environment>-<thing>`, as Terrace names resources. The apply role may create only roles and policies with such names.
   * @param limit AWS's limit on the length of the name; a longer one is shortened with a hash
   */
  public nameOf(thing: string, limit: number): string {
    return fitName(`${this.environment}-${thing}`, limit);
  }

  /**
   * Changes arguments of a resource that exists in the stack.
   * @param type such as `aws_lb`
   * @param name the address without its type, as plans print it: `load-balancer`
   * @param values Terraform's argument names to new values, each of which replaces the whole argument
   * @throws ExtensionMistake when nothing has this address, when the type has no such argument, and for a second override of one
   */
  public override(type: string, name: string, values: Overrides): void {
    for (const argument of Object.keys(values)) {
      const place = `${argument} of ${type}.${name}`;
      if (this.overridden.has(place))
        throw new ExtensionMistake(`a second override of ${place}`, 'one for each argument', 'put both into one');
      this.overridden.add(place);
    }
    overrideResource(this.extended, type, name, values);
  }
}

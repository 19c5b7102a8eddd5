/** One of our own rules: about what checkov does not check, over the JSON that Terraform reads. */
import type { RootModule } from '../../../terraform/root-module';

export interface OwnRule {
  /** Used in exceptions and reports; never changes. */
  readonly id: string;
  /** What is true when it passes. */
  readonly name: string;
  /** `synth`: refused at synthesis. `gate`: fails `npm run policy` unless an exception explains it. */
  readonly heldAt: 'synth' | 'gate';
  readonly judge: (module: RootModule) => readonly Judgement[];
}

/** The result for one resource. */
export interface Judgement {
  readonly address: string;
  /** What is wrong, without any value of the module; undefined when the resource passes. */
  readonly problem?: string;
}

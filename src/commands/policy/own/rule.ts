/** A policy of our own: about what checkov cannot see, over the JSON that Terraform will read. */
import type { RootModule } from '../../../terraform/root-module';

export interface OwnRule {
  /** Stands in exceptions and reports; never changes. */
  readonly id: string;
  /** What holds when it passes. */
  readonly name: string;
  /** `synth`: never right, so that nothing is written. `gate`: a choice that `npm run policy` wants explained. */
  readonly heldAt: 'synth' | 'gate';
  readonly judge: (module: RootModule) => readonly Judgement[];
}

/** One resource that a rule looked at. */
export interface Judgement {
  readonly address: string;
  /** What is wrong, without quoting a value; undefined when nothing is. */
  readonly problem?: string;
}

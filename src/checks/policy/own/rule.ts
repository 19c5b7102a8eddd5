/** One of our own rules: about what checkov does not check, over the JSON that Terraform reads. */
import type { AcceptedText } from '../../../config/calculations/plain-secrets';
import type { RootModule } from '../../../terraform/root-module';

export interface OwnRule {
  /** Used in exceptions and reports; never changes. */
  readonly id: string;
  /** What is true when it passes. */
  readonly name: string;
  /** `synth`: refused at synthesis. `gate`: fails `npm run policy` unless an exception explains it. */
  readonly heldAt: 'synth' | 'gate';
  readonly judge: (module: RootModule, context: JudgeContext) => readonly Judgement[];
}

/** Where a module belongs. */
export interface JudgeContext {
  /** The stack's id. */
  readonly stack: string;
  /** The environment, state store or zone of the stack. */
  readonly owner: string;
  /** Texts that look secret, and that the environment acknowledges. */
  readonly accepted: readonly AcceptedText[];
  /** Every environment by name: a rule may ask whether a name is that of another one. */
  readonly environments: readonly string[];
}

/** The result for one resource. */
export interface Judgement {
  readonly address: string;
  /** What is wrong, without any value of the module; undefined when the resource passes. */
  readonly problem?: string;
  /** What an exception names, where a resource can have several findings of one rule: accepting one must not accept others. */
  readonly subject?: string;
  /** Whether no exception counts where data is protected. */
  readonly isFinal?: boolean;
}

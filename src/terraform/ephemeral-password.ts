/** Random values that exist only during a Terraform run: they reach a write-only argument and neither plan nor state. */
import { TerraformStack } from 'cdktf';
import type { Construct } from 'constructs';
import { expression } from './expression';

export interface EphemeralPasswordProps {
  /** Characters; letters and digits only, so that the value fits a URL unescaped. @default 40 */
  readonly length?: number;
}

/**
 * Declares `ephemeral.aws_secretsmanager_random_password.<id>` in the scope's stack.
 * cdktf 0.21 has no class for ephemeral blocks, so it is written as an override of the stack.
 * @param id unique in the stack
 * @returns a reference, to be used only in write-only arguments
 */
export function ephemeralPassword(scope: Construct, id: string, { length = 40 }: EphemeralPasswordProps = {}): string {
  TerraformStack.of(scope).addOverride(`ephemeral.aws_secretsmanager_random_password.${id}`, {
    password_length: length,
    exclude_punctuation: true,
    include_space: false,
    require_each_included_type: true,
  });
  return expression(`ephemeral.aws_secretsmanager_random_password.${id}.random_password`);
}

/** A secret's value, read back while Terraform runs: it reaches a write-only argument and neither plan nor state. */
import { TerraformStack } from 'cdktf';
import type { SecretsmanagerSecretVersion } from '@cdktf/provider-aws/lib/secretsmanager-secret-version';
import type { Construct } from 'constructs';
import { expression } from './expression';

/**
 * Declares `ephemeral.aws_secretsmanager_secret_version.<id>` in the scope's stack.
 *
 * Both arguments are attributes of the version itself, so that Terraform reads only after the version was written: while
 * it is still to be made they are unknown, and the reading waits for the apply. From then on every plan reads the value,
 * which needs `secretsmanager:GetSecretValue` (and the key's `kms:Decrypt`) on this one secret.
 * @param id unique in the stack
 * @returns a reference, to be used only in write-only arguments
 */
export function ephemeralSecret(scope: Construct, id: string, version: SecretsmanagerSecretVersion): string {
  TerraformStack.of(scope).addOverride(`ephemeral.aws_secretsmanager_secret_version.${id}`, {
    secret_id: version.secretId,
    version_id: version.versionId,
  });
  return expression(`ephemeral.aws_secretsmanager_secret_version.${id}.secret_string`);
}

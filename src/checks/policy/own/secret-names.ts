/** Recognises secrets in synthesised arguments: in plain text, or by what they refer to. Pure. */
import { credentialIn, plainSecret, type AcceptedText } from '../../../config/calculations/plain-secrets';
import { isAccepted } from './accepted-texts';
import type { Variable } from './containers';

/** References whose value is a secret, whatever the name of the variable. */
const SECRET_REFERENCE =
  /\$\{[^}]*(random_password\.|ephemeral\.|\.secret_string|\.secret_binary|\.master_password|\.auth_token|data\.aws_ssm_parameter\.[^}]*\.value|\.private_key(_pem)?\b)/;

/**
 * Whether a variable holds a secret in plain text. A reference is the location of a secret; `$${` is the text `${`.
 * @param accepted texts that are acknowledged
 */
export function looksSecret({ name, value }: Variable, accepted: readonly AcceptedText[]): boolean {
  if (isAccepted(accepted, { name, value })) return false;
  if (SECRET_REFERENCE.test(value) || credentialIn(value) !== undefined) return true;
  return !/(?<!\$)\$\{/.test(value) && plainSecret(name, value) !== undefined;
}

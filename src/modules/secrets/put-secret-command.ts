/** The command with which a person gives a secret its value. Pure. */
import type { ResolvedSecret } from '../../config/resolved/environment';

/** Safe between single quotes of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replace(/'/g, `'\\''`)}'`;
}

/** The exact AWS CLI command, with `<value>` wherever the person writes. */
export function putSecretCommand(region: string, { name, keys }: Pick<ResolvedSecret, 'name' | 'keys'>): string {
  const value = keys === undefined ? '<value>' : JSON.stringify(Object.fromEntries(keys.map((key) => [key, '<value>'])));
  return `aws secretsmanager put-secret-value --region ${region} --secret-id ${quoted(name)} --secret-string ${quoted(value)}`;
}

/** Text that a person wrote, inside a Terraform string. */

/**
 * Keeps Terraform from reading a person's `${...}` and `%{...}` as its own: a shell line may hold `curl -w '%{http_code}'`,
 * a policy `${aws:username}`. Never for text that already holds Terraform references.
 */
export function terraformLiteral(text: string): string {
  return text.replace(/[$%](?=\{)/g, (sign) => sign + sign);
}

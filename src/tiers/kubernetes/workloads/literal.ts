/** Text of a person in a place where Kubernetes would read `$(NAME)` as a variable: commands, arguments, probes. Pure. */
import { terraformLiteral } from '../../../terraform/literal';

/**
 * Keeps both readers from reading a person's text: Kubernetes takes `$(NAME)` for a variable and `$$` for an escaped
 * dollar, Terraform takes `${` and `%{` for its own. On the other tiers the container gets the text as it was written.
 */
export function kubernetesLiteral(text: string): string {
  return terraformLiteral(text.replace(/\$(?=[$(])/g, '$$$$'));
}

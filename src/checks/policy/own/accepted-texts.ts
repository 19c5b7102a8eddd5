/** Texts that an environment acknowledges, in synthesised arguments. Each is accepted by its exact text, wherever its copies are. Pure. */
import { credentialIn, type AcceptedText } from '../../../config/calculations/plain-secrets';
import type { Variable } from './containers';

/** Whether a named value is an accepted one: the same text under the same name. */
export function isAccepted(accepted: readonly AcceptedText[], { name, value }: Variable): boolean {
  return accepted.some((one) => one.name === name && literal(one.text) === literal(value));
}

/** A string without the credentials that are accepted in it. What is left of it is judged. */
export function withoutAccepted(accepted: readonly AcceptedText[], value: string): string {
  const credentials = accepted.filter(({ text }) => credentialIn(text) !== undefined);
  if (credentials.length === 0) return value;
  return credentials
    .flatMap(({ text }) => formsOf(literal(text)))
    .reduce((rest, form) => rest.replaceAll(form, ' '), literal(value));
}

/** Without the escapes of Terraform (`$${`, `%%{`) and Kubernetes (`$$(`). */
function literal(text: string): string {
  return text.replaceAll('$${', '${').replaceAll('%%{', '%{').replaceAll('$$(', '$(');
}

/** A text as it is, inside JSON, and inside JSON that is itself a string of JSON; the longest first. */
function formsOf(text: string): readonly string[] {
  const inJson = (inner: string): string => JSON.stringify(inner).slice(1, -1);
  return [inJson(inJson(text)), inJson(text), text];
}

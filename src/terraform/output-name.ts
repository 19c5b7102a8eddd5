/** Names of outputs. Pure. */

/**
 * A key or a host name as part of an output's name: `api.example.com` becomes `api_example_com`. Terraform would accept
 * hyphens, but underscores can be selected as one word.
 */
export function outputName(text: string): string {
  return text.replace(/[^A-Za-z0-9]/g, '_');
}

/** Path patterns of CloudFront and of load balancers: `*` matches any characters, `?` exactly one. Pure. */

/** A pattern as a regular expression without anchors, for JavaScript and for nginx, where it is in double quotes. */
export function patternExpression(pattern: string): string {
  return pattern
    .replace(/[.+^$(){}|[\]\\"]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
}

/** Whether a pattern matches the whole path. */
export function matchesPattern(pattern: string, path: string): boolean {
  return new RegExp(`^${patternExpression(pattern)}$`).test(path);
}

/** Whether the first pattern certainly matches every path that the second one matches. */
export function coversPattern(covering: string, pattern: string): boolean {
  if (covering === pattern) return true;
  const prefix = /^([^*?]*)\*$/.exec(covering)?.[1];
  return prefix !== undefined && pattern.startsWith(prefix);
}

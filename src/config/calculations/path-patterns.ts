/** Path patterns of CloudFront and of load balancers: `*` matches any characters, `?` exactly one. Pure. */

/** Whether the first pattern certainly matches every path that the second one matches. */
export function coversPattern(covering: string, pattern: string): boolean {
  if (covering === pattern) return true;
  const prefix = /^([^*?]*)\*$/.exec(covering)?.[1];
  return prefix !== undefined && pattern.startsWith(prefix);
}

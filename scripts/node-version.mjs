/** The versions of Node that Terrace runs on; `engines` in package.json says the same. */

/** The first minor version of each supported major version. Later major versions are accepted. */
const FIRST = { 20: 9, 22: 11, 24: 11 };
const NEWEST = Math.max(...Object.keys(FIRST).map(Number));

/**
 * What is wrong with a version of Node, in one sentence; undefined when Terrace supports it.
 * @param version such as `process.versions.node`
 */
export function nodeVersionProblem(version) {
  const [major, minor] = version.split('.').map(Number);
  if (major > NEWEST || minor >= FIRST[major]) return undefined;
  const allowed = Object.entries(FIRST).map(([first, from]) => `${first}.${from}`);
  return `Node ${version} is not supported: Terrace needs Node ${allowed.join(', ')} or a later version of one of these, or a newer release`;
}

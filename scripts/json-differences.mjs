/** The differences of two JSON values: `[path, one, other]`, with undefined where a key is missing. */
export function* differences(one, other, path = []) {
  const isObject = (value) => typeof value === 'object' && value !== null;
  if (!isObject(one) || !isObject(other) || Array.isArray(one) !== Array.isArray(other)) {
    if (!Object.is(one, other)) yield [path, one, other];
    return;
  }
  for (const key of new Set([...Object.keys(one), ...Object.keys(other)]))
    yield* differences(one[key], other[key], [...path, key]);
}

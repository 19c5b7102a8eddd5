/** Where a data store runs: AWS runs it, or the box does. Pure. */

interface Placed {
  readonly placement: string;
}

type Managed<T extends Placed> = Extract<T, { readonly placement: 'managed' }>;

function isManaged<T extends Placed>(store: T): store is Managed<T> {
  return store.placement === 'managed';
}

/** The data store when AWS runs it; undefined when the box does, and without one. */
export function managed<T extends Placed>(store: T | undefined): Managed<T> | undefined {
  return store !== undefined && isManaged(store) ? store : undefined;
}

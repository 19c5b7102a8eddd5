/** Every name that is derived, once: what resolves an environment, what checks it and what builds it agree on them. */
export * from './containers';
export * from './environment';
export * from './fitted';
export * from './hosts';
export * from './operations';
export * from './previews';
export * from './states';
export * from './stored';

/** Every resource type that can cost something, with its formula. A new formula is a line in one of these registries. */
import type { Formula } from '../charge';
import { COMPUTE } from './compute';
import { CONTAINERS } from './containers';
import { DATA } from './data';
import { EDGE } from './edge';
import { NETWORK } from './network';
import { OPERATIONS } from './operations';
import { STORAGE } from './storage';

export const FORMULAS: Readonly<Record<string, Formula>> = {
  ...COMPUTE,
  ...CONTAINERS,
  ...DATA,
  ...NETWORK,
  ...STORAGE,
  ...EDGE,
  ...OPERATIONS,
};

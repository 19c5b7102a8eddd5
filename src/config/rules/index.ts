/** Every rule, in the order in which a person should read the findings. */
import type { Rule } from './rule';

export const RULES: readonly Rule[] = [];

/** Our own rules, in the order of the report. */
import { ACCESS_RULES } from './access-rules';
import { CONTAINER_RULES } from './container-rules';
import { IAM_RULES } from './iam';
import type { OwnRule } from './rule';
import { SECRET_RULES } from './secret-rules';

export const OWN_RULES: readonly OwnRule[] = [...CONTAINER_RULES, ...SECRET_RULES, ...ACCESS_RULES, ...IAM_RULES];

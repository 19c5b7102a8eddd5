/** The rules of the box tier. */
import type { Rule } from '../../../rules/rule';
import { ACCESS_RULES } from './access';
import { BACKUP_ALARM_RULES } from './backup-alarms';
import { CAPACITY_RULES } from './capacity';
import { CONTAINER_RULES } from './containers';
import { DATA_RULES } from './data';
import { RESERVED_RULES } from './reserved';
import { HOST_RULES } from './host';

export const BOX_RULES: readonly Rule[] = [
  ...HOST_RULES,
  ...CAPACITY_RULES,
  ...ACCESS_RULES,
  ...CONTAINER_RULES,
  ...DATA_RULES,
  ...BACKUP_ALARM_RULES,
  ...RESERVED_RULES,
];

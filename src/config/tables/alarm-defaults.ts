/**
 * Every alarm that Terrace knows: when it triggers unless an environment says otherwise, how missing data is treated, and what
 * to do about it. The only place for these figures; docs/alarms.md is generated from it.
 */
import type { AlarmDefault } from './alarms/alarm-default';
import { CLUSTER_ALARMS, HOST_ALARMS, SERVICE_ALARMS } from './alarms/compute-alarms';
import * as data from './alarms/data-alarms';
import * as traffic from './alarms/traffic-alarms';

export type { AlarmDefault, AlarmSubject, RelativeThreshold } from './alarms/alarm-default';

/** Alarm to its defaults. */
const ALARM_DEFAULTS = {
  ...SERVICE_ALARMS,
  ...traffic.LOAD_BALANCER_ALARMS,
  ...data.DATABASE_ALARMS,
  ...data.REPLICA_ALARMS,
  ...data.CACHE_ALARMS,
  ...data.EMAIL_ALARMS,
  ...data.QUEUE_ALARMS,
  ...data.SCHEDULE_ALARMS,
  ...traffic.NAT_GATEWAY_ALARMS,
  ...traffic.NAT_INSTANCE_ALARMS,
  ...traffic.CERTIFICATE_ALARMS,
  ...data.BACKUP_ALARMS,
  ...data.RESTORE_ALARMS,
  ...HOST_ALARMS,
  ...CLUSTER_ALARMS,
  ...traffic.DISTRIBUTION_ALARMS,
  ...traffic.HEALTH_CHECK_ALARMS,
};

export type AlarmKind = keyof typeof ALARM_DEFAULTS;

/** Every alarm, in the table's order. */
export const ALARM_KINDS = Object.keys(ALARM_DEFAULTS) as readonly AlarmKind[];

/** The defaults of one alarm. */
export function alarmDefault(kind: AlarmKind): AlarmDefault {
  return ALARM_DEFAULTS[kind];
}

/** The CloudWatch metrics of restore drills outside of a host: a state machine writes them, alarms and commands read them. */

/** The namespace of every metric below. */
export const RESTORE_NAMESPACE = 'Terrace/Restore';

/** Hours between two measurements; the alarm uses the same period. */
export const RESTORE_METRICS_HOURS = 6;

export const RESTORE_METRICS = {
  /** Hours since a drill last restored a recovery point and validated what it holds; before the first one, since there are drills. */
  provenAge: 'RestoreProvenAgeHours',
} as const;

/** What is restored: the managed database, or a file system. Part of names and of metrics. */
export type DrilledResource = 'database' | `files-${string}`;

export const DRILLED_DATABASE = 'database' satisfies DrilledResource;

/** @param key of the file system */
export function drilledFiles(key: string): DrilledResource {
  return `files-${key}`;
}

/** The dimensions of the metrics of one resource. */
export function restoreDimensions(environment: string, resource: DrilledResource): Readonly<Record<string, string>> {
  return { Environment: environment, Resource: resource };
}

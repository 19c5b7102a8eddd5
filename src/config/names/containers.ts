/** Names of containers, jobs and their log groups. Pure. */
import { type EnvironmentName, environmentPath } from './environment';
import { resourceName } from './fitted';

/** The job in every environment with a managed database that creates the logins of applications. */
export const DATABASE_INIT_KEY = 'database-init';

/** The annotation of a CronJob that holds, as JSON, the ExternalSecret with the master's login: it exists during a run only. */
export const LOGIN_ANNOTATION = 'terrace/login';

/** The job in every preview with a database that drops its database and logins. */
export const DATABASE_DROP_KEY = 'database-drop';

/**
 * The family of copies of a job's task definition with another image. With an underscore, which no name of a job has: otherwise it
 * could be the family of another job.
 */
export function imageRunFamily(family: string): string {
  return `${family}_release`;
}

/** The Step Functions state machine that runs a job on Fargate. */
export function jobStateMachineName(environment: string, job: string): string {
  return resourceName(environment, `${job}-job`, 'stateMachine');
}

/** The container of the OpenTelemetry collector in a task. */
export const COLLECTOR_KEY = 'collector';

/** The container of PgBouncer in a task. */
export const POOLER_KEY = 'pooler';

/** The name that AWS shows of a service, worker or job. */
export function containerName(environment: string, key: string, given?: string): string {
  return given ?? `${environment}-${key}`;
}

/** What decides about the log group of a container, besides its own field. */
export interface LogSettings extends EnvironmentName {
  readonly logs: { readonly group?: string };
}

/**
 * The log group of a container, or of another thing that writes logs.
 * @param given the container's own `logGroup`
 */
export function logGroupName(environment: LogSettings, key: string, given?: string): string {
  return given ?? environment.logs.group ?? `${environmentPath(environment)}/${key}`;
}

/** The log group of the host itself: nginx, system, backups. */
export function hostLogGroupName(environment: LogSettings): string {
  return logGroupName(environment, 'host');
}

/** The id of a log group inside its stack: its name without what an id cannot contain. */
export function logGroupId(name: string): string {
  return name
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .toLowerCase();
}

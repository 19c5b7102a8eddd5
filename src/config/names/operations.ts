/** Names of what notifies, restores and sleeps. Pure. */
import { resourceName } from './fitted';

/** The SNS topic of an environment's notices, in each region where something is monitored. */
export function noticesTopicName(environment: string): string {
  return `${environment}-notices`;
}

/** The SNS topic to which a cluster's Alertmanager reports that it works. */
export function watchdogTopicName(environment: string): string {
  return `${environment}-watchdog`;
}

/** The restore testing plan of one resource. AWS Backup admits letters, digits and underscores. */
export function restoreTestingPlanName(environment: string, resource: string): string {
  return resourceName(environment, resource, 'restoreTestingPlan').replaceAll('-', '_');
}

/** The state machine that validates what a drill has restored, the cluster of its containers, and their task definitions. */
export function restoreDrillName(environment: string): string {
  return resourceName(environment, 'restore-drill', 'stateMachine');
}

/** The state machines that switch an environment off and on. */
export function sleepStateMachineNames(environment: string): { readonly sleep: string; readonly wake: string } {
  return {
    sleep: resourceName(environment, 'sleep', 'stateMachine'),
    wake: resourceName(environment, 'wake', 'stateMachine'),
  };
}

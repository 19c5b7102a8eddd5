/**
 * The command that runs a job on the cluster, waits for it, and ends with its exit code. Pure.
 *
 * It contains neither double quotes, backslashes nor line breaks, so that it is the same text in `terraform output` and
 * `terraform output -raw`.
 */

import { LOGIN_ANNOTATION } from '../../config/names';

/** Seconds between two looks at a run. */
const POLLING_SECONDS = 5;

/** `EX_TEMPFAIL` of sysexits.h: nothing was started, try again later. */
const SKIPPED_EXIT_CODE = 75;

/** kubectl failed, not the job. */
const CALL_FAILED_EXIT_CODE = 70;

export interface RunnableJob {
  readonly namespace: string;
  readonly key: string;
  /** Kubernetes applies the policy of a CronJob only to runs of its schedule: the command looks itself. */
  readonly concurrency: 'allow' | 'forbid';
  /** Whether its secret exists during a run only (`workloads/login.ts`). @default false */
  readonly loginDuringRun?: boolean;
}

/** Time in which External Secrets reads a new secret. */
const SECRET_SECONDS = 60;

/** In parentheses: `exit` leaves the person's shell open. */
export function runJobCommand({ namespace, key, concurrency, loginDuringRun = false }: RunnableJob): string {
  const orStop = `|| exit ${CALL_FAILED_EXIT_CODE}`;
  const kubectl = `kubectl --namespace ${namespace}`;
  const lines = [
    ...(concurrency === 'allow'
      ? []
      : [
          `active=$(${kubectl} get jobs --selector app.kubernetes.io/name=${key} --output jsonpath='{.items[*].status.active}') ${orStop}`,
          `case $active in *[1-9]*) echo Another run is active: nothing was started.; exit ${SKIPPED_EXIT_CODE};; esac`,
        ]),
    ...(loginDuringRun
      ? [
          `trap '${kubectl} delete externalsecret ${key} --ignore-not-found' EXIT`,
          `${kubectl} get cronjob ${key} --output jsonpath='{.metadata.annotations.${LOGIN_ANNOTATION}}' | ${kubectl} apply --filename - ${orStop}`,
          `${kubectl} wait --for=condition=Ready externalsecret/${key} --timeout=${SECRET_SECONDS}s ${orStop}`,
        ]
      : []),
    // A Job's name is unique in its namespace, so it ends in the time.
    `run=${key}-$(date +%s)`,
    `${kubectl} create job --from=cronjob/${key} $run ${orStop}`,
    'state=; reason=',
    `while case $state in *Complete*|*Failed*) false;; esac; do sleep ${POLLING_SECONDS}; state=$(${kubectl} get job $run --output jsonpath='{.status.conditions[*].type}') ${orStop}; done`,
    `${kubectl} logs job/$run`,
    `code=$(${kubectl} get pods --selector job-name=$run --output jsonpath='{.items[-1:].status.containerStatuses[*].state.terminated.exitCode}')`,
    `reason=$(${kubectl} get job $run --output jsonpath='{.status.conditions[*].message}')`,
    'echo $state, exit code: $code $reason',
    'case $state in *Failed*) ;; *) exit 0;; esac',
    'case $code in [1-9]*) exit $code;; *) exit 1;; esac',
  ];
  return `( ${lines.join('; ')} )`;
}

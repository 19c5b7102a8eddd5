/**
 * The command that runs a job on Fargate, waits for it, and ends with its exit code. Pure.
 *
 * It contains neither double quotes, backslashes nor line breaks, so that it is the same text in `terraform output` and
 * `terraform output -raw`, and no braces after a dollar sign, which Terraform would read.
 */

/** What a run is started with. */
export interface RunnableJob {
  readonly region: string;
  readonly stateMachineArn: string;
  readonly logGroup: string;
  readonly logStreamPrefix: string;
}

/** Seconds between two looks at a run. */
const POLLING_SECONDS = 5;

/** `EX_TEMPFAIL` of sysexits.h: nothing was started, try again later. */
const SKIPPED_EXIT_CODE = 75;

/** The AWS CLI failed, not the job. */
const CALL_FAILED_EXIT_CODE = 70;

/** Starts one run of a job's newest revision and waits for its end. In parentheses: `exit` leaves the person's shell open. */
export function runJobCommand({ region, stateMachineArn, logGroup, logStreamPrefix }: RunnableJob): string {
  const describe = `aws stepfunctions describe-execution --region ${region} --execution-arn $run --output text --query`;
  const orStop = `|| exit ${CALL_FAILED_EXIT_CODE}`;
  const lines = [
    // Values are not expanded as file name patterns.
    'set -f',
    `run=$(aws stepfunctions start-execution --region ${region} --state-machine-arn ${stateMachineArn} --query executionArn --output text) ${orStop}`,
    'echo Started $run',
    `echo Log: aws logs tail ${logGroup} --region ${region} --log-stream-name-prefix ${logStreamPrefix}/ --since 1h`,
    `state=RUNNING; while [ $state = RUNNING ]; do sleep ${POLLING_SECONDS}; state=$(${describe} status) ${orStop}; done`,
    // Error and cause of a failed run, or its output: JSON, of which the quotes are dropped.
    `detail=$(${describe} '[error,cause,output]') ${orStop}`,
    `case $detail in *skipped*) echo Another run is active: nothing was started.; exit ${SKIPPED_EXIT_CODE};; esac`,
    `code=$(echo $detail | tr -cd '[:alnum:]:' | grep -o 'ExitCode:[0-9]*' | head -n 1 | cut -d : -f 2)`,
    'echo $state, exit code: $code',
    'if [ $state = SUCCEEDED ]; then exit 0; fi',
    `echo $detail | tr -cd '[:alnum:][:space:]:,._/()-' | grep -o 'Reason:[^,]*' || echo $detail`,
    `case $code in [1-9]*) exit $code;; *) exit 1;; esac`,
  ];
  return `( ${lines.join('; ')} )`;
}

/**
 * The command that runs a job on the host, waits for it, and ends with its exit code. Pure.
 *
 * It contains neither double quotes, backslashes nor line breaks, so that it is the same text in `terraform output` and
 * `terraform output -raw`.
 */
import { hostLine, type Host } from './commands';

/** Seconds between two looks at a run. */
const POLLING_SECONDS = 5;

/** What a run needs besides its own time: it may first pull its image. */
const PREPARATION_SECONDS = 900;

/** The AWS CLI failed, not the job. */
const CALL_FAILED_EXIT_CODE = 70;

/** In parentheses: `exit` leaves the person's shell open. */
export function runJobCommand(
  { region, instanceId, first }: Host,
  { key, timeoutSeconds }: { readonly key: string; readonly timeoutSeconds: number },
): string {
  const orStop = `|| exit ${CALL_FAILED_EXIT_CODE}`;
  const parameters = `'commands=[${hostLine.job(key)}],executionTimeout=[${timeoutSeconds + PREPARATION_SECONDS}]'`;
  const look = `aws ssm get-command-invocation --region ${region} --instance-id ${instanceId} --command-id $id --output text --query`;
  const lines = [
    ...(first === undefined ? [] : [`${first} ${orStop}`]),
    `id=$(aws ssm send-command --region ${region} --instance-ids ${instanceId} --document-name AWS-RunShellScript --parameters ${parameters} --query Command.CommandId --output text) ${orStop}`,
    'echo Started $id',
    'state=Pending',
    `while [ $state = Pending ] || [ $state = InProgress ] || [ $state = Delayed ]; do sleep ${POLLING_SECONDS}; state=$(${look} Status) ${orStop}; done`,
    `${look} '[StandardOutputContent,StandardErrorContent]'`,
    `code=$(${look} ResponseCode) ${orStop}`,
    'echo $state, exit code: $code',
    'if [ $state = Success ]; then exit 0; fi',
    'case $code in [1-9]*) exit $code;; *) exit 1;; esac',
  ];
  return `( ${lines.join('; ')} )`;
}

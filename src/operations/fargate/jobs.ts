/** Jobs on Fargate: an execution of the job's state machine, or with another image that of a copy of its task. */
import { explained } from '../../aws/errors';
import { jobOf, type JobRun, type JobRunner, type JobRunOptions } from '../job-runs';
import { checkAccount, type Target } from '../target';
import { runExecution } from './job-execution';
import { runWithImage } from './job-image';
import { jobStateMachineArn } from './job-placement';

export class FargateJobs implements JobRunner {
  constructor(
    private readonly target: Target,
    /** Seconds between two looks at a run. */
    private readonly everySeconds?: number,
  ) {}

  public async run(key: string, options: JobRunOptions): Promise<JobRun> {
    const { aws } = this.target;
    const job = jobOf(this.target, key);
    const stateMachineArn = jobStateMachineArn(this.target, await checkAccount(this.target), key);
    const context = { aws, key, stateMachineArn, logs: job.logs, everySeconds: this.everySeconds, options };
    const { image } = options;
    return explained(`running the job ${key}`, () =>
      image === undefined ? runExecution(context) : runWithImage({ ...context, image, job }),
    );
  }
}

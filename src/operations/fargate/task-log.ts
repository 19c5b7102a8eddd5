/** What the containers of tasks write, as it comes. */
import type { AwsClients } from '../../aws/clients';
import { LogReader } from '../logs/log-reader';

export interface TaskLogs {
  readonly group: string;
  readonly streamPrefix: string;
}

/** The last part of a task's ARN. */
export function taskId(arn: string): string {
  return arn.split('/').at(-1) ?? arn;
}

/** The lines of one container in tasks that are started one after the other. */
export class TaskLog {
  private readonly readers = new Map<string, LogReader>();

  constructor(
    private readonly aws: AwsClients,
    private readonly container: string,
    private readonly logs: TaskLogs,
    private readonly report: (line: string) => void,
  ) {}

  /** Shows the lines of this task too. */
  public follow(taskArn: string): void {
    const id = taskId(taskArn);
    if (this.readers.has(id)) return;
    // The driver of ECS names streams this way. Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html
    const streamPrefix = `${this.logs.streamPrefix}/${this.container}/${id}`;
    this.readers.set(id, new LogReader(this.aws, { group: this.logs.group, streamPrefix }, { since: 0 }));
  }

  public async show(): Promise<void> {
    for (const reader of this.readers.values()) for (const { message } of await reader.next()) this.report(message);
  }
}

/** `npm run move` from end to end: the command itself, with stubs of AWS and terraform, and killed where a test says. */
import { moveEnvironment, type MoveOptions } from '../../src/commands/move/move';
import type { EnvironmentFiles } from '../../src/cli/command';
import type { AwsFront } from './aws-front';
import { capture } from './command';
import type { Writer } from './database-move';
import type { StubTerraform } from './stub-terraform';

export interface MovedSystem {
  readonly files: EnvironmentFiles;
  /** The environment whose move it is. */
  readonly name: string;
  readonly output: string;
  readonly terraform: StubTerraform;
  /** Asked when a command begins. */
  readonly front: () => AwsFront;
  /** Status with which the names answer. @default 200 */
  readonly answers?: () => number;
}

const AS_BEGUN: Omit<MoveOptions, 'output'> = {
  ...{ live: false, secrets: false, leave: [], watch: 1, status: false, back: false, discardWrites: false, finish: false },
  ...{ takeOver: false, yes: true, json: false, dryRun: false },
};

export class PlayedMove {
  constructor(private readonly system: MovedSystem) {}

  /** @returns its exit code, or what it threw, and what it printed */
  public async run(options: Partial<MoveOptions> = {}) {
    const { files, name, output, terraform, front, answers = () => 200 } = this.system;
    const { io, printed } = capture(terraform.env());
    const given: MoveOptions = { ...AS_BEGUN, output, endpoint: front().endpoint, ...options };
    const parts = { ask: () => Promise.resolve(answers()), everySeconds: 60 };
    const end = await moveEnvironment({ files, io }, name, given, parts).catch((error: unknown) => String(error));
    return { end, ...printed() };
  }

  /** @returns what it printed as its result @throws Error with everything unless it ended with 0 */
  public async done(options: Partial<MoveOptions> = {}): Promise<string> {
    const { end, stdout, stderr } = await this.run(options);
    if (end !== 0) throw new Error(`${end}\n${stderr}\n${stdout}`);
    return stdout;
  }

  /** A kill: from the request on, the command reaches nothing any more, and what it has started goes on. */
  public async killedAt(at: AwsFront['cutAt'], options: Partial<MoveOptions> = {}): Promise<void> {
    const front = this.system.front();
    front.cutAt = at;
    const { end } = await this.run(options);
    expect([end === 0, front.wasCut]).toEqual([false, true]);
    front.mend();
  }
}

/** Writes that are acknowledged in a while. */
export async function writesIn(milliseconds: number, writer: Writer): Promise<number> {
  const before = writer.acknowledged.length;
  await new Promise((settle) => setTimeout(settle, milliseconds));
  return writer.acknowledged.length - before;
}

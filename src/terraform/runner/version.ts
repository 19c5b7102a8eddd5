/** Whether there is a terraform here that understands what Terrace writes. */
import { runCommand, type RunCommandOptions } from './run-command';

/** The oldest with write-only arguments and S3 lock files: `required_version` of every stack. */
const OLDEST = [1, 11] as const;

/** Why terraform cannot be used here, in one line; undefined when it can. */
export async function whyNoTerraform(options: RunCommandOptions = {}): Promise<string | undefined> {
  const { code, stdout } = await runCommand('terraform', ['version', '-json'], options);
  if (code === 127) return 'there is no terraform on the PATH';
  const version = /"terraform_version":\s*"(\d+)\.(\d+)[^"]*"/.exec(stdout);
  if (code !== 0 || version === null) return 'the terraform on the PATH does not say its version';
  const [major, minor] = [Number(version[1]), Number(version[2])];
  const isOld = major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
  return isOld ? `terraform ${major}.${minor} is older than ${OLDEST.join('.')}, which write-only arguments need` : undefined;
}

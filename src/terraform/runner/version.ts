/** The oldest Terraform that can run what Terrace writes, and whether this machine has it. */
import { runCommand, type RunCommandOptions } from './run-command';

/** The first version with write-only arguments and S3 lock files. Source: Terraform's changelog, 1.11. */
export const MINIMUM_TERRAFORM = '1.11';

/** `required_version` of every stack. */
export const REQUIRED_TERRAFORM = `>= ${MINIMUM_TERRAFORM}.0`;

/** Why Terraform cannot be used here, in one line; undefined when it can. */
export async function whyNoTerraform(options: RunCommandOptions = {}): Promise<string | undefined> {
  const { code, stdout } = await runCommand('terraform', ['version', '-json'], options);
  if (code === 127) return 'there is no terraform on the PATH';
  const [, version] = /"terraform_version":\s*"(\d+\.\d+)[^"]*"/.exec(stdout) ?? [];
  if (code !== 0 || version === undefined) return 'the terraform on the PATH does not report its version';
  return isOlder(version, MINIMUM_TERRAFORM)
    ? `terraform ${version} is older than ${MINIMUM_TERRAFORM}, which write-only arguments need`
    : undefined;
}

function isOlder(version: string, minimum: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [minimumMajor = 0, minimumMinor = 0] = minimum.split('.').map(Number);
  return major < minimumMajor || (major === minimumMajor && minor < minimumMinor);
}

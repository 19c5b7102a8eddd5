/** A secret that an environment declares: put by a person or generated, and rotated by a function where it names one. */
import { SecretsmanagerSecretRotation } from '@cdktf/provider-aws/lib/secretsmanager-secret-rotation';
import type { ITerraformDependable } from 'cdktf';
import type { Construct } from 'constructs';
import { shortHash } from '../../config/names';
import type { ResolvedSecret } from '../../config/resolved/environment';
import { ephemeralPassword } from '../../terraform/ephemeral-password';
import { Secret, type SecretProps } from './secret';

/** A generated value is written when this number changes, so never again. */
const VALUE_VERSION = 1;

export interface ApplicationSecretProps extends Omit<ResolvedSecret, 'readers'>, SecretProps {}

export class ApplicationSecret extends Secret {
  constructor(scope: Construct, id: string, props: ApplicationSecretProps) {
    super(scope, id, props);
    const value =
      props.value === 'generated' ? [this.createFirstValue({ text: this.generate(props), version: VALUE_VERSION })] : [];
    this.createRotation(props, value);
  }

  /** A separate random value for each JSON key. */
  private generate({ key, keys }: ApplicationSecretProps): string {
    const random = (name: string) => ephemeralPassword(this, name);
    if (keys === undefined) return random(`secret-${key}`);
    return JSON.stringify(Object.fromEntries(keys.map((jsonKey) => [jsonKey, random(`secret-${key}_${identifierOf(jsonKey)}`)])));
  }

  /** A secret that still waits for its value cannot be rotated at once. */
  private createRotation({ rotation, value }: ApplicationSecretProps, dependsOn: ITerraformDependable[]): void {
    if (rotation === undefined) return;
    new SecretsmanagerSecretRotation(this, 'rotation', {
      secretId: this.secretId,
      rotationLambdaArn: rotation.functionArn,
      rotationRules: { automaticallyAfterDays: rotation.afterDays },
      rotateImmediately: value === 'generated',
      dependsOn,
    });
  }
}

/** A JSON key as part of a Terraform identifier; two different keys get two identifiers. */
function identifierOf(jsonKey: string): string {
  const identifier = jsonKey.replace(/[^A-Za-z0-9_-]/g, '-');
  return identifier === jsonKey ? identifier : `${identifier}-${shortHash(jsonKey)}`;
}

/**
 * The shell command that reads the value from the terminal and puts it. The value is in no argument, so neither the history of
 * the shell nor the list of processes shows it.
 * @param emulator the URL of an emulator, instead of AWS
 */
export function putSecretCommand(
  region: string,
  { name, keys }: Pick<ResolvedSecret, 'name' | 'keys'>,
  emulator?: string,
): string {
  const endpoint = emulator === undefined ? '' : ` --endpoint-url ${emulator}`;
  const put = `aws secretsmanager put-secret-value --region ${region} --secret-id ${name} --secret-string file:///dev/stdin${endpoint}`;
  if (keys !== undefined) return `echo 'JSON object with the keys ${keys.join(', ')}, then Ctrl-D:'; ${put}`;
  // Without a field separator and without patterns, an unquoted value stays one word.
  return `(set -f; IFS=; printf 'Value (not shown): '; read -rs value; printf %s $value | ${put})`;
}

/** The SSM parameters that say which image runs: what they hold, what they held, and how they are written. */
import type { AwsClients } from '../../aws/clients';
import { explained } from '../../aws/errors';
import { CommandError } from '../../cli/errors';

export interface ParameterVersion {
  readonly version: number;
  readonly value: string;
  /** Part of what Terraform compares, so that a write has to repeat it. */
  readonly description?: string;
  readonly at?: Date;
  /** The ARN of who wrote it. */
  readonly by?: string;
}

/** All versions that SSM keeps (100), the newest last. @throws CommandError for a parameter that does not exist */
export async function versionsOf(aws: AwsClients, name: string): Promise<readonly [ParameterVersion, ...ParameterVersion[]]> {
  const ssm = await aws.ssm();
  const versions: ParameterVersion[] = [];
  let next: string | undefined;
  do {
    const page = await explained(`reading the history of ${name}`, () =>
      ssm.getParameterHistory({ Name: name, NextToken: next }),
    );
    for (const one of page.Parameters ?? [])
      versions.push({
        version: one.Version ?? 0,
        value: one.Value ?? '',
        description: one.Description,
        at: one.LastModifiedDate,
        by: one.LastModifiedUser,
      });
    next = page.NextToken;
  } while (next !== undefined);
  const [first, ...others] = versions.sort((one, other) => one.version - other.version);
  if (first === undefined) throw new CommandError(`the parameter ${name} has no value`);
  return [first, ...others];
}

export function newest(versions: readonly [ParameterVersion, ...ParameterVersion[]]): ParameterVersion {
  return versions.at(-1) ?? versions[0];
}

/** Writes a value, unless the parameter has it already. */
export async function writeParameter(aws: AwsClients, name: string, value: string): Promise<void> {
  const current = newest(await versionsOf(aws, name));
  if (current.value === value) return;
  const ssm = await aws.ssm();
  const { description } = current;
  await explained(`writing ${name}`, () =>
    ssm.putParameter({ Name: name, Value: value, Overwrite: true, Description: description }),
  );
}

/**
 * The values to which releases can go back, the nearest first. A value that came back replaces everything that followed it: what was
 * taken back is none to return to. Of A, B, A and C, the values before C are A.
 */
export function earlierValues(versions: readonly Pick<ParameterVersion, 'value'>[]): readonly string[] {
  const kept: string[] = [];
  for (const { value } of versions) {
    const before = kept.indexOf(value);
    if (before === -1) kept.push(value);
    else kept.length = before + 1;
  }
  return kept.slice(0, -1).reverse();
}

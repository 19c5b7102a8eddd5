/** `terraform init` of a stack. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Unavailable } from '../../cli/errors';
import { LOCK_FILE } from '../../terraform/provider-lock-set';
import type { Ran } from '../../terraform/runner/run-command';
import type { Terraform } from '../../terraform/runner/terraform';

/**
 * Exactly the providers of the lock file, where there is one.
 * @throws Unavailable without terraform
 */
export async function initialised(terraform: Terraform, folder: string): Promise<Ran> {
  const lockFile = existsSync(join(folder, LOCK_FILE)) ? ['-lockfile=readonly'] : [];
  const init = await terraform.init(folder, ...lockFile);
  if (init.code === 127) throw new Unavailable('there is no terraform on the PATH');
  return init;
}

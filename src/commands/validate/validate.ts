/** Has Terraform validate every stack, one after the other, and skips where that is impossible. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandContext } from '../../cli/command';
import { Unavailable } from '../../cli/errors';
import { readModules, stackFolder } from '../../synthesis/output-folder';
import { run as synthesise } from '../../synthesis/run';
import { MODULE_FILE, requiredProviders } from '../../terraform/root-module';
import { pluginsOf, Terraform } from '../../terraform/runner/terraform';
import { whyNoTerraform } from '../../terraform/runner/version';

export interface ValidateOptions {
  /** Where a skipped test would be taken for a passed one, such as in a workflow. */
  readonly required: boolean;
}

/**
 * @returns 0 when every stack is valid or the test is skipped, 1 otherwise
 * @throws Unavailable when it would be skipped and is required
 */
export async function validateStacks({ files, io }: CommandContext, { required }: ValidateOptions): Promise<0 | 1> {
  const skip = (reason: string): 0 => {
    if (required) throw new Unavailable(reason);
    io.stdout.write(`terraform validate: skipped, because ${reason}\n`);
    return 0;
  };
  const missing = await whyNoTerraform({ env: io.env });
  if (missing !== undefined) return skip(missing);
  const scratch = mkdtempSync(join(tmpdir(), 'terrace-validate-'));
  try {
    const outdir = join(scratch, 'cdktf.out');
    const { failed } = await synthesise({
      files,
      selected: Object.keys(files),
      outdir,
      format: 'json',
      progress: { write: () => undefined },
      keepEarlier: false,
    });
    for (const { report } of failed) io.stderr.write(`${report}\n`);
    if (failed.length > 0) return 1;
    const modules = readModules(outdir);
    const terraform = new Terraform({ env: io.env, plugins: pluginsOf(io.env) });
    const unavailable = await terraform.whyNoProviders(join(scratch, 'providers'), requiredProviders(...modules.values()));
    if (unavailable !== undefined) return skip(unavailable);

    let invalid = 0;
    for (const id of modules.keys()) {
      const problem = await problemOf(terraform, join(scratch, id), join(stackFolder(outdir, id), MODULE_FILE));
      io.stdout.write(`${problem === undefined ? 'valid  ' : 'INVALID'} ${id}\n${problem ?? ''}`);
      if (problem !== undefined) invalid += 1;
    }
    io.stdout.write(`terraform validate: ${modules.size - invalid} stacks passed, ${invalid} failed\n`);
    return invalid === 0 ? 0 : 1;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What Terraform prints about an invalid module; undefined for a valid one. The folder is removed: providers are large. */
async function problemOf(terraform: Terraform, folder: string, module: string): Promise<string | undefined> {
  mkdirSync(folder);
  copyFileSync(module, join(folder, MODULE_FILE));
  const init = await terraform.init(folder, '-backend=false');
  const { code, stdout, stderr } = init.code === 0 ? await terraform.run(folder, 'validate', '-no-color') : init;
  rmSync(folder, { recursive: true });
  return code === 0 ? undefined : `${stdout}${stderr}\n`;
}

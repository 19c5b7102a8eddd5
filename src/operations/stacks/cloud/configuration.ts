/** A stack's module as a configuration of its workspace. */
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { LOCK_FILE } from '../../../terraform/provider-lock-set';
import { MODULE_FILE } from '../../../terraform/root-module';
import { runCommand } from '../../../terraform/runner/run-command';
import { CloudProblem, LONGEST_PREPARATION, LOOK_EVERY, type CloudApi } from './api';

const created = z.object({ id: z.string(), attributes: z.object({ 'upload-url': z.string().nullish() }).default({}) });
const processed = z.object({ attributes: z.object({ status: z.string(), 'error-message': z.string().nullish() }) });

/**
 * Uploads the module and the lock file of its providers, and nothing else of the folder.
 * @param speculative a configuration whose runs can never be applied
 * @returns the id of the configuration
 */
export async function uploadConfiguration(
  api: CloudApi,
  { workspace, folder, speculative }: { readonly workspace: string; readonly folder: string; readonly speculative: boolean },
): Promise<string> {
  const { id, attributes } = created.parse(
    await api.json('POST', `workspaces/${workspace}/configuration-versions`, {
      body: { data: { type: 'configuration-versions', attributes: { 'auto-queue-runs': false, speculative } } },
    }),
  );
  await upload(api, folder, attributes['upload-url'] ?? '');
  await untilUploaded(api, id);
  return id;
}

async function upload(api: CloudApi, folder: string, address: string): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), 'terrace-upload-'));
  try {
    const files = [MODULE_FILE, LOCK_FILE].filter((file) => existsSync(join(folder, file)));
    for (const file of files) copyFileSync(join(folder, file), join(scratch, file));
    const { code, stderr } = await runCommand('tar', ['-czf', 'configuration.tar.gz', ...files], { cwd: scratch });
    if (code !== 0) throw new CloudProblem(`${folder} cannot be packed: ${stderr.trim()}`);
    await api.signed(address, new Uint8Array(readFileSync(join(scratch, 'configuration.tar.gz'))));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function untilUploaded(api: CloudApi, version: string): Promise<void> {
  for (let waited = 0; waited <= LONGEST_PREPARATION; waited += LOOK_EVERY) {
    const { attributes } = processed.parse(await api.json('GET', `configuration-versions/${version}`));
    if (attributes.status === 'uploaded') return;
    if (attributes.status === 'errored')
      throw new CloudProblem(
        `HCP Terraform cannot read the configuration: ${attributes['error-message'] ?? 'it gives no reason'}`,
      );
    await api.pause(LOOK_EVERY);
  }
  throw new CloudProblem('HCP Terraform did not process the configuration within a minute');
}

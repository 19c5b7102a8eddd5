/** API-driven runs in Terraform Cloud: a stack's folder is uploaded as a configuration, planned and, on request, applied. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { CommandError } from '../../cli/errors';
import { readModule } from '../../terraform/root-module';
import { runCommand } from '../../terraform/runner/run-command';

/** A stack's workspace, from the `cloud` block of its module. */
export interface Workspace {
  readonly hostname: string;
  readonly organization: string;
  readonly name: string;
}

const moduleSchema = z.object({
  terraform: z.object({
    cloud: z.object({ hostname: z.string(), organization: z.string(), workspaces: z.object({ name: z.string() }) }),
  }),
});

/** @throws CommandError for a stack with another backend */
export function workspaceOf(folder: string): Workspace {
  const parsed = moduleSchema.safeParse(readModule(folder));
  if (!parsed.success)
    throw new CommandError(`${folder} has no Terraform Cloud workspace: its environment has another backend`, 2);
  const { hostname, organization, workspaces } = parsed.data.terraform.cloud;
  return { hostname, organization, name: workspaces.name };
}

const resource = z.object({
  data: z.object({
    id: z.string(),
    attributes: z.looseObject({ status: z.string().optional(), 'upload-url': z.string().nullish() }).default({}),
    relationships: z.looseObject({ plan: z.object({ data: z.object({ id: z.string() }) }).optional() }).optional(),
  }),
});

type Resource = z.output<typeof resource>['data'];

/** A run that has been planned. */
export interface PlannedRun {
  readonly id: string;
  /** The plan in the format of `terraform show -json`. */
  readonly planJson: string;
  /** Whether it has changes to apply. */
  readonly canApply: boolean;
}

/** States of a run that do not change without an action. Source: HCP Terraform API, "Run states". */
const PLANNED = new Set([
  'planned',
  'cost_estimated',
  'policy_checked',
  'policy_override',
  'post_plan_completed',
  'planned_and_finished',
  'planned_and_saved',
]);
const APPLIED = new Set(['applied']);
const STOPPED = new Set(['errored', 'discarded', 'canceled', 'force_canceled', 'policy_soft_failed']);

export interface CloudOptions {
  readonly token: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Replaces `https://<hostname>`; tests set it. */
  readonly api?: string;
  /** Milliseconds between two requests for the state of a run. @default 5000 */
  readonly pollMs?: number;
}

export class TerraformCloud {
  constructor(
    private readonly workspace: Workspace,
    private readonly options: CloudOptions,
  ) {}

  /** Uploads a folder and plans it. A speculative run cannot be applied and does not block the workspace. */
  public async plan(folder: string, message: string, speculative: boolean): Promise<PlannedRun> {
    const { organization, name } = this.workspace;
    const workspace = await this.resource('GET', `organizations/${organization}/workspaces/${name}`);
    const version = await this.resource('POST', `workspaces/${workspace.id}/configuration-versions`, {
      data: { type: 'configuration-versions', attributes: { 'auto-queue-runs': false, speculative } },
    });
    await this.upload(folder, version.attributes['upload-url'] ?? '');
    await this.until(`configuration-versions/${version.id}`, new Set(['uploaded']));
    const relation = (type: string, id: string): unknown => ({ data: { type, id } });
    const run = await this.resource('POST', 'runs', {
      data: {
        type: 'runs',
        attributes: { message, 'auto-apply': false },
        relationships: {
          workspace: relation('workspaces', workspace.id),
          'configuration-version': relation('configuration-versions', version.id),
        },
      },
    });
    const planned = await this.until(`runs/${run.id}`, PLANNED);
    const plan = planned.relationships?.plan?.data.id ?? '';
    const response = await this.send('GET', `plans/${plan}/json-output`);
    return { id: run.id, planJson: await response.text(), canApply: planned.attributes.status !== 'planned_and_finished' };
  }

  public async apply(run: PlannedRun, comment: string): Promise<void> {
    await this.send('POST', `runs/${run.id}/actions/apply`, { comment });
    await this.until(`runs/${run.id}`, APPLIED);
  }

  /** Discards a run, which blocks its workspace until then. */
  public async discard(run: PlannedRun, comment: string): Promise<void> {
    await this.send('POST', `runs/${run.id}/actions/discard`, { comment });
  }

  private async upload(folder: string, url: string): Promise<void> {
    const scratch = mkdtempSync(join(tmpdir(), 'terrace-upload-'));
    try {
      const archive = join(scratch, 'configuration.tar.gz');
      const { code, stderr } = await runCommand('tar', ['--exclude=.terraform', '-czf', archive, '-C', folder, '.'], {
        env: this.options.env,
      });
      if (code !== 0) throw new CommandError(`${folder} cannot be packed: ${stderr.trim()}`);
      // The URL is signed and needs no token.
      const response = await fetch(url, {
        method: 'PUT',
        headers: { 'Content-Type': 'application/octet-stream' },
        body: readFileSync(archive),
      });
      if (!response.ok) throw new CommandError(`Terraform Cloud answered ${response.status} to the upload of ${folder}`);
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  }

  /** Waits for one of the states. @throws CommandError when the object ends in another state */
  private async until(path: string, wanted: ReadonlySet<string>): Promise<Resource> {
    for (;;) {
      const found = await this.resource('GET', path);
      const status = found.attributes.status ?? '';
      if (wanted.has(status)) return found;
      if (STOPPED.has(status)) throw new CommandError(`${this.workspace.name}: Terraform Cloud ended ${path} with "${status}"`);
      await new Promise((wake) => setTimeout(wake, this.options.pollMs ?? 5000));
    }
  }

  private async resource(method: string, path: string, body?: unknown): Promise<Resource> {
    return resource.parse(await (await this.send(method, path, body)).json()).data;
  }

  private async send(method: string, path: string, body?: unknown): Promise<Response> {
    const { api = `https://${this.workspace.hostname}`, token } = this.options;
    const response = await fetch(`${api}/api/v2/${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/vnd.api+json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (response.ok) return response;
    throw new CommandError(
      `Terraform Cloud answered ${response.status} to ${method} ${path} (${this.workspace.name}): ${(await response.text()).slice(0, 300)}`,
    );
  }
}

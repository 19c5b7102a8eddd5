/** API-driven runs of a workspace: a configuration is uploaded, planned and, on request, applied. */
import { z } from 'zod';
import type { Applied } from '../../../terraform/runner/apply-log';
import { CloudApi, CloudProblem, isRefused, LONGEST_PREPARATION, LOOK_EVERY, type CloudConnection } from './api';
import { uploadConfiguration } from './configuration';
import { readPlanJson, type PlanJson } from './plan-json';
import { errorText, GrowingLog } from './run-log';
import { isApplying, isOver, phaseOf, runSchema, type Run } from './run-states';
import { runAddressOf, type Workspace } from './workspace';

const withLog = z.object({ attributes: z.object({ status: z.string(), 'log-read-url': z.string().nullish() }) });
const workspaceSchema = z.object({
  id: z.string(),
  relationships: z.looseObject({ 'current-state-version': z.object({ data: z.unknown().optional() }).optional() }).default({}),
});
const stateVersion = z.object({
  attributes: z.object({ 'resources-processed': z.boolean().optional(), resources: z.array(z.unknown()).nullish() }),
});

/** Milliseconds until a plan, or an apply, is given up. */
const LONGEST_PLAN = 40 * 60_000;
const LONGEST_APPLY = 170 * 60_000;

/** Terraform could not plan: its errors, in the form of its own output. */
export class PlanFailed extends CloudProblem {
  constructor(
    message: string,
    public readonly output: string,
  ) {
    super(message);
    this.name = 'PlanFailed';
  }
}

export interface StartOptions {
  readonly message: string;
  /** A speculative run can never be applied, and does not block the workspace. */
  readonly speculative: boolean;
  /** Plans to destroy everything. @default false */
  readonly destroy?: boolean;
  /** Addresses; with any, only these resources and what they need are planned. @default none */
  readonly only?: readonly string[];
}

export class CloudRuns {
  private readonly api: CloudApi;
  /** Also after an interruption. */
  private readonly ending: CloudApi;
  private readonly signal: AbortSignal | undefined;

  /** @param report receives what happens, line by line */
  constructor(
    private readonly workspace: Workspace,
    { signal, ...connection }: Omit<CloudConnection, 'hostname'>,
    private readonly report: (line: string) => void,
  ) {
    const { hostname } = workspace;
    this.api = new CloudApi({ hostname, ...connection, signal });
    this.signal = signal;
    this.ending = new CloudApi({ hostname, ...connection });
  }

  public addressOf({ id }: Pick<Run, 'id'>): string {
    return runAddressOf(this.workspace, id);
  }

  /** Uploads the module of a folder and starts a run of it. */
  public async start(folder: string, { message, speculative, destroy = false, only = [] }: StartOptions): Promise<Run> {
    const workspace = await this.workspaceId();
    const version = await uploadConfiguration(this.api, { workspace, folder, speculative });
    const related = (type: string, id: string): unknown => ({ data: { type, id } });
    const body = {
      data: {
        type: 'runs',
        attributes: {
          message,
          'auto-apply': false,
          'plan-only': speculative,
          ...(destroy ? { 'is-destroy': true } : {}),
          ...(only.length === 0 ? {} : { 'target-addrs': only }),
        },
        relationships: {
          workspace: related('workspaces', workspace),
          'configuration-version': related('configuration-versions', version),
        },
      },
    };
    try {
      return runSchema.parse(await this.api.json('POST', 'runs', { body, once: true }));
    } catch (error) {
      // Without an answer it may exist all the same, and would block the workspace.
      const lost = speculative ? undefined : await this.runOf(workspace, version).catch(() => undefined);
      if (lost === undefined) throw error;
      return lost;
    }
  }

  /**
   * Waits until the plan can be confirmed, or until a speculative run is over.
   * @throws PlanFailed when Terraform could not plan
   */
  public async untilPlanned(run: Run): Promise<Run> {
    const planned = await this.until(run, LONGEST_PLAN, (one) => phaseOf(one) !== 'moving');
    const phase = phaseOf(planned);
    if (phase === 'overridable')
      throw new CloudProblem('a policy of the organization has failed, and only a person can override it');
    if (phase === 'ended') throw await this.whyNotPlanned(planned);
    return planned;
  }

  /** @throws CloudProblem when the token may not read it */
  public planJson(run: Run, { speculative }: Pick<StartOptions, 'speculative'>): Promise<PlanJson> {
    return readPlanJson(this.api, run, { mayBeRedacted: speculative });
  }

  /** Applies the plan of a run. @returns how far it came, and why it did not succeed */
  public async apply(run: Run, comment: string, report: (line: string) => void): Promise<Applied & { readonly why?: string }> {
    const { attributes } = run;
    if (phaseOf(run) !== 'confirmable')
      throw new CloudProblem(`the run cannot be confirmed: its state is "${attributes.status}"`);
    if (attributes.permissions?.['can-apply'] === false)
      throw new CloudProblem(`the token may not apply: its team needs the permission Admin on the workspace`);
    await this.confirm(run, comment);
    const log = new GrowingLog(report);
    const follow = async (): Promise<string> => {
      const text = await this.logOf('applies', run.relationships.apply?.data?.id);
      log.add(text);
      return text;
    };
    const meanwhile = (): Promise<unknown> => follow().catch(() => undefined);
    const over = await this.until(run, LONGEST_APPLY, isOver, { meanwhile }).catch(async (error: unknown) => {
      if (this.signal?.aborted !== true) throw error;
      report('interrupted: the run is cancelled; terraform finishes what it is doing and saves its state');
      await this.abandon(run, 'interrupted', { applying: true });
      return this.until(run, LONGEST_APPLY, isOver, { meanwhile, api: this.ending });
    });
    const applied = log.end(await follow().catch(() => ''));
    return phaseOf(over) === 'applied' ? applied : { ...applied, why: `the run ended with "${over.attributes.status}"` };
  }

  /**
   * Discards a run that waits, or cancels one that plans: it would block its workspace.
   * @param applying whether an apply is cancelled too
   */
  public async abandon({ id }: Run, comment: string, { applying = false } = {}): Promise<void> {
    for (let waited = 0; waited <= LONGEST_PREPARATION; waited += LOOK_EVERY) {
      const run = runSchema.parse(await this.ending.json('GET', `runs/${id}`));
      if (isOver(run)) return;
      if (!applying && isApplying(run)) throw new CloudProblem('the run is applying and goes on');
      const { 'is-discardable': discardable, 'is-cancelable': cancelable } = run.attributes.actions;
      const action = discardable ? 'discard' : cancelable ? 'cancel' : undefined;
      if (action !== undefined) {
        const done = await this.ending.send('POST', `runs/${id}/actions/${action}`, { body: { comment } }).then(
          () => true,
          // Its state changed meanwhile: it is looked at again.
          (error: unknown) => {
            if (error instanceof CloudProblem && error.status === 409) return false;
            throw error;
          },
        );
        if (done) return;
      }
      await this.ending.pause(LOOK_EVERY);
    }
    throw new CloudProblem(`the run could not be discarded, and blocks its workspace`);
  }

  /** Whether the workspace has never had a resource. An unreadable state is not an empty one. */
  public async isEmpty(): Promise<boolean> {
    const { id, relationships } = await this.show();
    const current = relationships['current-state-version'];
    if (current !== undefined && (current.data === null || current.data === undefined)) return true;
    const { attributes } = stateVersion.parse(await this.api.json('GET', `workspaces/${id}/current-state-version`));
    return attributes['resources-processed'] === true && attributes.resources?.length === 0;
  }

  private async show(): Promise<z.output<typeof workspaceSchema>> {
    const { organization, name } = this.workspace;
    const path = `organizations/${encodeURIComponent(organization)}/workspaces/${encodeURIComponent(name)}`;
    const found = await this.api.json('GET', path).catch((error: unknown) => {
      throw isRefused(error)
        ? new CloudProblem(
            `there is no workspace ${organization}/${name}, or the token's team has no access to it: create it with \`terraform init\` in the stack's folder (docs/terraform-cloud.md)`,
            error.status,
          )
        : error;
    });
    return workspaceSchema.parse(found);
  }

  private async workspaceId(): Promise<string> {
    return (await this.show()).id;
  }

  private async runOf(workspace: string, version: string): Promise<Run | undefined> {
    const runs = z.array(runSchema).parse(await this.ending.json('GET', `workspaces/${workspace}/runs?page%5Bsize%5D=20`));
    return runs.find(({ relationships }) => relationships['configuration-version']?.data?.id === version);
  }

  private async until(
    { id }: Run,
    longest: number,
    isReached: (run: Run) => boolean,
    { meanwhile, api = this.api }: { readonly meanwhile?: () => Promise<unknown>; readonly api?: CloudApi } = {},
  ): Promise<Run> {
    let shown = '';
    for (let waited = 0; ; waited += LOOK_EVERY) {
      const run = runSchema.parse(await api.json('GET', `runs/${id}`));
      const { status } = run.attributes;
      if (status !== shown) this.report(`  ${status.replaceAll('_', ' ')}`);
      shown = status;
      await meanwhile?.();
      if (isReached(run)) return run;
      if (waited >= longest) throw new CloudProblem(`it is still "${status}" after ${longest / 60_000} minutes`);
      await api.pause(LOOK_EVERY);
    }
  }

  private async confirm(run: Run, comment: string): Promise<void> {
    try {
      await this.api.send('POST', `runs/${run.id}/actions/apply`, { body: { comment } });
    } catch (error) {
      if (!(error instanceof CloudProblem) || error.status !== 409) throw error;
      // A repeated request finds the run confirmed by the first one.
      const now = runSchema.parse(await this.api.json('GET', `runs/${run.id}`));
      if (!isApplying(now) && !isOver(now)) throw error;
    }
  }

  private async logOf(kind: 'plans' | 'applies', id: string | undefined): Promise<string> {
    if (id === undefined) return '';
    const { attributes } = withLog.parse(await this.api.json('GET', `${kind}/${id}`));
    const address = attributes['log-read-url'];
    return address === null || address === undefined ? '' : (await this.api.signed(address)).text();
  }

  private async whyNotPlanned({ attributes: { status }, relationships: { plan } }: Run): Promise<CloudProblem> {
    const id = plan?.data?.id;
    const ended = `the run ended with "${status}"`;
    if (id === undefined) return new CloudProblem(ended);
    const { attributes } = withLog.parse(await this.api.json('GET', `plans/${id}`));
    // A policy, a run task or a cost estimate refused what Terraform had planned.
    if (attributes.status === 'finished')
      return new CloudProblem(`${ended} after the plan: a policy or a run task of the organization refuses it`);
    const output = errorText(await this.logOf('plans', id).catch(() => ''));
    return new PlanFailed([ended, output].filter((text) => text !== '').join('\n\n'), output);
  }
}

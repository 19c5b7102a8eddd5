/** The plan of a run in the format of `terraform show -json`. */
import { z } from 'zod';
import { CloudProblem, isRefused, LONGEST_PREPARATION, LOOK_EVERY, type CloudApi } from './api';
import type { Run } from './run-states';

export interface PlanJson {
  readonly json: string;
  /** Whether sensitive values are left out, so that it cannot be compared with the plan that is applied. */
  readonly isRedacted: boolean;
}

/**
 * Only teams with the permission Admin may read the plan. For others there is the form without sensitive values, which the
 * Terraform command line shows after a remote plan; the API reference does not have it.
 * @param mayBeRedacted whether this form is good enough: for a plan that is shown, and not applied
 * @throws CloudProblem when the token may read neither
 */
export async function readPlanJson(
  api: CloudApi,
  { relationships: { plan } }: Run,
  { mayBeRedacted }: { readonly mayBeRedacted: boolean },
): Promise<PlanJson> {
  const id = plan?.data?.id ?? '';
  try {
    return { json: await download(api, `plans/${id}/json-output`), isRedacted: false };
  } catch (error) {
    if (!isRefused(error)) throw error;
    const redacted = mayBeRedacted ? await download(api, `plans/${id}/json-output-redacted`).catch(refusedIsNone) : undefined;
    if (redacted !== undefined) return { json: withFormatVersion(redacted), isRedacted: true };
    throw new CloudProblem(
      `the token may not read the plan as JSON (${error.status}): its team needs the permission Admin on the workspace`,
      error.status,
    );
  }
}

/** What a redirect leads to. */
async function download(api: CloudApi, path: string): Promise<string> {
  for (let waited = 0; waited <= LONGEST_PREPARATION; waited += LOOK_EVERY) {
    const response = await api.send('GET', path);
    const location = response.headers.get('location');
    if (location !== null) return (await api.signed(new URL(location, response.url).href)).text();
    if (response.status === 200) return response.text();
    // 204: it is being written.
    await api.pause(LOOK_EVERY);
  }
  throw new CloudProblem('the plan as JSON was not ready after a minute');
}

function refusedIsNone(error: unknown): undefined {
  if (!isRefused(error)) throw error;
}

const versions = z.looseObject({ format_version: z.string().optional(), plan_format_version: z.string().optional() });

/** The form without sensitive values may name the version of the format otherwise. */
function withFormatVersion(json: string): string {
  const plan = versions.parse(JSON.parse(json));
  return JSON.stringify({ ...plan, format_version: plan.format_version ?? plan.plan_format_version });
}

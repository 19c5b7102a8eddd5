/** The workspace of a stack in HCP Terraform (Terraform Cloud) or Terraform Enterprise. Pure. */
import { z } from 'zod';
import type { RootModule } from '../../../terraform/root-module';

/** From the `cloud` block of the stack's module. */
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

/** @returns undefined for a stack with another backend */
export function workspaceOf(module: RootModule | undefined): Workspace | undefined {
  const parsed = moduleSchema.safeParse(module);
  if (!parsed.success) return undefined;
  const { hostname, organization, workspaces } = parsed.data.terraform.cloud;
  return { hostname, organization, name: workspaces.name };
}

/** The page of a run, in the form that the Terraform command line prints. */
export function runAddressOf({ hostname, organization, name }: Workspace, run: string): string {
  return `https://${hostname}/app/${organization}/${name}/runs/${run}`;
}

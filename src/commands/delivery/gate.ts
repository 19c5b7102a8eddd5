/**
 * Whether GitHub lets only reviewed changes reach a role: the rules of the GitHub environments whose jobs may apply, and the
 * settings that would let a workflow approve its own change. GitHub creates a missing environment, without rules, for the first
 * job that names it, so this is checked before.
 */
import { z } from 'zod';
import type { GithubClient } from './github-client';

const environment = z.object({
  can_admins_bypass: z.boolean().default(true),
  protection_rules: z
    .array(
      z.object({
        type: z.string(),
        prevent_self_review: z.boolean().default(false),
        reviewers: z.array(z.unknown()).default([]),
      }),
    )
    .default([]),
  deployment_branch_policy: z.object({ protected_branches: z.boolean(), custom_branch_policies: z.boolean() }).nullish(),
});
const branchPolicies = z.object({
  branch_policies: z.array(z.object({ name: z.string(), type: z.string().default('branch') })),
});
const branches = z.array(z.object({ name: z.string() }));
const repository = z.object({ default_branch: z.string(), private: z.boolean().default(true) });
const workflowSettings = z.object({ can_approve_pull_request_reviews: z.boolean() });

/** The GitHub environment whose jobs assume the plan role, which reads every state. */
export const PLAN_ENVIRONMENT = 'plan';

export interface GateQuestion {
  /** The GitHub environment whose jobs assume the apply role: the name of the environment. */
  readonly environment: string;
  /** Who approves: with `reviewers`, the GitHub environment `<environment>-approval` is checked too. */
  readonly approval: 'reviewers' | 'dispatch';
  /** Whether the environment is protected: then an approval by the person who asked for it, or past the rules, is refused. */
  readonly isProtected: boolean;
  /** The name of a token of HCP Terraform that a job without a GitHub environment can see. */
  readonly exposedToken?: string;
}

export interface GateVerdict {
  /** What has to be corrected before a deployment. */
  readonly refused: readonly string[];
  /** What is worth correcting, or could not be checked. */
  readonly notes: readonly string[];
}

/**
 * @param github with a workflow's token: `actions: read` and `contents: read`
 * @param settings with a token that may read the repository's settings (`Administration: read`), which no workflow's token may
 */
export async function checkGate(
  { environment: name, approval, isProtected, exposedToken }: GateQuestion,
  github: GithubClient,
  settings: GithubClient,
): Promise<GateVerdict> {
  const { default_branch: main, private: isPrivate } = repository.parse(await github.send('GET', ''));
  const refused: string[] = [];
  const notes: string[] = [];
  if (exposedToken !== undefined)
    refused.push(
      `${exposedToken} is a secret of the repository or the organization, and every branch can use it: store it in the GitHub environments instead (docs/terraform-cloud.md)`,
    );
  const names = approval === 'reviewers' ? [PLAN_ENVIRONMENT, name, `${name}-approval`] : [PLAN_ENVIRONMENT, name];
  for (const one of names) {
    const found = await github.find(`environments/${encodeURIComponent(one)}`);
    if (found === undefined) {
      refused.push(
        `the GitHub environment ${one} does not exist: create it in Settings, Environments, for the branch ${main} only`,
      );
      continue;
    }
    const rules = environment.parse(found);
    refused.push(...(await whyOtherBranches(one, rules, main, github)));
    const review = rules.protection_rules.find(({ type }) => type === 'required_reviewers');
    if (one === `${name}-approval` && (review === undefined || review.reviewers.length === 0))
      refused.push(noReviewers(one, isPrivate));
    if (review === undefined) continue;
    const bypasses = [
      ...(review.prevent_self_review
        ? []
        : [`${one}: the person who starts a deployment can approve it: tick "Prevent self-review"`]),
      ...(rules.can_admins_bypass
        ? [`${one}: administrators can skip the review: untick "Allow administrators to bypass configured protection rules"`]
        : []),
    ];
    (isProtected ? refused : notes).push(...bypasses);
  }
  const permissions = await settings.find('actions/permissions/workflow', { forbidden: true });
  if (permissions === undefined)
    notes.push(
      'whether workflows may approve pull requests could not be checked: no token of a workflow may read it. Untick "Allow GitHub Actions to create and approve pull requests" in Settings, Actions, or store a token with "Administration: read" as TERRACE_SETTINGS_TOKEN',
    );
  else if (workflowSettings.parse(permissions).can_approve_pull_request_reviews)
    refused.push(
      'workflows may approve pull requests, so a pushed branch can approve itself: untick "Allow GitHub Actions to create and approve pull requests" in Settings, Actions, General',
    );
  return { refused, notes };
}

/** Why a branch other than the default one may deploy. */
async function whyOtherBranches(
  name: string,
  { deployment_branch_policy: policy }: z.output<typeof environment>,
  main: string,
  github: GithubClient,
): Promise<readonly string[]> {
  const fix = `choose "Selected branches and tags" and the branch ${main} only`;
  if (policy === null || policy === undefined) return [`${name}: every branch may deploy: ${fix}`];
  if (policy.protected_branches) {
    const others = branches
      .parse(await github.send('GET', 'branches?protected=true&per_page=100'))
      .map((branch) => branch.name)
      .filter((branch) => branch !== main);
    return others.length === 0 ? [] : [`${name}: the protected branches ${others.join(', ')} may deploy too: ${fix}`];
  }
  const { branch_policies: allowed } = branchPolicies.parse(
    await github.send('GET', `environments/${encodeURIComponent(name)}/deployment-branch-policies?per_page=100`),
  );
  const others = allowed.filter((one) => one.type !== 'branch' || one.name !== main);
  if (others.length > 0)
    return [`${name}: ${others.map((one) => `the ${one.type} ${one.name}`).join(', ')} may deploy too: ${fix}`];
  return allowed.length === 0 ? [`${name}: no branch may deploy: ${fix}`] : [];
}

function noReviewers(name: string, isPrivate: boolean): string {
  const plan = isPrivate
    ? `. In a private repository this needs GitHub Enterprise; without it, set delivery: { approval: { kind: 'dispatch', approvers: [...] } } in the environment file`
    : '';
  return `${name} has no required reviewers: add them in Settings, Environments${plan}`;
}

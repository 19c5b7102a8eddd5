/** Rules about the GitHub workflows of an environment. */
import { findingIf } from './finding';
import { defineRule, type Rule } from './rule';

const clusterPlans = defineRule({
  id: 'delivery-without-cluster',
  severity: 'refusal',
  summary: "`delivery.planInPullRequests: 'without-cluster'` needs the tier `kubernetes`, now or next.",
  reads: ['delivery', 'tier', 'nextTier'],
  check: ({ delivery, tier, nextTier }) =>
    findingIf(
      delivery.planInPullRequests === 'without-cluster' && tier !== 'kubernetes' && nextTier !== 'kubernetes',
      'delivery.planInPullRequests',
      delivery.planInPullRequests,
      `"all" or "none" with tier: "${tier}", which has no cluster`,
      'remove the line',
    ),
});

const workflowsOfLocalState = defineRule({
  id: 'delivery-local-state',
  severity: 'refusal',
  summary: 'An environment whose states are local files has no settings of workflows: no workflow can read its states.',
  reads: ['delivery', 'backend'],
  check: ({ delivery, backend }) =>
    findingIf(
      backend.kind === 'local' && !isDefault(delivery),
      'delivery',
      delivery,
      'nothing with backend: { kind: "local" }',
      'remove `delivery`, or keep the states in a store: backend: { kind: "s3", store }',
    ),
});

const runnerOfCloudRuns = defineRule({
  id: 'delivery-cloud-runner',
  severity: 'refusal',
  summary:
    '`delivery.runner` is for states in S3 and for Terraform Enterprise: with HCP Terraform, its own workers or agents plan and apply.',
  reads: ['delivery', 'backend'],
  check: ({ delivery, backend }) =>
    findingIf(
      backend.kind === 'cloud' && backend.hostname === HCP_TERRAFORM && !usesHostedRunner(delivery),
      'delivery.runner',
      delivery.runner,
      'the default with backend: { kind: "cloud" }, whose runs are executed by HCP Terraform',
      'remove the line, and use an agent pool of HCP Terraform for a closed network',
    ),
});

/** An installation of Terraform Enterprise may be closed to GitHub's runners. */
const HCP_TERRAFORM = 'app.terraform.io';

const HOSTED = 'ubuntu-24.04';

interface Delivery {
  readonly runner: readonly string[];
  readonly planInPullRequests: string;
  readonly approval: { readonly kind: string };
}

const usesHostedRunner = ({ runner }: Delivery): boolean => runner.length === 1 && runner[0] === HOSTED;

function isDefault(delivery: Delivery): boolean {
  return usesHostedRunner(delivery) && delivery.planInPullRequests === 'all' && delivery.approval.kind === 'reviewers';
}

export const DELIVERY_RULES: readonly Rule[] = [clusterPlans, workflowsOfLocalState, runnerOfCloudRuns];

/** How the GitHub workflows plan and apply an environment: where their jobs run, and who approves a plan. */
import { z } from 'zod';
import { helped } from './primitives';

const label = helped(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/), {
  allowed: 'the label of a runner: letters, digits, ".", "_" and "-"',
  fix: "write a label of the repository's runners, for example 'self-hosted'",
});

const login = helped(z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})$/), {
  allowed: "the login of a GitHub user, without '@'",
  fix: "write the name in the user's GitHub address: 'alice' of github.com/alice",
});

const approval = z.discriminatedUnion('kind', [
  z.strictObject({
    /**
     * The required reviewers of the GitHub environment `<environment>-approval`, who are asked by GitHub. In a private repository
     * they need the plan GitHub Enterprise.
     */
    kind: z.literal('reviewers'),
  }),
  z.strictObject({
    /** A person starts the workflow `deploy` with the stack and the digest that the waiting run printed. On every GitHub plan. */
    kind: z.literal('dispatch'),
    /**
     * Logins of the GitHub users who may approve. The author of the merged change cannot approve it, unless the list names one
     * person only. @example ['alice', 'bob']
     */
    approvers: z.array(login).min(1).max(20),
  }),
]);

export const deliverySchema = z.strictObject({
  /**
   * Labels of the runner on which the jobs of this environment plan and apply. A cluster whose API is closed to GitHub's runners
   * needs one inside its network. @default ['ubuntu-24.04'] @example ['self-hosted', 'shop-vpc']
   * @danger A self-hosted runner keeps files between jobs: use one that is started for each job, and for this repository
   * only. It needs Node, Terraform's requirements and, for Kubernetes, the AWS command line.
   */
  runner: z.array(label).min(1).max(8).default(['ubuntu-24.04']),
  /**
   * Which stacks are planned for a pull request: `all`; `without-cluster` leaves out `platform` and `workloads`, whose plans call
   * the API of the Kubernetes cluster; `none`. What was not planned needs an approval after the merge. @default 'all'
   */
  planInPullRequests: z.enum(['all', 'without-cluster', 'none']).default('all'),
  /** Who approves a plan that the pull request did not show. @default { kind: 'reviewers' } */
  approval: approval.prefault({ kind: 'reviewers' }),
});

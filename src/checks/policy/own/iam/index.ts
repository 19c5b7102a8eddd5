/**
 * Rules about IAM: no policy gives more than is named in it. checkov's own IAM checks do not read inline policies in Terraform's
 * JSON, except for `iam:*`. The rules of the configuration (src/config/rules/permission-rules.ts) judge what a description asks
 * for; these judge what was generated from it, and from Terrace's own modules.
 */
import type { RootModule } from '../../../../terraform/root-module';
import type { JudgeContext, Judgement, OwnRule } from '../rule';
import { policyDocumentsOf, type Grant, type PolicyDocument, type PolicyKind } from './documents';
import { broadActions, broadResources, escalations, identitiesOf, isAccount, type Flaw } from './grants';
import { needOf } from './needs';
import { foreignAccess, reservedAccess, reservedIn } from './reserved';
import { attachmentsOf, foreignAccounts, trustFlaws } from './trust';

export const IAM_RULES: readonly OwnRule[] = [
  {
    id: 'OWN_IAM_READABLE',
    name: 'Every IAM policy is a document that can be read',
    heldAt: 'gate',
    judge: (module) =>
      policyDocumentsOf(module).map(({ address, grants }) => ({
        address,
        subject: 'its document',
        problem: grants === undefined ? 'its statements are not JSON in this stack, so that no rule can judge them' : undefined,
      })),
  },
  {
    id: 'OWN_IAM_ACTIONS',
    name: 'No policy allows all actions of a service, or all actions but some',
    heldAt: 'gate',
    judge: (module) => eachGrant(module, ['identity', 'resource'], (grant) => (isOwnAccount(grant) ? [] : broadActions(grant))),
  },
  {
    id: 'OWN_IAM_RESOURCES',
    name: 'Every policy names its resources, for actions that AWS can narrow',
    heldAt: 'gate',
    judge: (module, context) =>
      eachGrant(module, ['identity'], (grant, { address }) => needed(broadResources(grant), grant, address, context)),
  },
  {
    id: 'OWN_IAM_ESCALATION',
    name: 'No policy has an action by which its holder gains more permissions',
    heldAt: 'gate',
    judge: (module, context) =>
      eachGrant(module, ['identity', 'resource'], (grant, { address }) =>
        isOwnAccount(grant) ? [] : needed(escalations(grant), grant, address, context),
      ),
  },
  {
    id: 'OWN_IAM_RESERVED',
    name: "No policy reaches Terraform's state, its roles, or the master login of a database",
    heldAt: 'gate',
    judge: reservedJudgements,
  },
  {
    id: 'OWN_IAM_ENVIRONMENT',
    name: 'No policy names resources of another environment, or principals of another account',
    heldAt: 'gate',
    judge: (module, context) =>
      eachGrant(module, ['identity', 'resource', 'trust'], (grant, { kind }) => [
        ...(kind === 'identity' ? foreignAccess(grant, context) : []),
        ...foreignAccounts(grant, module),
      ]),
  },
  {
    id: 'OWN_IAM_TRUST',
    name: 'Every role is assumed by services, exact roles, or exact subjects of an identity provider',
    heldAt: 'gate',
    judge: (module) => eachGrant(module, ['trust'], trustFlaws),
  },
  {
    id: 'OWN_IAM_ATTACHED',
    name: 'Attached policies are of the same stack, or prescribed by AWS; there are no users and access keys',
    heldAt: 'gate',
    judge: (module, { stack }) => attachmentsOf(module, stack),
  },
];

/** Judges the documents of some kinds: each flaw once, and one passed check for a document without any. */
function eachGrant(
  module: RootModule,
  kinds: readonly PolicyKind[],
  flawsOf: (grant: Grant, document: PolicyDocument) => readonly Flaw[],
): readonly Judgement[] {
  return policyDocumentsOf(module)
    .filter(({ kind }) => kinds.includes(kind))
    .flatMap((document): readonly Judgement[] => {
      const flaws = (document.grants ?? []).flatMap((grant) => flawsOf(grant, document));
      const bySubject = new Map(flaws.map((flaw) => [flaw.subject, flaw]));
      if (bySubject.size === 0) return [{ address: document.address }];
      return [...bySubject.values()].map((flaw) => ({ address: document.address, ...flaw }));
    });
}

/** A statement for the account as a whole, or for services: it gives nothing to a role, whose own policies are judged. */
function isOwnAccount(grant: Grant): boolean {
  const { Principal: principal } = grant.statement;
  return principal !== undefined && identitiesOf(grant).every(isAccount);
}

/** Without what is in the table of Terrace's own needs. */
function needed(flaws: readonly Flaw[], grant: Grant, address: string, { stack }: JudgeContext): readonly Flaw[] {
  const needs = grant.actions.filter((action) => needOf(stack, address, action, grant) !== undefined);
  return flaws.filter(({ subject }) => !needs.some((action) => subject.startsWith(`${action} on `)));
}

/** The stack of a state store contains the roles that plan and apply: reaching the state is what they are for. */
function reservedJudgements(module: RootModule, context: JudgeContext): readonly Judgement[] {
  if (context.stack.startsWith('bootstrap-')) return [];
  const reserved = reservedIn(module);
  return eachGrant(module, ['identity'], (grant, { address }) =>
    needed(
      grant.actions.flatMap((action) => reservedAccess(action, grant, reserved)),
      grant,
      address,
      context,
    ),
  );
}

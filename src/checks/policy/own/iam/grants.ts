/** What is wrong with one statement of an identity or resource policy. Pure. */
import { gainsOf, isWholeService, whyUnscoped } from '../../../../config/calculations/iam-actions';
import { listOf } from '../../../../terraform/open-statements';
import { isObject } from '../../../../terraform/root-module';
import { requiredKeys, requiredValues, type Grant } from './documents';

/** One thing that is wrong. */
export interface Flaw {
  /** What an exception names: the action and its resources, exactly. */
  readonly subject: string;
  readonly problem: string;
  readonly isFinal?: boolean;
}

/** Statements as a person reads them: `s3:* on *`. */
export function subjectOf(action: string, { resources }: Pick<Grant, 'resources'>): string {
  return `${action} on ${resources.length === 0 ? 'its resource' : resources.join(', ')}`;
}

/** All actions of a service, all actions but some. */
export function broadActions(grant: Grant): readonly Flaw[] {
  if (grant.isAllBut) {
    const subject = subjectOf(`all but ${grant.actions.join(', ')}`, grant);
    return [{ subject, problem: `allows ${subject}: NotAction includes every action that AWS adds later`, isFinal: true }];
  }
  const everywhere = grant.isAnywhereBut || grant.resources.some(isEverything);
  return grant.actions.filter(isWholeService).map((action) => {
    const subject = subjectOf(action, grant);
    return { subject, problem: `allows every action of a service: ${subject}`, isFinal: everywhere || action === '*' };
  });
}

/** Resources that are not named, for actions that AWS can narrow. */
export function broadResources(grant: Grant): readonly Flaw[] {
  if (grant.isAnywhereBut) {
    const subject = subjectOf(grant.actions.join(', '), { resources: [`all but ${grant.resources.join(', ')}`] });
    return [{ subject, problem: `allows ${subject}: NotResource includes every resource that is created later` }];
  }
  const wide = grant.resources.filter((resource) => isEverything(resource) || (isEveryOfAKind(resource) && !isTagged(grant)));
  const actions = grant.isAllBut ? [] : grant.actions.filter((action) => !isUnscoped(action, grant));
  if (wide.length === 0 || actions.length === 0) return [];
  return actions.map((action) => {
    const subject = subjectOf(action, { resources: wide });
    return { subject, problem: `does not name its resources: ${subject}` };
  });
}

/** Actions by which the holder gains more than the policy says. */
export function escalations(grant: Grant): readonly Flaw[] {
  if (grant.isAllBut) return [];
  return grant.actions.flatMap((action) => {
    const gains = gainsOf(action);
    if (gains.length === 0 || isExactHandover(action, grant)) return [];
    const subject = subjectOf(action, grant);
    return [{ subject, problem: `its holder can ${gains.join(', and ')}: ${subject}` }];
  });
}

/** Roles of the same stack, by reference: what they may do is judged there. */
const OWN_ROLE = /^\$\{aws_iam_role\.[\w-]+\.arn\}$/;

/** Passing exact roles to named services, assuming exact roles, and roles that AWS defines for a named service. */
function isExactHandover(action: string, grant: Grant): boolean {
  switch (action.toLowerCase()) {
    case 'iam:passrole':
      return grant.resources.every((role) => OWN_ROLE.test(role)) && namesExactly(grant, 'iam:PassedToService');
    case 'sts:assumerole':
      return grant.resources.every((role) => OWN_ROLE.test(role));
    case 'iam:createservicelinkedrole':
      return namesExactly(grant, 'iam:AWSServiceName');
    default:
      return false;
  }
}

/** Whether a condition compares the key with exact values: `*.amazonaws.com` is every service. */
function namesExactly(grant: Grant, key: string): boolean {
  return requiredValues(grant, key)?.every((value) => !/[*?]/.test(value)) === true;
}

/** Whether AWS cannot narrow the action, or its condition narrows it. */
export function isUnscoped(action: string, grant: Grant): boolean {
  const row = whyUnscoped(action);
  return row !== undefined && (row.condition === undefined || requiredValues(grant, row.condition) !== undefined);
}

/** `*`, and ARNs that end before their resource. */
export function isEverything(resource: string): boolean {
  return /^\*+$/.test(resource) || /^arn:(?:[^:]*:){0,3}[^:]*\*$/.test(resource) || /^arn:[^:]*:[^:]*\*[^:]*:/.test(resource);
}

/** Everything of one kind, such as `arn:aws:kms:eu-west-1:123456789012:key/*`. In S3 the word before the slash is a bucket. */
function isEveryOfAKind(resource: string): boolean {
  if (/^arn:[^:]*:s3:/.test(resource)) return /^arn:[^:]*:s3:[^:]*:[^:]*:\*+(?:\/\*+)?$/.test(resource);
  return /^arn:(?:[^:$]|\$\{[^}]*\})*(?::(?:[^:$]|\$\{[^}]*\})*){3}:(?:[\w-]+[/:])?\*+(?:[/:]\*+)*$/.test(resource);
}

/** Condition keys that limit a statement to resources of an owner, or to what a request creates. */
const OWNER_KEYS =
  /^(?:aws:ResourceTag\/.+|aws:RequestTag\/.+|\w+:ResourceTag\/.+|ec2:CreateAction|elasticloadbalancing:CreateAction|kms:ResourceAliases|kms:EncryptionContext:.+)$/i;

function isTagged(grant: Grant): boolean {
  return requiredKeys(grant).some((key) => OWNER_KEYS.test(key));
}

/** Principals of a statement that are identities of AWS: roles, users, accounts. */
export function identitiesOf({ statement }: Grant): readonly string[] {
  const { Principal: principal } = statement;
  if (principal === '*') return ['*'];
  return isObject(principal) ? listOf(principal.AWS).map(String) : [];
}

/** An account as a whole: it delegates to the account's own policies, which are judged where they are. */
export function isAccount(principal: string): boolean {
  return /^(?:\d{12}|arn:aws[a-z-]*:iam::[^:]*:root|\$\{data\.aws_caller_identity\.[\w-]+\.account_id\})$/.test(principal);
}

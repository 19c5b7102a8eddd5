/** Who may assume a role, and which ready-made policies are attached. Pure. */
import { listOf } from '../../../../terraform/open-statements';
import { isObject, nestedBlocks, resourcesOf, type RootModule } from '../../../../terraform/root-module';
import type { Judgement } from '../rule';
import { requiredValues, type Grant } from './documents';
import { identitiesOf, isAccount, type Flaw } from './grants';

/** Principals of a trust policy that are not exact. */
export function trustFlaws(grant: Grant): readonly Flaw[] {
  const { Principal: principal, NotPrincipal: except } = grant.statement;
  if (except !== undefined) return [{ subject: 'NotPrincipal', problem: 'may be assumed by everyone but some', isFinal: true }];
  const identities = identitiesOf(grant).filter((identity) => isAccount(identity) || /[*?]/.test(identity));
  const federated = isObject(principal) ? listOf(principal.Federated).map(String) : [];
  return [
    ...identities.map((identity) => ({
      subject: `assumed by ${identity}`,
      problem: `may be assumed by more than one exact role: ${identity}`,
      isFinal: identity.includes('*'),
    })),
    ...federated
      .filter(() => !hasExactSubject(grant))
      .map((provider) => ({
        subject: `assumed through ${provider}`,
        problem: `may be assumed through ${provider} without an exact audience and subject`,
      })),
  ];
}

/** The audience, and a subject that begins with exact names: `repo:acme/shop:environment:production`. */
function hasExactSubject(grant: Grant): boolean {
  const { Condition: condition } = grant.statement;
  const operators: readonly unknown[] = isObject(condition) ? Object.values(condition) : [];
  const keys = operators.flatMap((inner) => (isObject(inner) ? Object.keys(inner) : []));
  const valuesOf = (suffix: string) => keys.filter((key) => key.endsWith(suffix)).map((key) => requiredValues(grant, key));
  const subjects = valuesOf(':sub');
  const exact = (values: readonly string[] | undefined) =>
    values?.every((value) => !/[*?]/.test(value) || /^repo:[^*?:]+\/[^*?:]+:[\w-]+:[^*?]/.test(value)) === true;
  return subjects.length > 0 && subjects.every(exact) && valuesOf(':aud').some((values) => values !== undefined);
}

/** Principals of other accounts in the policy of a resource or role, where the account is known. */
export function foreignAccounts(grant: Grant, module: RootModule): readonly Flaw[] {
  const [aws] = nestedBlocks(module.provider?.aws);
  const own = listOf(aws?.allowed_account_ids).map(String);
  if (own.length === 0) return [];
  return identitiesOf(grant).flatMap((identity) => {
    const account = /^(?:arn:aws[a-z-]*:(?:iam|sts)::)?(\d{12})(?::|$)/.exec(identity)?.[1];
    if (account === undefined || own.includes(account)) return [];
    return [{ subject: `allowed to ${identity}`, problem: `allows a principal of another account: ${identity}` }];
  });
}

/** Policies of AWS that Terrace attaches, where AWS prescribes them. */
const AWS_POLICIES: readonly { readonly name: string; readonly stacks: RegExp; readonly reason: string }[] = [
  { name: 'AmazonEKSClusterPolicy', stacks: /-compute-kubernetes$/, reason: 'prescribed for the role of a cluster' },
  { name: 'AmazonEKSWorkerNodePolicy', stacks: /-compute-kubernetes$/, reason: 'prescribed for nodes' },
  { name: 'AmazonEKS_CNI_Policy', stacks: /-compute-kubernetes$/, reason: 'prescribed for the network of pods' },
  { name: 'AmazonEC2ContainerRegistryPullOnly', stacks: /-compute-kubernetes$/, reason: 'nodes pull images' },
  { name: 'service-role/AmazonEBSCSIDriverPolicy', stacks: /-compute-kubernetes$/, reason: 'prescribed for volumes of pods' },
  { name: 'CloudWatchAgentServerPolicy', stacks: /-compute-kubernetes$/, reason: 'prescribed for Container Insights' },
  { name: 'service-role/AmazonRDSEnhancedMonitoringRole', stacks: /-data$/, reason: 'prescribed for enhanced monitoring' },
  { name: 'service-role/AWSBackupServiceRolePolicyForBackup', stacks: /-data$/, reason: 'prescribed for AWS Backup' },
  { name: 'service-role/AWSBackupServiceRolePolicyForRestores', stacks: /-data$/, reason: 'prescribed for AWS Backup' },
  { name: 'AdministratorAccess', stacks: /^bootstrap-/, reason: 'the apply role creates everything, within its boundary' },
];

/** Attached policies that are neither of this stack nor in the table, and identities of people. */
export function attachmentsOf(module: RootModule, stack: string): readonly Judgement[] {
  return resourcesOf(module).flatMap(({ type, address, block }): readonly Judgement[] => {
    if (PEOPLE.includes(type)) {
      return [{ address, subject: type, problem: 'is an identity with lasting credentials: use a role' }];
    }
    if (!type.startsWith('aws_iam_')) return [];
    const attached = [block.policy_arn, ...listOf(block.managed_policy_arns), ...listOf(block.policy_arns)].filter(
      (arn) => typeof arn === 'string',
    );
    return attached.map((arn) => ({ address, subject: `attaches ${arn}`, problem: problemOf(arn, stack) }));
  });
}

const PEOPLE: readonly string[] = ['aws_iam_user', 'aws_iam_access_key', 'aws_iam_user_login_profile', 'aws_iam_group'];

/** A policy of the same stack is judged where it is. */
function problemOf(arn: string, stack: string): string | undefined {
  if (/^\$\{aws_iam_policy\.[\w-]+\.arn\}$/.test(arn)) return undefined;
  const known = AWS_POLICIES.some(({ name, stacks }) => arn === `arn:aws:iam::aws:policy/${name}` && stacks.test(stack));
  return known ? undefined : `attaches a policy whose statements are not in this stack: ${arn}`;
}

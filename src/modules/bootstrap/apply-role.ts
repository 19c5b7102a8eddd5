/** The role that deployments of one environment apply with: broad, because it creates everything, within a boundary. */
import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import { Construct } from 'constructs';
import { applyRoleName, boundaryName } from '../../config/names';
import { MANAGED_POLICY_CHARACTERS, policyJson } from '../iam/policy';
import { boundaryStatements, type BoundaryProps } from './boundary';
import { githubSubjects, trustGithub, type GithubRepository } from './github-trust';

export interface ApplyRoleProps extends BoundaryProps {
  readonly providerArn: string;
  readonly repository: GithubRepository;
}

/** A database with replicas and a CDN together take longer than the default of one hour. */
const LONGEST_SESSION_SECONDS = 7200;

const ADMINISTRATOR_ACCESS = 'arn:aws:iam::aws:policy/AdministratorAccess';

/**
 * Trusts jobs in the group's GitHub environments: that of its name, for reviewed plans, and that with `-approval`, whose reviewers
 * approve others. The token of a branch, a pull request or another environment is refused.
 */
export class ApplyRole extends Construct {
  public readonly arn: string;

  constructor(scope: Construct, id: string, props: ApplyRoleProps) {
    super(scope, id);
    const { group, repository } = props;
    const boundary = new IamPolicy(this, 'boundary', {
      name: boundaryName(group.name),
      description: `What deployments of ${group.name} and the roles that they create may never do`,
      policy: boundaryDocument(props),
    });
    const subjects = [group.name, `${group.name}-approval`].flatMap((environment) =>
      githubSubjects(repository, `environment:${environment}`),
    );
    const role = new IamRole(this, 'role', {
      name: applyRoleName(group.name),
      description: `Terraform applies ${group.name} from ${repository.owner}/${repository.repository}`,
      assumeRolePolicy: policyJson([trustGithub(props.providerArn, subjects)]),
      permissionsBoundary: boundary.arn,
      maxSessionDuration: LONGEST_SESSION_SECONDS,
    });
    new IamRolePolicyAttachment(this, 'administrator', { role: role.name, policyArn: ADMINISTRATOR_ACCESS });
    this.arn = role.arn;
  }
}

/** @throws Error when names are so long that IAM would refuse the document */
function boundaryDocument(props: ApplyRoleProps): string {
  const document = policyJson(boundaryStatements(props));
  if (document.length <= MANAGED_POLICY_CHARACTERS) return document;
  throw new Error(
    `the permissions boundary of ${props.group.name} has ${document.length} characters, and IAM takes ${MANAGED_POLICY_CHARACTERS}: shorten the name of the lock table`,
  );
}

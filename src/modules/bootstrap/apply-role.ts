/** The role that deployments apply with: broad, because it creates everything, within a boundary, and only for named GitHub environments. */
import { IamPolicy } from '@cdktf/provider-aws/lib/iam-policy';
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import { Construct } from 'constructs';
import { policyJson } from '../iam/policy';
import { boundaryStatements } from './boundary';
import { trustGithub } from './github-trust';
import type { StoreArns } from './store-arns';

export interface ApplyRoleProps {
  readonly arns: StoreArns;
  readonly keyArn: string;
  readonly providerArn: string;
  /** `owner/name` */
  readonly repository: string;
  /** GitHub environments, whose reviewers and branch rules decide who deploys; at least one. */
  readonly environments: readonly string[];
}

/** A database with replicas and a CDN together take longer than the default of one hour. */
const LONGEST_SESSION_SECONDS = 7200;

const ADMINISTRATOR_ACCESS = 'arn:aws:iam::aws:policy/AdministratorAccess';

/** Trusts jobs that run in one of the environments; the token of a branch or a pull request is refused. */
export class ApplyRole extends Construct {
  public readonly arn: string;

  constructor(scope: Construct, id: string, props: ApplyRoleProps) {
    super(scope, id);
    const { arns, repository } = props;
    const boundary = new IamPolicy(this, 'boundary', {
      name: arns.boundaryName,
      description: `What deployments from ${repository} may never do`,
      policy: policyJson(boundaryStatements(arns, props.keyArn)),
    });
    const subjects = props.environments.map((environment) => `repo:${repository}:environment:${environment}`);
    const role = new IamRole(this, 'role', {
      name: arns.applyRoleName,
      description: `Terraform applies from ${repository}`,
      assumeRolePolicy: policyJson([trustGithub(props.providerArn, subjects)]),
      permissionsBoundary: boundary.arn,
      maxSessionDuration: LONGEST_SESSION_SECONDS,
    });
    new IamRolePolicyAttachment(this, 'administrator', { role: role.name, policyArn: ADMINISTRATOR_ACCESS });
    this.arn = role.arn;
  }
}

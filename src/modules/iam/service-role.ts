/** A role that one AWS service assumes, with an inline policy of exact statements, within the permissions boundary of its stack. */
import { IamRole } from '@cdktf/provider-aws/lib/iam-role';
import { IamRolePolicy } from '@cdktf/provider-aws/lib/iam-role-policy';
import { IamRolePolicyAttachment } from '@cdktf/provider-aws/lib/iam-role-policy-attachment';
import type { ITerraformDependable } from 'cdktf';
import { Construct } from 'constructs';
import { permissionsBoundaryOf } from '../../terraform/terrace-stack';
import { policyJson, type Statement } from './policy';

export interface ServiceRoleProps {
  /** At most 64 characters. */
  readonly name: string;
  readonly description: string;
  /** The service that assumes the role, such as `ecs-tasks.amazonaws.com`. */
  readonly service: string;
  /** Conditions of the trust, such as the source account, against the confused deputy. */
  readonly trustConditions?: Statement['conditions'];
  /** @default ['sts:AssumeRole'] */
  readonly trustActions?: readonly string[];
  /** The inline policy; empty for none. */
  readonly statements: readonly Statement[];
  /** ARNs of AWS-managed policies, only where AWS prescribes them. Their names become construct ids. */
  readonly managedPolicyArns?: readonly string[];
}

export class ServiceRole extends Construct {
  public readonly arn: string;
  public readonly name: string;
  public readonly id: string;
  /** The policies: a resource that must not start without these permissions depends on them. */
  public readonly grants: readonly ITerraformDependable[];

  constructor(scope: Construct, id: string, props: ServiceRoleProps) {
    super(scope, id);
    const role = new IamRole(this, 'role', {
      name: props.name,
      description: props.description,
      permissionsBoundary: permissionsBoundaryOf(this),
      assumeRolePolicy: policyJson([
        {
          actions: props.trustActions ?? ['sts:AssumeRole'],
          principals: { Service: [props.service] },
          conditions: props.trustConditions,
        },
      ]),
    });
    const grants: ITerraformDependable[] = [];
    if (props.statements.length > 0) {
      grants.push(new IamRolePolicy(this, 'policy', { name: 'exact', role: role.id, policy: policyJson(props.statements) }));
    }
    for (const policyArn of props.managedPolicyArns ?? []) {
      const attached = (policyArn.split('/').at(-1) ?? 'managed').replaceAll('_', '-');
      grants.push(new IamRolePolicyAttachment(this, attached, { role: role.name, policyArn }));
    }
    this.grants = grants;
    this.arn = role.arn;
    this.name = role.name;
    this.id = role.id;
  }
}

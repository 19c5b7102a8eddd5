/**
 * What the state machines of sleep change on resources that Terraform owns. Terraform ignores these arguments in an environment that
 * sleeps: a plan shows no change while it does, and an apply wakes nothing. The rest of what sleep changes is in no argument: the
 * state of a database or host, the number of tasks (ignored on every service), suspended processes.
 *
 * A changed minimum of nodes or hosts therefore has its effect when the environment wakes the next time.
 */
import { TerraformResource, TerraformStack, type App } from 'cdktf';
import { kindOf } from '../contracts/stack-kinds';
import { TerraceStack } from '../terraform/terrace-stack';

/** Resource type to arguments. */
const CHANGED: Readonly<Record<string, readonly string[]>> = {
  aws_appautoscaling_target: ['suspended_state'],
  aws_autoscaling_group: ['min_size'],
  aws_cloudwatch_metric_alarm: ['actions_enabled'],
  aws_eks_node_group: ['scaling_config[0].min_size'],
  aws_route53_health_check: ['disabled'],
};

/** Adds the arguments to `ignore_changes` of every resource that sleep changes. The network's NAT instance keeps running. */
export function ignoreChangesBySleep(app: App): void {
  const resources = app.node
    .findAll()
    .filter((construct): construct is TerraformResource => TerraformResource.isTerraformResource(construct));
  for (const resource of resources) {
    const changed = CHANGED[resource.terraformResourceType];
    const stack = TerraformStack.of(resource);
    if (changed === undefined || !(stack instanceof TerraceStack) || kindOf(stack.state.stackId) === 'network') continue;
    const { ignoreChanges = [], ...lifecycle } = resource.lifecycle ?? {};
    if (ignoreChanges === 'all') continue;
    resource.lifecycle = { ...lifecycle, ignoreChanges: [...ignoreChanges, ...changed] };
  }
}
